"""Builds what a program of the hunt makes, without the lines that Keras refuses."""

import ast
import contextlib
import importlib
import inspect
import itertools
import linecache
import re
import sys
import traceback
import types

import keras

from hunt_refusals import Refusals


def import_the_rest():
    """What Keras imports only once it is needed, which takes as long as ten cases."""
    for name in ("scipy.signal", "scipy.linalg", "scipy.ndimage", "scipy.special"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


class Refused(Exception):
    """Keras does not build or run the program, before anything is saved."""


def execute(text, droppable=(), refusals=None):
    """The program as the module __main__, which it is where it runs alone. Where lines may go and Keras refuses one, it
    is noted in `refusals`."""
    module = types.ModuleType("__main__")
    if droppable:
        module.__before__, module.__refused__ = refusals.before, refusals.note
    sys.modules["__main__"] = module
    # Whoever asks for the source of a function finds it, as in a file.
    linecache.cache["<program>"] = (len(text), None, text.splitlines(True), "<program>")
    exec(compile(passing_over(text, droppable) if droppable else text, "<program>", "exec"), module.__dict__)
    return module


def custom_objects(module):
    """What a user hands to load_model: the functions and classes that the program defines by name, and does not register."""
    reserved = {"make", "step", "use", "__before__", "__refused__"}
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
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    keras.utils.set_random_seed(seed)


CLEAR = inspect.signature(keras.utils.clear_session).parameters


def build(module, seed=0, refusals=None):
    begin(seed)
    thing = module.make()
    if refusals and refusals.errors.keys() - refusals.undone:
        # It is made once more without these lines, and only then called.
        return thing
    if hasattr(module, "use"):
        module.use(thing)
    if hasattr(module, "step"):
        module.step(thing)
    return thing


def trial(statements, line):
    """A line that may go: where Keras refuses it, that is noted, and the program goes on."""
    before, refused = ast.parse(f"__before__({line})\n__refused__({line})").body

    def here(node):
        return ast.copy_location(node, statements[0])

    caught = here(ast.ExceptHandler(type=here(ast.Name("Exception", ast.Load())), name=None, body=[refused]))
    return here(ast.Try(body=[before, *statements], handlers=[caught], orelse=[], finalbody=[]))


def passing_over(text, droppable):
    """The program, in which the statements of a line that may go are tried, and passed over where Keras raises."""
    tree = ast.parse(text)
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or function.name not in ("make", "step"):
            continue
        body = []
        for line, statements in itertools.groupby(function.body, key=lambda statement: statement.lineno):
            statements = list(statements)
            body += [trial(statements, line)] if line in droppable else statements
        function.body = body
    return tree


def last_file(error):
    return traceback.extract_tb(error.__traceback__)[-1].filename


class Lines:
    """The lines of a program, and which of them may still go."""

    def __init__(self, text, droppable, dropped):
        self.lines = text.split("\n")
        self.droppable = set(droppable)
        self.dropped = dropped
        # Where make() ends, and steps may begin.
        start = self.lines.index("def make():") if "def make():" in self.lines else 0
        self.end = next((1 + i for i in range(start, len(self.lines)) if self.lines[i].startswith("    return ")), 0)

    def without(self, gone):
        return "\n".join("" if 1 + i in gone else line for i, line in enumerate(self.lines))

    def drop(self, line, error):
        self.droppable.discard(line)
        self.lines[line - 1] = ""
        self.dropped.append({"line": line, "error": f"{type(error).__name__}: {error}".split("\n")[0][:300]})

    def build(self, gone=()):
        """What the program makes without these lines, None where it has to be made once more without the lines that Keras
        refused on the way; and these."""
        refusals = Refusals(self.without(gone))
        module = execute(self.without(gone), self.droppable.difference(gone), refusals)
        try:
            return module, build(module, refusals=refusals), refusals
        except Exception:
            # What comes after a line that was refused may fail for that reason alone.
            if not refusals.errors:
                raise
            return module, None, refusals

    def build_whole(self, gone):
        """What the program makes without these lines, where Keras takes all the others."""
        module, thing, refusals = self.build(gone)
        for error in refusals.errors.values():
            raise error
        return module, thing

    def layers(self):
        return [line for line in sorted(self.droppable, reverse=True)
                if line < self.end and not self.lines[line - 1].lstrip().startswith("model.compile")]

    def fails_before_all(self, error):
        """Whether it was raised above every line that may go, so that it is no use to drop any."""
        traced = [entry.lineno for entry in traceback.extract_tb(error.__traceback__)
                  if entry.filename == "<program>" and entry.name == "make"]
        return bool(traced) and traced[-1] < min(self.droppable, default=0)

    def build_without_one_layer(self, error):
        """Of a model that cannot be put together or called: drops the layer without which it can. Whether there is one, and
        what is then built, if that is all that goes."""
        for line in self.layers():
            try:
                module, thing, refusals = self.build({line})
            except Exception:
                continue
            self.drop(line, error)
            return True, (module, thing) if self.pass_over(refusals) and thing is not None else None
        return False, None

    def pass_over(self, refusals):
        """Drops these lines. Whether what was built is the same without them: none of them came to do anything."""
        for line, error in refusals.errors.items():
            self.drop(line, error)
        return all(line in refusals.undone or line > self.end and last_file(error) == "<program>"
                   for line, error in refusals.errors.items())

    def named_by(self, error):
        """The arguments that Keras speaks of, the last first."""
        words = set(re.findall(r"\w+", str(error)))
        return [line for line in sorted(self.droppable, reverse=True)
                if self.lines[line - 1].strip().split("=")[0] in words]


def drop_arguments(lines, error):
    """Drops what makes Keras refuse an object: an argument that it names, where that is all; else whatever it does not
    take besides what stands before. Returns what is then built, None where nothing is."""
    for line in lines.named_by(error):
        try:
            built = lines.build_whole({line})
        except Exception:
            continue
        lines.drop(line, error)
        return built
    built = None
    gone = set(lines.droppable)
    for line in [0] + sorted(gone):
        try:
            module, thing = lines.build_whole(gone - {line})
        except Exception as refusal:
            if line == 0:
                return None
            lines.drop(line, refusal)
        else:
            built = module, thing
            lines.droppable.discard(line)
        gone.discard(line)
    return built


def build_what_keras_takes(text, droppable, dropped, is_object):
    """Drops the lines that Keras refuses, until the program builds without a refusal."""
    lines = Lines(text, droppable, dropped)
    while True:
        try:
            module, thing, refusals = lines.build()
            if lines.pass_over(refusals) and thing is not None:
                return module, thing
        except Exception as error:
            if not is_object and lines.fails_before_all(error):
                raise Refused from error
            traced = [entry.lineno for entry in traceback.extract_tb(error.__traceback__)
                      if entry.filename == "<program>" and entry.lineno in lines.droppable]
            if is_object and not traced and lines.droppable and (built := drop_arguments(lines, error)):
                return built
            if not is_object and not traced:
                dropped_one, built = lines.build_without_one_layer(error)
                if built:
                    return built
                if dropped_one:
                    continue
            # Where more than one layer fails, the last one goes first.
            line = traced[0] if traced else 0 if is_object else max(lines.layers(), default=max(lines.droppable, default=0))
            if line == 0:
                raise Refused from error
            lines.drop(line, error)


def what_keras_took(text, dropped):
    """The program without the lines that build_what_keras_takes() dropped."""
    lines = text.split("\n")
    for entry in dropped:
        lines[entry["line"] - 1] = ""
    return "\n".join(lines)
