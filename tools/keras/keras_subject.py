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
