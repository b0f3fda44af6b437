#!/usr/bin/env python3
"""Stock Keras as a subject of the line protocol (properties/PROTOCOL.md).

    revive properties outputs_survive --profile tame --cases 20 --subject '.venv/bin/python tools/keras/keras_subject.py'

It makes the model that it is told from its config and weights, saves it with model.save(), loads it with safe_mode=True,
and describes what it loaded. Outputs are compared with what Keras computed before the save, by bits; where revive compares
two outputs of its own choice, within a tolerance, because Keras sums a batch in another order than a sample. A lambda is
the Functional of Keras ops that the config holds.
"""

import base64
import inspect
import json
import os
import pathlib
import sys
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
# Policies of 64 bits are of 64 bits.
os.environ.setdefault("JAX_ENABLE_X64", "1")

import keras
import numpy as np

from agreement import TOLERANCE
from witness import first_line

models = {}
# The keys of each layer's config, by its path, of the model that was saved last.
said = {}


def tensor_from(value):
    return np.frombuffer(base64.b64decode(value["data"]), dtype=value["dtype"]).reshape(value["shape"])


def tensor_to(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": base64.b64encode(array.tobytes()).decode()}


def layer_at(model, config, indices):
    """The layer that stands at /layers/I/layers/J in the config. Keras does not list InputLayers, so by name."""
    for index in indices:
        config = config["config"]["layers"][index]
        model = model.get_layer(config["config"]["name"])
    return model


def remember(config, path=""):
    """What revive said of each layer: Keras adds its defaults, and they say nothing of what was saved."""
    if path == "":
        said.clear()
    said[path] = set(config["config"])
    for i, entry in enumerate(config["config"].get("layers", []) if config["class_name"] == "Sequential" else []):
        remember(entry, f"{path}/layers/{i}")


def default_of(class_name, key):
    cls = getattr(keras.layers, class_name, None)
    for owner in cls.__mro__ if cls else ():
        parameter = inspect.signature(owner.__init__).parameters.get(key)
        if parameter is not None:
            return parameter.default
    return inspect.Parameter.empty


def leave_defaults_out(entry, path):
    config = entry["config"]
    for key in [key for key in config if key not in said.get(path, config)]:
        # Whatever stands there as a dict is made of a default's name: initializers.
        if isinstance(config[key], dict) or config[key] == default_of(entry["class_name"], key):
            del config[key]


def described(model):
    """The model as revive reads it: the config of Keras, and each variable by the path of its layer in that config."""
    config = keras.saving.serialize_keras_object(model)
    weights = []

    def add(layer, config, path):
        leave_defaults_out(config, path)
        inner = config["config"].get("layers")
        if config["class_name"] == "Sequential":
            for i, entry in enumerate(inner):
                if entry["class_name"] == "InputLayer":
                    leave_defaults_out(entry, f"{path}/layers/{i}")
                else:
                    add(layer.get_layer(entry["config"]["name"]), entry, f"{path}/layers/{i}")
            return
        for variable in layer.weights:
            weights.append({"path": f"{path}/{variable.name}", **tensor_to(np.asarray(variable))})

    add(model, config, "")
    return {"config": config, "weights": weights}


def make_model(value):
    model = keras.saving.deserialize_keras_object(value["config"])
    weights = {}
    for variable in value["weights"]:
        layer, _ = variable["path"].rsplit("/", 1)
        weights.setdefault(layer, []).append(tensor_from(variable))
    for path, tensors in weights.items():
        indices = [int(part) for part in path.split("/") if part.isdigit()]
        layer_at(model, value["config"], indices).set_weights(tensors)
    return model


def answer(request, folder):
    path = folder / "model.keras"
    if request["verb"] == "hello":
        return {"protocol": 1, "name": f"Keras {keras.__version__}", "verbs": ["save", "load", "predict", "before", "forget"],
                "keras_archives": True, "describes": True, "tolerance": TOLERANCE}
    if request["verb"] == "save":
        keras.utils.clear_session(free_memory=False)
        remember(request["model"]["config"])
        make_model(request["model"]).save(path)
        return {"archive": base64.b64encode(path.read_bytes()).decode()}
    if request["verb"] == "load":
        path.write_bytes(base64.b64decode(request["archive"]))
        handle = max(models, default=0) + 1
        models[handle] = keras.saving.load_model(path, compile=False, safe_mode=True)
        return {"handle": handle, "model": described(models[handle])}
    if request["verb"] == "before":
        keras.utils.clear_session(free_memory=False)
        return {"output": tensor_to(np.asarray(make_model(request["model"])(tensor_from(request["input"]), training=False)))}
    if request["verb"] == "predict":
        output = models[request["handle"]](tensor_from(request["input"]), training=False)
        return {"output": tensor_to(np.asarray(output))}
    for handle in request["handles"]:
        del models[handle]
    return {}


def main():
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    # Answers have standard output to themselves; what a library prints goes elsewhere.
    answers, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            try:
                said = answer(json.loads(line), pathlib.Path(folder))
            except Exception as error:  # Keras raises whatever its layers and its backend raise.
                said = {"error": first_line(error)}
            print(json.dumps(said), file=answers, flush=True)


if __name__ == "__main__":
    main()
