"""What the hunt does with one program: builds, saves, loads, and takes a snapshot at every stage.

A stage of an answer is the number of a snapshot, {"error": ...} where Keras raised, or {"fact": ...} where something else
than the object was wrong. Stages of a format are "keras/saved", "keras/loaded", "keras/second", ...
"""

import inspect
import json
import linecache
import os
import pathlib
import shutil
import sys
import tempfile
import traceback
import types
import zipfile

import keras

from hunt_snapshot import Snapshots, error_of

DECOY = b"not to be touched"


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
    """What a user hands to load_model: the functions and classes that the program defines by name."""
    reserved = {"make", "step", "use"}
    return {name: value for name, value in vars(module).items()
            if name not in reserved and inspect.isroutine(value) | inspect.isclass(value)
            and getattr(value, "__module__", None) == "__main__"}


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


class Case:
    """One program, its model, and what every stage said of it."""

    def __init__(self, request):
        self.dropped = []
        self.answer = {"dropped": self.dropped, "stages": {}}
        self.stages = self.answer["stages"]
        self.snapshots = Snapshots()
        self.module, self.thing = build_what_keras_takes(request["text"], request.get("droppable", []), self.dropped,
                                                         request.get("verb") == "object")
        self.custom = custom_objects(self.module)
        self.use = getattr(self.module, "use", None)

    def look(self, stage, thing, **parts):
        """The snapshot of a thing as stage `stage`. Keras raising on the way is what the stage says then."""
        begin()
        self.stages[stage] = self.snapshots.add(thing, self.use, self.stages, stage, **parts)

    def attempt(self, stage, function):
        try:
            return function()
        except Exception as error:
            self.stages[stage] = {"error": error_of(error)}
            return None

    def differs(self):
        """Whether any stage says something else than the one it is compared with."""
        by_name = {stage: what for stage, what in self.stages.items() if isinstance(what, int)}
        own = {stage.split("/")[0]: what for stage, what in by_name.items() if stage.endswith("/before")}
        own["keras/trained"] = by_name.get("trained")
        return any(what != own.get(stage, own.get(stage.split("/")[0], by_name["before"]))
                   for stage, what in by_name.items() if stage not in ("before", "trained"))

    def fact(self, stage, what):
        self.stages[stage] = {"fact": what}


def strict_json(case, stage, text):
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError as error:
        case.fact(stage, str(error))


def round_trip_object(case):
    """serialize_keras_object, through JSON, deserialize_keras_object."""
    case.look("before", case.thing)

    def save():
        return json.dumps(keras.saving.serialize_keras_object(case.thing))

    def load(text):
        with keras.saving.custom_object_scope(case.custom):
            return keras.saving.deserialize_keras_object(json.loads(text), safe_mode=False)

    text = case.attempt("object/save", save)
    if text is None:
        return
    strict_json(case, "object/json", text)
    case.look("object/saved", case.thing)
    loaded = case.attempt("object/load", lambda: load(text))
    if loaded is None:
        return
    case.look("object/loaded", loaded)
    second = case.attempt("object/second_save", lambda: json.dumps(keras.saving.serialize_keras_object(loaded)))
    if second is not None and (again := case.attempt("object/second_load", lambda: load(second))) is not None:
        case.look("object/second", again)
    config_of_its_own(case, "object")


def config_of_its_own(case, stage):
    """from_config must leave the config that it is given alone, and give an object of the same config."""
    if not hasattr(case.thing, "get_config"):
        return
    config = case.attempt(f"{stage}/get_config", case.thing.get_config)
    if config is None:
        return
    kept = case.snapshots.plain(config)
    with keras.saving.custom_object_scope(case.custom):
        case.attempt(f"{stage}/from_config", lambda: type(case.thing).from_config(config))
    if (now := case.snapshots.plain(config)) != kept:
        gone = sorted(set(kept.items()) ^ set(now.items()))
        case.fact(f"{stage}/mutated", gone[0][0])


def folder_of(case, stage, folder, path, save):
    """Saves into a folder of its own, with a decoy beside the target; what else is touched is told."""
    folder.mkdir()
    decoy = folder / "decoy"
    decoy.write_bytes(DECOY)
    was_there = set(os.listdir(tempfile.tempdir))
    here = os.getcwd()
    os.chdir(folder)
    try:
        done = case.attempt(f"{stage}/save", lambda: (save(str(path)), True)[1])
    finally:
        os.chdir(here)
    left = {entry.name for entry in folder.iterdir()} - {"decoy", path.name}
    left |= set(os.listdir(tempfile.tempdir)) - was_there
    if left:
        case.fact(f"{stage}/files", f"left behind: {sorted(left)[0]}")
    if not decoy.exists() or decoy.read_bytes() != DECOY:
        case.fact(f"{stage}/files", "another file was changed")
    return done


def load_file(path, custom):
    return keras.saving.load_model(str(path), custom_objects=dict(custom), safe_mode=False)


def save_whole(case, stage, folder, name, twice):
    """model.save(), load_model(), and both once more."""
    folder = folder / stage
    path = folder / name
    if not folder_of(case, stage, folder, path, case.thing.save):
        return None
    if name.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            strict_json(case, f"{stage}/json", archive.read("config.json").decode())
    case.look(f"{stage}/saved", case.thing)
    loaded = case.attempt(f"{stage}/load", lambda: load_file(path, case.custom))
    if loaded is None:
        return None
    case.look(f"{stage}/loaded", loaded)
    if not twice:
        return loaded
    second = folder / f"second-{name}"
    if case.attempt(f"{stage}/second_save", lambda: (loaded.save(str(second)), True)[1]):
        again = case.attempt(f"{stage}/second_load", lambda: load_file(second, case.custom))
        if again is not None:
            case.look(f"{stage}/second", again)
    return loaded


def with_other_weights(thing):
    """What is not loaded keeps these numbers. The seeds of the thing are those of the first: they are no weights."""
    for weight in thing.weights:
        weight.assign(keras.ops.full_like(weight, 7))
    return thing


def save_weights(case, folder):
    folder = folder / "weights"
    path = folder / "model.weights.h5"
    if not folder_of(case, "weights", folder, path, case.thing.save_weights):
        return
    loaded = case.attempt("weights/make", lambda: with_other_weights(build(case.module)))
    if loaded is not None and case.attempt("weights/load", lambda: (loaded.load_weights(str(path)), True)[1]):
        case.look("weights/loaded", loaded, weights_only=True)
        case.look("weights/before", case.thing, weights_only=True)


def by_config(case, stage, copy_of):
    """What is made again from the config alone, given the weights."""
    # What draws a seed draws the one that the original drew.
    begin()
    loaded = case.attempt(f"{stage}/load", copy_of)
    if loaded is None:
        return

    def weigh():
        if not loaded.built and case.use:
            case.use(loaded)
        loaded.set_weights(case.thing.get_weights())
        return True

    if case.attempt(f"{stage}/set_weights", weigh):
        case.look(f"{stage}/loaded", loaded, compiled=False)
        case.look(f"{stage}/before", case.thing, compiled=False)


def run_case(request, scratch):
    folder = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    # Temporary files of this case are seen by it alone, and nothing outside of its folder is ever removed.
    outside, tempfile.tempdir = tempfile.tempdir, str(folder / "tmp")
    os.mkdir(tempfile.tempdir)
    try:
        case = Case(request)
        if not isinstance(case.thing, keras.Model):
            round_trip_object(case)
        else:
            formats = request["formats"]
            case.look("before", case.thing)
            whole = None
            if "keras" in formats:
                whole = save_whole(case, "keras", folder, "model.keras", "second" in formats)
            if "h5" in formats:
                save_whole(case, "h5", folder, "model.h5", "second" in formats)
            if "weights" in formats:
                save_weights(case, folder)
            with keras.saving.custom_object_scope(case.custom):
                if "config" in formats:
                    config_of_its_own(case, "config")
                    by_config(case, "config", lambda: type(case.thing).from_config(case.thing.get_config()))
                if "json" in formats:
                    by_config(case, "json", lambda: keras.models.model_from_json(case.thing.to_json()))
                if "clone" in formats:
                    by_config(case, "clone", lambda: keras.models.clone_model(case.thing))
            if whole is not None and case.use and "trained" in formats:
                # Last, because training calls change the state of both.
                case.look("keras/trained", whole, training=True)
                case.look("trained", case.thing, training=True)
            if (folder / "keras" / "model.keras").exists():
                kept = pathlib.Path(scratch) / "model.keras"
                shutil.move(folder / "keras" / "model.keras", kept)
                case.answer["archive"] = str(kept)
        if case.differs():
            # What two executions of the program differ in is noise.
            case.look("again", build(case.module))
            case.look("reseeded", build(case.module, seed=1))
            case.stages["again"] = case.snapshots.take_seeds(case.stages["again"], case.stages["reseeded"])
            # These executions are for comparison alone: what fails in them is no failure.
            for stage in [name for name in case.stages if name.startswith(("again/", "reseeded"))]:
                del case.stages[stage]
        case.answer["snapshots"] = case.snapshots.told()
        return case.answer
    except Refused as refusal:
        cause = refusal.__cause__
        return {"refused": f"{type(cause).__name__}: {cause}".split("\n")[0][:300]}
    finally:
        tempfile.tempdir = outside
        shutil.rmtree(folder, ignore_errors=True)


def run_load(request):
    """What a process that did not make the model finds in its archive."""
    snapshots = Snapshots()
    answer = {"stages": {}}
    begin()
    module = execute(request["text"])
    try:
        loaded = load_file(request["path"], custom_objects(module))
        begin()
        stage = request["stage"]
        answer["stages"][f"{stage}/loaded"] = snapshots.add(loaded, getattr(module, "use", None), answer["stages"],
                                                            f"{stage}/loaded")
    except Exception as error:
        answer["stages"][f"{request['stage']}/load"] = {"error": error_of(error)}
    answer["snapshots"] = snapshots.told()
    return answer


def run_alone(request, scratch):
    """A whole program, its own check included: whether it fails, and with what words."""
    os.chdir(tempfile.mkdtemp(dir=scratch))
    sys.argv = ["program.py"]
    try:
        execute(request["text"])
    except SystemExit as error:
        return {"failed": error.code not in (None, 0), "said": str(error.code)}
    except BaseException as error:
        return {"failed": True, "said": traceback.format_exception_only(error)[-1].strip()}
    return {"failed": False, "said": ""}
