#!/usr/bin/env python3
"""Stock Keras as a subject of the line protocol (properties/PROTOCOL.md).

    revive properties outputs_survive --profile tame --cases 20 --subject '.venv/bin/python tools/keras/keras_subject.py'

It makes the model that it is told from its config and weights, saves it with model.save() and loads it with
safe_mode=True. Outputs are compared with what Keras computed before the save, by bits; where a property compares two
outputs of its own choice, within a tolerance, because Keras sums a batch in another order than a sample. A lambda is the
Functional of Keras ops that the config holds. It does not describe what it loaded: Keras spells the constants of such a
Functional anew when it saves, an array of no axes as a number, which would be an alarm in every other lambda.
"""

import base64
import copy
import json
import os
import pathlib
import sys
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

from agreement import TOLERANCE
from witness import first_line

models = {}


def tensor_from(value):
    return np.frombuffer(base64.b64decode(value["data"]), dtype=value["dtype"]).reshape(value["shape"])


def tensor_to(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": base64.b64encode(array.tobytes()).decode()}


def layer_at(model, config, path):
    """The layer at /layers/I/layers/J or /layers/I/layer in the config. Keras does not list InputLayers, so by name."""
    parts = iter(path.strip("/").split("/"))
    for part in parts:
        if part == "layers":
            config = config["config"]["layers"][int(next(parts))]
            model = model.get_layer(config["config"]["name"])
        elif part == "cells":
            model = model.cells[int(next(parts))]
        else:
            forward = part == "layer" and isinstance(model, keras.layers.Bidirectional)
            # What an owner makes itself has no config, and no stack in it.
            config = config and config["config"].get(part)
            model = getattr(model, "forward_layer" if forward else part)
    return model


def set_own_weights(layer, tensors):
    """Those of the layer itself, and what it makes of them once it is loaded."""
    if len(layer.weights) == len(tensors):
        layer.set_weights(tensors)
    else:
        inner = {id(variable) for each in layer._flatten_layers(include_self=False) for variable in each.variables}
        own = [variable for variable in layer.variables if id(variable) not in inner]
        for variable, tensor in zip(own, tensors, strict=True):
            variable.assign(tensor)
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()


def make_model(value):
    # Of wrappers, from_config takes the layer out of the config.
    model = keras.saving.deserialize_keras_object(copy.deepcopy(value["config"]))
    weights = {}
    for variable in value["weights"]:
        layer, _ = variable["path"].rsplit("/", 1)
        weights.setdefault(layer, []).append(tensor_from(variable))
    for path, tensors in weights.items():
        set_own_weights(layer_at(model, value["config"], path), tensors)
    return model


def answer(request, folder):
    path = folder / "model.keras"
    if request["verb"] == "hello":
        return {"protocol": 1, "name": f"Keras {keras.__version__}", "verbs": ["save", "load", "predict", "before", "forget"],
                "keras_archives": True, "tolerance": TOLERANCE}
    if request["verb"] == "save":
        keras.utils.clear_session(free_memory=False)
        make_model(request["model"]).save(path)
        return {"archive": base64.b64encode(path.read_bytes()).decode()}
    if request["verb"] == "load":
        path.write_bytes(base64.b64decode(request["archive"]))
        handle = max(models, default=0) + 1
        models[handle] = keras.saving.load_model(path, compile=False, safe_mode=True)
        return {"handle": handle}
    if request["verb"] == "before":
        keras.utils.clear_session(free_memory=False)
        output = make_model(request["model"])(tensor_from(request["input"]), training=False)
        return {"output": tensor_to(np.asarray(output))}
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
