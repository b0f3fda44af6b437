"""What the hunt does with one program: builds, saves, loads, and takes a snapshot at every stage.

A stage of an answer is the number of a snapshot, {"error": ...} where Keras raised, or {"fact": ...} where something else
than the object was wrong. Stages of a format are "keras/saved", "keras/loaded", "keras/second", ...
"""

import os
import pathlib
import shutil
import sys
import tempfile
import traceback

import keras

from hunt_build import Refused, begin, build, build_what_keras_takes, custom_objects, execute
from hunt_looks import Snapshots, difference
from hunt_snapshot import error_of
from hunt_trips import load_file, round_trip_model, round_trip_object


# How often a thing is called that gives something else than before, while all else is the same.
TRIES = 4
# The case that was judged last, which may be asked what of it is noise.
LAST = []


class Case:
    """One program, its model, and what every stage said of it."""

    def __init__(self, request):
        self.dropped = []
        self.answer = {"dropped": self.dropped, "stages": {}}
        self.stages = self.answer["stages"]
        self.snapshots = Snapshots()
        self.parts = {}
        self.module, self.thing = build_what_keras_takes(request["text"], request.get("droppable", []), self.dropped,
                                                         request.get("verb") == "object")
        self.custom = custom_objects(self.module)
        self.use = getattr(self.module, "use", None)

    def look(self, stage, thing, **parts):
        """The snapshot of a thing as stage `stage`. Keras raising on the way is what the stage says then."""
        for _ in range(TRIES):
            begin()
            self.stages[stage] = self.snapshots.add(thing, self.use, self.stages, stage, **parts)
            if not self.only_output_differs(self.stages[stage]):
                break

    def look_saved(self, stage):
        """The thing itself once it was saved."""
        if "before/call" not in self.stages and self.snapshots.is_still(self.stages["before"], self.thing):
            self.stages[stage] = self.stages["before"]
        else:
            self.look(stage, self.thing)

    def look_before(self, stage, **parts):
        """These parts of the thing as it was before saving, which are looked at once for all stages that have them."""
        kept = tuple(sorted(parts.items()))
        if kept == (("compiled", False),):
            self.parts[kept] = self.snapshots.without_training(self.stages["before"])
        elif kept not in self.parts:
            self.look(stage, self.thing, **parts)
            self.parts[kept] = self.stages[stage]
        self.stages[stage] = self.parts[kept]

    def only_output_differs(self, index):
        """Then it is looked at again: the last bits of NumPy's sums depend on where in memory its arrays happen to be."""
        first, leaves = self.snapshots.distinct[0], self.snapshots.distinct[index]
        return index > 0 and all(path.startswith(("use(", "getattr(use(")) for path in difference(first, leaves))

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

    def execute_again(self):
        """What two executions of the program differ in is noise."""
        self.look("again", build(self.module))
        first = self.snapshots.distinct[0]
        seeds = any(path.endswith(".seed") and leaves.get(path) != leaf
                    for leaves in self.snapshots.distinct for path, leaf in first.items())
        if seeds:
            self.look("reseeded", build(self.module, seed=1))
            self.stages["again"] = self.snapshots.take_seeds(self.stages["again"], self.stages["reseeded"])
        # These executions are for comparison alone: what fails in them is no failure.
        for stage in [name for name in self.stages if name.startswith(("again/", "reseeded"))]:
            del self.stages[stage]


def run_case(request, scratch):
    if request.get("verb") == "object":
        # Nothing is written, and a folder takes longer to make and remove than the case.
        return judge_case(request, scratch, None)
    folder = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    # Temporary files of this case are seen by it alone, and nothing outside of its folder is ever removed.
    outside, tempfile.tempdir = tempfile.tempdir, str(folder / "tmp")
    os.mkdir(tempfile.tempdir)
    try:
        return judge_case(request, scratch, folder)
    finally:
        tempfile.tempdir = outside
        shutil.rmtree(folder, ignore_errors=True)


def judge_case(request, scratch, folder):
    try:
        case = Case(request)
        if folder is None or not isinstance(case.thing, keras.Model):
            round_trip_object(case, request.get("formats", []))
        else:
            formats = request["formats"]
            case.look("before", case.thing)
            whole = round_trip_model(case, formats, folder)
            if whole is not None and case.use and "trained" in formats:
                # Last, because training calls change the state of both.
                case.look("keras/trained", whole, training=True)
                case.look("trained", case.thing, training=True)
            # Saving that fails leaves half an archive behind.
            if "keras/save" not in case.stages and (folder / "keras" / "model.keras").exists():
                kept = pathlib.Path(scratch) / "model.keras"
                shutil.move(folder / "keras" / "model.keras", kept)
                case.answer["archive"] = str(kept)
        if request.get("noise", True) and case.differs():
            case.execute_again()
        LAST[:] = [case]
        case.answer["snapshots"] = case.snapshots.told()
        return case.answer
    except Refused as refusal:
        LAST.clear()
        cause = refusal.__cause__
        return {"refused": f"{type(cause).__name__}: {cause}".split("\n")[0][:300]}


def run_again():
    """The snapshot of the last case's program when it is executed once more, as what differs from the first."""
    if not LAST:
        return {"error": "there was no case"}
    case = LAST[0]
    case.execute_again()
    return {"again": difference(case.snapshots.distinct[0], case.snapshots.distinct[case.stages["again"]])}


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
