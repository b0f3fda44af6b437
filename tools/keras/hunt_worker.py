#!/usr/bin/env python3
"""Runs the programs of `revive hunt` in an installed Keras and describes what came of them. Keras and NumPy alone.

One JSON object a line, as in properties/PROTOCOL.md; the verbs are at the end. A program is Python text that defines

    make()              an object of Keras, or a model
    step(thing)         optional: what happens between building and saving
    use(thing, **how)   optional: calls it, so that an output can be compared

The process that reads the requests has imported Keras and does nothing else. A child of it, the runner, executes the
programs one after the other; a fresh process is another child. So a program that crashes, hangs or fills memory ends the
child, and the next request is answered by a new one. KERAS_BACKEND says which backend; hunt_snapshot.py, what is compared.
"""

import argparse
import copy
import gc
import inspect
import io
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import sys
import tempfile
import traceback
import types
import warnings
import zipfile

os.environ.setdefault("KERAS_BACKEND", "numpy")

try:
    import keras
    import numpy as np
except Exception as error:  # The backend may be what is missing, and each fails in its own way.
    print(json.dumps({"error": f"Keras cannot be imported: {type(error).__name__}: {str(error).splitlines()[0]}"}))
    sys.exit(0)

from hunt_snapshot import Snapshots, difference, error_of, public_name

NAMESPACES = ["layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
              "optimizers.schedules", "quantizers", "dtype_policies"]
# The runner is started anew after so many cases, so that what programs leave behind in it stays small.
CASES_A_RUNNER = 400
DECOY = b"not to be touched"


class Refused(Exception):
    """Keras does not build or run the program, before anything is saved."""


def execute(text):
    """The program as the module __main__, which it is where it runs alone."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
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


def build_what_keras_takes(text, droppable, dropped):
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
            # What fails only when it is called cannot be told from the others: the last one has to go.
            line = traced[0] if traced else max(droppable, default=0)
            if line == 0:
                raise Refused from error
            droppable.discard(line)
            lines[line - 1] = ""
            dropped.append({"line": line, "error": f"{type(error).__name__}: {error}".split("\n")[0][:300]})


class Case:
    """One program, its model, and what every stage said of it."""

    def __init__(self, request):
        self.dropped = []
        self.answer = {"dropped": self.dropped, "stages": {}}
        self.stages = self.answer["stages"]
        self.snapshots = Snapshots()
        self.module, self.thing = build_what_keras_takes(request["text"], request.get("droppable", []), self.dropped)
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
    here = os.getcwd()
    os.chdir(folder)
    try:
        done = case.attempt(f"{stage}/save", lambda: (save(str(path)), True)[1])
    finally:
        os.chdir(here)
    temporary = pathlib.Path(tempfile.gettempdir())
    left = {entry.name for entry in folder.iterdir()} - {"decoy", path.name}
    left |= {entry.name for entry in temporary.iterdir()} if temporary.exists() else set()
    if left:
        case.fact(f"{stage}/files", f"left behind: {sorted(left)[0]}")
    if not decoy.exists() or decoy.read_bytes() != DECOY:
        case.fact(f"{stage}/files", "another file was changed")
    for entry in temporary.iterdir():
        shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink()
    return done


def load_file(path, custom):
    return keras.saving.load_model(str(path), custom_objects=dict(custom), safe_mode=False)


def save_whole(case, stage, folder, name):
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
    second = folder / f"second-{name}"
    if case.attempt(f"{stage}/second_save", lambda: (loaded.save(str(second)), True)[1]):
        again = case.attempt(f"{stage}/second_load", lambda: load_file(second, case.custom))
        if again is not None:
            case.look(f"{stage}/second", again)
    return loaded


def save_weights(case, folder):
    folder = folder / "weights"
    path = folder / "model.weights.h5"
    if not folder_of(case, "weights", folder, path, case.thing.save_weights):
        return
    # Another seed, so that what is not loaded has other numbers.
    loaded = case.attempt("weights/make", lambda: build(case.module, seed=1))
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
    try:
        case = Case(request)
        if not isinstance(case.thing, keras.Model):
            round_trip_object(case)
        else:
            formats = request["formats"]
            case.look("before", case.thing)
            whole = None
            if "keras" in formats:
                whole = save_whole(case, "keras", folder, "model.keras")
            if "h5" in formats:
                save_whole(case, "h5", folder, "model.h5")
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
            if whole is not None and case.use:
                # Last, because training calls change the state of both.
                case.look("keras/trained", whole, training=True)
                case.look("trained", case.thing, training=True)
            if case.differs():
                # What two executions of the program differ in is noise.
                case.look("again", build(case.module))
            if (folder / "keras" / "model.keras").exists():
                kept = pathlib.Path(scratch) / "model.keras"
                shutil.move(folder / "keras" / "model.keras", kept)
                case.answer["archive"] = str(kept)
        case.answer["snapshots"] = case.snapshots.told()
        return case.answer
    except Refused as refusal:
        cause = refusal.__cause__
        return {"refused": f"{type(cause).__name__}: {cause}".split("\n")[0][:300]}
    finally:
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


def parameters_of(cls):
    """name -> (owner, default); what **kwargs stands for is what the next class up the MRO takes."""
    found = {}
    for owner in cls.__mro__:
        if "__init__" not in owner.__dict__ or owner is object:
            continue
        try:
            taken = list(inspect.signature(owner.__dict__["__init__"]).parameters.values())[1:]
        except (TypeError, ValueError):
            break
        exported = owner is cls or getattr(owner, "_api_export_path", None) or public_name(owner)
        for parameter in taken:
            named = parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
            # A base class that is not public takes what only its subclasses say.
            if named and exported and parameter.name not in found:
                found[parameter.name] = (owner, parameter.default)
        if not any(parameter.kind == parameter.VAR_KEYWORD for parameter in taken):
            break
    return found


def default_of(default):
    if default is inspect.Parameter.empty:
        return {}
    return {"default": repr(default), "type": type(default).__name__}


def api(modules):
    """Every class and its parameters, by introspection."""
    classes = []
    seen = set()
    spaces = [(f"keras.{name}", name.split(".")[-1]) for name in NAMESPACES] + [(name, "custom") for name in modules]
    for space, kind in spaces:
        module = keras if space.startswith("keras.") else __import__(space)
        try:
            for part in space.split(".")[1:]:
                module = getattr(module, part)
        except AttributeError:
            continue
        names = sorted(name for name in dir(module) if inspect.isclass(getattr(module, name)) and name[0] != "_")
        # A class under several names is known by its own.
        for name in sorted(names, key=lambda name: getattr(module, name).__name__ != name):
            cls = getattr(module, name)
            if cls in seen:
                continue
            seen.add(cls)
            what = "layers" if issubclass(cls, keras.layers.Layer) else kind
            try:
                parameters = [{"name": parameter, "owner": owner.__name__, **default_of(default)}
                              for parameter, (owner, default) in parameters_of(cls).items()]
            except Exception:
                continue
            classes.append({"name": f"{space}.{name}", "kind": what, "parameters": parameters})
    return {"classes": sorted(classes, key=lambda entry: entry["name"])}


class Child:
    """A fork of this process that answers lines with lines."""

    def __init__(self, answer, options):
        request_end, self.requests = os.pipe()
        self.answers, answer_end = os.pipe()
        self.pid = os.fork()
        self.asked = 0
        if self.pid == 0:
            os.close(self.requests)
            os.close(self.answers)
            limit(options)
            serve(os.fdopen(request_end), answer, os.fdopen(answer_end, "w"))
            os._exit(0)
        os.close(request_end)
        os.close(answer_end)

    def ask(self, request, seconds):
        """The answer's text, or how the child ended."""
        self.asked += 1
        os.write(self.requests, (json.dumps(request) + "\n").encode())
        said = io.BytesIO()
        while not said.getvalue()[-1:] == b"\n":
            ready, _, _ = select.select([self.answers], [], [], seconds)
            block = os.read(self.answers, 1 << 20) if ready else b""
            if not ready or not block:
                how = self.end() if ready else f"hangs: no answer within {seconds} s"
                return None, how
            said.write(block)
        return said.getvalue().decode().rstrip("\n"), None

    def end(self):
        os.close(self.requests)
        os.close(self.answers)
        ready = os.waitpid(self.pid, os.WNOHANG)
        if ready[0] == 0:
            os.kill(self.pid, signal.SIGKILL)
            ready = os.waitpid(self.pid, 0)
        status = ready[1]
        self.pid = 0
        return f"killed by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "ends the process"


def limit(options):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.memory:
        resource.setrlimit(resource.RLIMIT_AS, (options.memory << 20, options.memory << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def serve(requests, answer, answers):
    for line in requests:
        try:
            said = answer(json.loads(line))
        except MemoryError:
            said = {"died": "fills memory"}
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


class Worker:
    def __init__(self, options):
        self.options = options
        self.runner = None

    def once(self, answer, request):
        """In a process that has imported Keras and done nothing else."""
        child = Child(answer, self.options)
        said, how = child.ask(request, self.options.seconds)
        if child.pid:
            child.end()
        return json.loads(said) if said else {"died": how}

    def case(self, request):
        scratch = self.options.scratch
        if self.runner is None or self.runner.asked == CASES_A_RUNNER:
            if self.runner:
                self.runner.end()
            self.runner = Child(lambda asked: run_case(asked, scratch), self.options)
        said, how = self.runner.ask(request, self.options.seconds)
        if said is None:
            if self.runner.pid:
                self.runner.end()
            self.runner = None
            return {"died": how}
        said = json.loads(said)
        if "fresh" in request.get("formats", []) and "archive" in said:
            fresh = self.once(run_load, {"text": request["text"], "path": said["archive"], "stage": "fresh"})
            self.merge(said, fresh)
        return said

    @staticmethod
    def merge(said, fresh):
        if "died" in fresh or "error" in fresh:
            said["stages"]["fresh/load"] = {"error": {"type": "died", "frame": "", "message": str(fresh)}}
            return
        first = said["snapshots"][0]
        offset = len(said["snapshots"])
        said["snapshots"] += [difference(first, leaves) for leaves in fresh["snapshots"]]
        for stage, what in fresh["stages"].items():
            said["stages"][stage] = what + offset if isinstance(what, int) else what

    def answer(self, request):
        verb = request["verb"]
        if verb == "hello":
            return {"protocol": 1, "name": f"Keras {keras.__version__}", "keras": keras.__version__,
                    "backend": keras.backend.backend(), "python": sys.version.split()[0], "numpy": np.__version__}
        if verb == "api":
            return api(request.get("modules", []))
        if verb in ("case", "object"):
            return self.case(request)
        if verb == "load":
            said = self.once(run_load, request)
            if "against" in request and "snapshots" in said:
                said["snapshots"] = [difference(request["against"], leaves) for leaves in said["snapshots"]]
            return said
        if verb == "run":
            return self.once(lambda asked: run_alone(asked, self.options.scratch), request)
        return {"error": f"unknown verb {verb}"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scratch", default=tempfile.gettempdir())
    parser.add_argument("--seconds", type=float, default=20, help="for one program")
    parser.add_argument("--memory", type=int, default=8192, help="MiB of address space for a program")
    parser.add_argument("--patch", help="a fault of hunt_faults.py to plant in Keras first")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    if int(keras.__version__.split(".")[0]) < 3:
        print(json.dumps({"error": f"this is Keras {keras.__version__}; the hunt needs Keras 3"}), flush=True)
        return
    if options.patch:
        import hunt_faults
        hunt_faults.plant(options.patch)
    tempfile.tempdir = os.path.join(options.scratch, "tmp")
    os.makedirs(tempfile.tempdir, exist_ok=True)
    keras.config.disable_traceback_filtering()
    # What programs and libraries print goes elsewhere; answers have standard output to themselves.
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), open(os.devnull, "w")
    os.dup2(sys.stdout.fileno(), 1)
    sys.stderr = sys.stdout
    gc.collect()
    gc.freeze()
    serve(sys.stdin, Worker(options).answer, answers)


if __name__ == "__main__":
    main()
