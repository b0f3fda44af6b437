"""The ways in which the hunt takes what a program built there and back: formats, copies, configs.

Each tells a Case (hunt_cases.py) what came of it, under a stage of its own.
"""

import copy
import inspect
import json
import os
import pickle
import tempfile
import zipfile

import keras

from hunt_build import begin, build

GRAPHS = (keras.Sequential, keras.src.models.functional.Functional)
DECOY = b"not to be touched"


def strict_json(case, stage, text):
    def refuse(constant):
        raise ValueError(f"{constant} is not JSON")

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError as error:
        case.fact(stage, str(error))


def round_trip_object(case, formats):
    """serialize_keras_object, through JSON, deserialize_keras_object."""
    case.look("before", case.thing)
    copies(case, formats)

    def save():
        return json.dumps(keras.saving.serialize_keras_object(case.thing))

    def load(text):
        with keras.saving.custom_object_scope(case.custom):
            return keras.saving.deserialize_keras_object(json.loads(text), safe_mode=False)

    text = case.attempt("object/save", save)
    if text is None:
        return
    strict_json(case, "object/json", text)
    case.look_saved("object/saved")
    loaded = case.attempt("object/load", lambda: load(text))
    if loaded is None:
        return
    case.look("object/loaded", loaded)
    if "second" in formats:
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


def folder_of(case, stage, folder, path, save, alone=True):
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
    if left and alone:
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
    more = {"zipped": False} if stage == "unzipped" else {}
    if not folder_of(case, stage, folder, path, lambda target: case.thing.save(target, **more)):
        return None
    if name.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            strict_json(case, f"{stage}/json", archive.read("config.json").decode())
    case.look_saved(f"{stage}/saved")
    loaded = case.attempt(f"{stage}/load", lambda: load_file(path, case.custom))
    if loaded is None:
        return None
    case.look(f"{stage}/loaded", loaded)
    if not twice:
        return loaded
    second = folder / f"second-{name}"
    if case.attempt(f"{stage}/second_save", lambda: (loaded.save(str(second), **more), True)[1]):
        again = case.attempt(f"{stage}/second_load", lambda: load_file(second, case.custom))
        if again is not None:
            case.look(f"{stage}/second", again)
    return loaded


def with_other_weights(thing):
    """What is not loaded keeps these numbers. The seeds of the thing are those of the first: they are no weights."""
    for weight in thing.weights:
        weight.assign(keras.ops.full_like(weight, 7))
    return thing


def save_whole_h5(thing, path):
    thing.save(path)


def save_sharded(thing, path):
    # In several files, of a thousand bytes each.
    thing.save_weights(path, max_shard_size=1e-6)


# Files that load_weights() reads, and how they are written.
WEIGHT_FILES = {"weights": ("model.weights.h5", lambda thing, path: thing.save_weights(path)),
                "reload": ("model.keras", save_whole_h5),
                "reload_h5": ("model.h5", save_whole_h5),
                "by_name": ("model.h5", save_whole_h5),
                "skipping": ("model.weights.h5", lambda thing, path: thing.save_weights(path)),
                "sharded": ("model.weights.json", save_sharded)}
HOW_LOADED = {"by_name": {"by_name": True}, "skipping": {"skip_mismatch": True}}


def save_weights(case, folder, stage):
    name, save = WEIGHT_FILES[stage]
    if stage == "sharded" and "max_shard_size" not in inspect.signature(keras.Model.save_weights).parameters:
        return
    folder = folder / stage
    path = folder / name
    if not folder_of(case, stage, folder, path, lambda target: save(case.thing, target), alone=stage != "sharded"):
        if "exceeds the maximum shard size" in case.stages[f"{stage}/save"]["error"]["message"]:
            # A weight that is larger is refused, as it is said to be.
            del case.stages[f"{stage}/save"]
        return
    loaded = case.attempt(f"{stage}/make", lambda: with_other_weights(build(case.module)))
    if loaded is not None and case.attempt(f"{stage}/load", lambda: (loaded.load_weights(str(path), **HOW_LOADED.get(stage, {})), True)[1]):
        case.look(f"{stage}/loaded", loaded, weights_only=True)
        case.look_before(f"{stage}/before", weights_only=True)


def anew(case, stage, copy_of):
    """A copy; the classes of the program are known to Keras, which forgets them where everything begins anew."""
    # What draws a seed draws the one that the original drew.
    begin()
    with keras.saving.custom_object_scope(case.custom):
        return case.attempt(f"{stage}/load", copy_of)


def by_config(case, stage, copy_of, **parts):
    """What is made again from the config alone, given the weights."""
    loaded = anew(case, stage, copy_of)
    if loaded is None:
        return

    def weigh():
        if not loaded.built and case.use:
            case.use(loaded)
        loaded.set_weights(case.thing.get_weights())
        return True

    if case.attempt(f"{stage}/set_weights", weigh):
        case.look(f"{stage}/loaded", loaded, compiled=False, **parts)
        case.look_before(f"{stage}/before", compiled=False, **parts)
        shared = {id(variable) for variable in case.thing.variables} & {id(variable) for variable in loaded.variables}
        if shared and loaded is not case.thing:
            case.fact(f"{stage}/shared", "a variable of the copy is one of the original")


def each_layer_anew(layer):
    return layer.__class__.from_config(layer.get_config())


def clone_deep(case):
    """Layers within layers as well, each by a function of ours, which is to be asked for every one."""
    asked = set()

    def anew(layer):
        asked.add(id(layer))
        return each_layer_anew(layer)

    copied = keras.models.clone_model(case.thing, clone_function=anew, recursive=True)
    if not all(id(layer) in asked for layer in innermost(case.thing)):
        case.fact("clone_deep/asked", "the clone function was not asked for a layer")
    return copied


def inputs_like(model):
    """New inputs that are like those of the model; None where it has none, as a Sequential may, or Keras no trees."""
    try:
        structure = model._inputs_struct if hasattr(model, "_inputs_struct") else model.inputs
        return keras.tree.map_structure(lambda t: keras.Input(batch_shape=t.shape, dtype=t.dtype, name=t.name), structure)
    except (AttributeError, ValueError):
        return None


def innermost(model):
    """The layers of the graphs within a graph."""
    for layer in model.layers:
        if isinstance(layer, GRAPHS):
            yield from innermost(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer


def copies(case, formats):
    """pickle and copy.deepcopy, which Keras has a word in."""
    if "pickle" in formats:
        by_copy(case, "pickle", lambda: pickle.loads(pickle.dumps(case.thing)))
    if "copy" in formats:
        by_copy(case, "copy", lambda: copy.deepcopy(case.thing))


def by_copy(case, stage, copy_of):
    loaded = anew(case, stage, copy_of)
    if loaded is not None:
        case.look(f"{stage}/loaded", loaded, compiled=False)
        case.look_before(f"{stage}/before", compiled=False)
    elif any(word in case.stages[f"{stage}/load"]["error"]["message"] for word in ("<locals>", "<lambda>", "__main__")):
        # Python itself has no copy of what the program made on the spot.
        del case.stages[f"{stage}/load"]


def round_trip_model(case, formats, folder):
    """Every format that is asked for; the whole archive is kept for other processes. Returns what .keras gave."""
    whole = None
    if "keras" in formats:
        whole = save_whole(case, "keras", folder, "model.keras", "second" in formats)
    if "h5" in formats:
        save_whole(case, "h5", folder, "model.h5", "second" in formats)
    if "unzipped" in formats and "zipped" in inspect.signature(keras.Model.save).parameters:
        save_whole(case, "unzipped", folder, "model.folder", "second" in formats)
    for stage in WEIGHT_FILES:
        if stage in formats:
            save_weights(case, folder, stage)
    if "config" in formats:
        config_of_its_own(case, "config")
        by_config(case, "config", lambda: type(case.thing).from_config(case.thing.get_config()))
    if "json" in formats:
        by_config(case, "json", lambda: keras.models.model_from_json(case.thing.to_json()))
    if "clone" in formats:
        by_config(case, "clone", lambda: keras.models.clone_model(case.thing), is_compiled=True)
    inputs = inputs_like(case.thing) if "clone_inputs" in formats and isinstance(case.thing, GRAPHS) else None
    if inputs is not None:
        by_config(case, "clone_inputs", lambda: keras.models.clone_model(case.thing, input_tensors=inputs))
    is_graph = isinstance(case.thing, GRAPHS)
    if "clone_deep" in formats and is_graph and "recursive" in inspect.signature(keras.models.clone_model).parameters:
        by_config(case, "clone_deep", lambda: clone_deep(case))
    copies(case, formats)
    return whole
