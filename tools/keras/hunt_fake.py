"""A Keras that cannot lose anything: every finding of the hunt in it would be a fault of the hunt."""

import copy
import json
import os
import pickle
import sys
import zipfile

from hunt_faults import around


def asked_by_a_program():
    """Whether the hunt or a program of it asks, and not Keras itself on the way to something else."""
    frame = sys._getframe(1)
    while os.path.basename(frame.f_code.co_filename) in (os.path.basename(__file__), "hunt_faults.py", "functools.py"):
        frame = frame.f_back
    return frame.f_globals.get("__name__") in ("hunt_cases", "hunt_trips", "__main__")


def perfect(keras):
    """Whatever is loaded is the object that was saved."""
    kept = {}

    def keep(thing):
        # A name that is the same in every process, as configs of the program's own classes hold it.
        kept[type(thing).__name__] = thing
        return type(thing).__name__

    def save(model, path, *args, **how):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", json.dumps(keep(model)))

    def load_model(path, *args, **how):
        with zipfile.ZipFile(path) as archive:
            name = json.loads(archive.read("config.json"))
        if name in kept:
            return kept[name]
        # Another process: the same program builds the same model.
        from hunt_build import build
        return build(sys.modules["__main__"])

    def load_weights(model, path, *args, **how):
        model.set_weights(load_model(path).get_weights())

    def config_of(original, thing):
        return {"kept": keep(thing)} if asked_by_a_program() else original(thing)

    def made_from(original, config, *args, **how):
        return kept[config["kept"]] if "kept" in config else original(config, *args, **how)

    def pickled(original, thing, *args, **how):
        return keep(thing).encode() if asked_by_a_program() else original(thing, *args, **how)

    def unpickled(original, data, *args, **how):
        return kept[data.decode()] if asked_by_a_program() else original(data, *args, **how)

    def copied(original, thing, *args, **how):
        return thing if asked_by_a_program() else original(thing, *args, **how)

    around(pickle, "dumps", pickled)
    around(pickle, "loads", unpickled)
    around(copy, "deepcopy", copied)
    keras.Model.save = save
    keras.Model.save_weights = save
    keras.Model.load_weights = load_weights
    keras.saving.load_model = load_model
    keras.saving.serialize_keras_object = keep
    keras.saving.deserialize_keras_object = lambda name, *args, **how: kept[name]
    def cloned(model, clone_function=None, **how):
        from hunt_trips import innermost
        if clone_function:
            for layer in innermost(model):
                clone_function(layer)
        return model

    keras.models.clone_model = cloned
    keras.Model.to_json = lambda model, *args, **how: keep(model)
    keras.models.model_from_json = lambda name, *args, **how: kept[name]
    from hunt_api import classes
    for cls in [cls for _, _, cls in classes([])] + [keras.Model, keras.Sequential, keras.src.models.functional.Functional]:
        for name, wrapper in (("get_config", config_of), ("from_config", made_from)):
            if hasattr(cls, name):
                around(cls, name, wrapper)
