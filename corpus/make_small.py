#!/usr/bin/env python3
"""Makes corpus/small/: archives so small that every byte of them can be changed to every other value.

    .venv/bin/python corpus/make_small.py        # see tools/keras/README.md for .venv; build/release holds revive

Stock Keras builds the models, and revive saves the one whose lambda Keras would store as Python. config.json keeps what
a reader needs, model.weights.h5 the groups that hold variables (Keras writes a kilobyte of B-tree for every group), so
each archive is what another writer of the format could have made. `revive corrupt corpus/small/*.keras` goes through
all changes, in half an hour. Rewrites manifest.json as make_refusals.py does.
"""

import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import Input, Sequential, layers  # noqa: E402

import damage  # noqa: E402
import make_refusals  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
REVIVE = HERE.parent / "build" / "release" / "tools" / "revive"
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
# What training alone reads, and what a class has as its default.
TRAINING = {"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer",
            "kernel_constraint", "bias_constraint", "quantization_config"}
DEFAULTS = {"trainable": True, "dtype": "float32", "activation": "linear", "sparse": False, "ragged": False}


def capturing_lambda(path):
    """The README's lambda as revive saves it: its graph, and its text with what it captured in metadata.json."""
    rescue = HERE / "rescues" / "last_steps.keras"
    subprocess.run([REVIVE, "check", rescue, "--bind", "CONV_WIDTH=3", "--output", path], check=True)
    return ()


def eleven_layers(path):
    """More layers of one class than one node of the weights' B-tree takes, and dense_10 sorts before dense_2."""
    Sequential([Input((1,))] + [layers.Dense(1, use_bias=False) for _ in range(11)]).save(path)
    return (WEIGHTS,)


def deflated(path):
    Sequential([Input((3,)), layers.Dense(2, activation="tanh"), layers.ReLU()]).save(path)
    return (CONFIG, METADATA, WEIGHTS)


def small_config(value):
    if isinstance(value, list):
        return [small_config(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        return value
    if value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    kept = {}
    for key, item in value.items():
        item = small_config(item)
        if key in TRAINING or key in ("build_config", "compile_config") or (key in DEFAULTS and DEFAULTS[key] == item):
            continue
        if key == "registered_name" and item is None:
            continue
        kept[key] = item
    return kept


def small_weights(file):
    """The datasets at their paths, without groups that hold none and without the attributes of groups."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "small.h5")
        with h5py.File(io.BytesIO(file)) as whole, h5py.File(path, "w") as small:
            def copy(name, item):
                if isinstance(item, h5py.Dataset):
                    small.create_dataset(name, data=np.asarray(item), track_times=False)
            whole.visititems(copy)
        return pathlib.Path(path).read_bytes()


def make(build):
    """The bytes of the archive; `build` saves a model and says which members are to be deflated."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        deflate = build(path)
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in (METADATA, CONFIG, WEIGHTS)}
    metadata = json.loads(members[METADATA]) | {"date_saved": "1980-01-01@00:00:00"}
    contents = {
        METADATA: json.dumps(metadata).encode(),
        CONFIG: json.dumps(small_config(json.loads(members[CONFIG]))).encode(),
        WEIGHTS: small_weights(members[WEIGHTS]),
    }
    return damage.zip_of([
        damage.Member(name, data, damage.DEFLATED if name in deflate else damage.STORED)
        for name, data in contents.items()
    ])


def main():
    folder = HERE / "small"
    folder.mkdir(exist_ok=True)
    for build in (capturing_lambda, eleven_layers, deflated):
        (folder / f"{build.__name__}.keras").write_bytes(make(build))
    make_refusals.update_manifest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
