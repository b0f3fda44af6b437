#!/usr/bin/env python3
"""Makes corpus/keras/ and corpus/rescues/: archives that stock Keras saved, with what Keras computed before saving.

    .venv/bin/python corpus/make_keras_corpus.py [NAME...]

Every model in keras_models/ and rescue_models.py becomes NAME.keras, NAME.input.npy and NAME.output.npy, a rescue also
NAME.load.json where `revive` has to be told something; the bytes of the archive are Keras' own. Rescues of another
backend than KERAS_BACKEND (jax) are left out: those of TensorFlow are made with KERAS_BACKEND=tensorflow and
.venv-tensorflow. Models, weights and inputs depend on the model's name alone, so a second run makes the same archives
but for the date that Keras puts into metadata.json and on the weights member, and for `shared_object_id`, which is a
memory address. An archive that differs in nothing else is left as it is.
Ends with one line per archive that is new or changed; exit code 2 for an unknown NAME.
"""

import argparse
import json
import linecache
import os
import pathlib
import sys
import tempfile
import zipfile
import zlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

import keras_models
import rescue_models

HERE = pathlib.Path(__file__).resolve().parent
KERAS_VERSION = "3.15.1"


def without_addresses(value):
    """The JSON value without `shared_object_id`, which differs from run to run."""
    if isinstance(value, dict):
        return {key: without_addresses(item) for key, item in value.items() if key != "shared_object_id"}
    if isinstance(value, list):
        return [without_addresses(item) for item in value]
    return value


def contents(path):
    """What an archive says, without what only the moment of saving decides."""
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        return without_addresses(config), archive.read("model.weights.h5")


def same_array(path, array):
    if not path.exists():
        return False
    recorded = np.load(path)
    return (recorded.dtype, recorded.shape, recorded.tobytes()) == (array.dtype, array.shape, array.tobytes())


def write(folder, name, model, inputs):
    """Writes the three files of one archive; returns whether anything changed."""
    outputs = np.asarray(model(inputs, training=False))
    changed = False
    with tempfile.TemporaryDirectory() as scratch:
        saved = pathlib.Path(scratch) / f"{name}.keras"
        model.save(saved)
        target = folder / saved.name
        if not target.exists() or contents(target) != contents(saved):
            target.write_bytes(saved.read_bytes())
            changed = True
    for part, array in (("input", inputs), ("output", outputs)):
        path = folder / f"{name}.{part}.npy"
        if not same_array(path, array):
            np.save(path, array)
            changed = True
    return changed


def make_rescue(name, random):
    """The model that the script of a rescue makes, and an input for it."""
    names = {"keras": keras, "np": np, "ops": keras.ops, "Sequential": keras.Sequential, "Input": keras.Input}
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        names["tf"] = tensorflow
    names |= {layer: getattr(keras.layers, layer) for layer in ("Dense", "Embedding", "LSTM", "Lambda")}
    source, file = rescue_models.RESCUES[name].source, f"{name}.py"
    # Keras looks into the source of a lambda that stands for an activation.
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), names)
    model = names["model"]
    shape = (2, *model.input_shape[1:])
    if model.inputs[0].dtype == "int32":
        return model, random.integers(0, 3, shape).astype("int32")
    return model, random.standard_normal(shape).astype("float32")


def write_request(path, rescue):
    """What `revive` is told to load a rescue; nothing for one that needs no help."""
    request = {"bind": [f"{name}={value}" for name, value in rescue.bind.items()],
               "lambda": [f"{layer}={text}" for layer, text in rescue.lambdas.items()]}
    if any(request.values()):
        path.write_text(json.dumps(request) + "\n")


def main():
    parser = argparse.ArgumentParser(description="make the archives of corpus/keras with stock Keras")
    parser.add_argument("names", metavar="NAME", nargs="*", help="make only these")
    arguments = parser.parse_args()
    if keras.__version__ != KERAS_VERSION:
        parser.error(f"expected Keras {KERAS_VERSION}, found {keras.__version__}")
    known = [*keras_models.MODELS, *rescue_models.RESCUES]
    unknown = sorted(set(arguments.names) - set(known))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")

    for name in arguments.names or known:
        rescue = rescue_models.RESCUES.get(name)
        if ("jax" if rescue is None else rescue.backend) != keras.backend.backend():
            continue
        folder = HERE / ("keras" if rescue is None else "rescues")
        folder.mkdir(exist_ok=True)
        keras.utils.clear_session()
        seed = zlib.crc32(name.encode())
        keras.utils.set_random_seed(seed)
        random = np.random.default_rng(seed)
        model, inputs = keras_models.MODELS[name](random) if rescue is None else make_rescue(name, random)
        if write(folder, name, model, inputs):
            print(f"{name}.keras {(folder / f'{name}.keras').stat().st_size} bytes")
        if rescue is not None:
            write_request(folder / f"{name}.load.json", rescue)
    return 0


if __name__ == "__main__":
    sys.exit(main())
