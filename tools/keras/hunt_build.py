"""Builds what a program of the hunt makes, without the lines that Keras refuses."""

import inspect
import linecache
import sys
import traceback
import types

import keras


class Refused(Exception):
    """Keras does not build or run the program, before anything is saved."""


def execute(text):
    """The program as the module __main__, which it is where it runs alone."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    # Whoever asks for the source of a function finds it, as in a file.
    linecache.cache["<program>"] = (len(text), None, text.splitlines(True), "<program>")
    exec(compile(text, "<program>", "exec"), module.__dict__)
    return module


def custom_objects(module):
    """What a user hands to load_model: the functions and classes that the program defines by name, and does not register."""
    reserved = {"make", "step", "use"}
    return {name: value for name, value in vars(module).items()
            if name not in reserved and inspect.isroutine(value) | inspect.isclass(value)
            and getattr(value, "__module__", None) == "__main__"
            and keras.saving.get_registered_name(value) == getattr(value, "__name__", None)}


def begin(seed=0):
    keras.utils.clear_session(free_memory=False) if "free_memory" in CLEAR else keras.utils.clear_session()
    keras.config.enable_unsafe_deserialization()
    keras.config.disable_traceback_filtering()
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(seed)


CLEAR = inspect.signature(keras.utils.clear_session).parameters


def build(module, seed=0):
    begin(seed)
    thing = module.make()
    if hasattr(module, "use"):
        module.use(thing)
    if hasattr(module, "step"):
        module.step(thing)
    return thing


def one_to_blame(lines, droppable):
    """The line without which the program builds; where there is none, the last one has to go."""
    for line in sorted(droppable, reverse=True):
        rest = list(lines)
        rest[line - 1] = ""
        try:
            build(execute("\n".join(rest)))
            return line
        except Exception:
            continue
    return max(droppable, default=0)


def build_what_keras_takes(text, droppable, dropped, is_object):
    """Drops the lines that Keras refuses, one after the other, until the program builds."""
    lines = text.split("\n")
    droppable = set(droppable)
    while True:
        module = execute("\n".join(lines))
        try:
            return module, build(module)
        except Exception as error:
            traced = [entry.lineno for entry in traceback.extract_tb(error.__traceback__)
                      if entry.filename == "<program>" and entry.lineno in droppable]
            # What fails only when it is called cannot be told from the others, but by trying, where that is quick.
            blamed = one_to_blame(lines, droppable) if is_object and not traced else max(droppable, default=0)
            line = traced[0] if traced else blamed
            if line == 0:
                raise Refused from error
            droppable.discard(line)
            lines[line - 1] = ""
            dropped.append({"line": line, "error": f"{type(error).__name__}: {error}".split("\n")[0][:300]})


def what_keras_took(text, dropped):
    """The program without the lines that build_what_keras_takes() dropped."""
    lines = text.split("\n")
    for entry in dropped:
        lines[entry["line"] - 1] = ""
    return "\n".join(lines)
