#!/usr/bin/env python3
"""Keras' own layer tests as a matrix: what they construct is built and saved by stock Keras, run and saved by revive.

    official_suite.py --revive PROGRAM --work FOLDER [--classes NAME ...] [--tensorflow-python PYTHON]

official_suite.json holds, for each class, the arguments, input shapes and dtypes that the tests of Keras 3.15.1 give to it,
to `run_layer_test` or by calling the layer themselves, where stock Keras makes a model of it. Arguments that are defaults
are left out; long axes are shortened, a single image becomes two, and for a cell of a test's own stands SimpleRNNCell or
LSTMCell. A row ends in one of three ways:

- passed: revive gives Keras' output, and saves what Keras loads with the same output (round_trip.py);
- refused: revive says why it does not take the archive, with the words that are the row's fourth item;
- failed: all else, a row that is refused unasked or taken unasked among it, and the exit code is 1.

Keras runs on NumPy, which compiles nothing, and on JAX or TensorFlow what NumPy cannot do or does in another way.
"""

import argparse
import collections
import functools
import json
import os
import pathlib
import subprocess
import sys
import time
import warnings

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import round_trip
from witness import first_line

TABLE = pathlib.Path(__file__).resolve().with_suffix(".json")
PROGRESS_EVERY = 50

# The classes that another backend runs.
ELSEWHERE = {
    # NumPy's variance is a difference of squares: far from the others' where two numbers are near each other.
    "jax": ("LayerNormalization", "GroupNormalization"),
    # Text is TensorFlow's, whatever the backend.
    "tensorflow": ("HashedCrossing", "Hashing", "TextVectorization"),
}
# Layers whose tensors are arguments, not a list.
OF_TWO_ARGUMENTS = ("MultiHeadAttention",)
# The axes and the batches of unknown length, when the model runs.
UNKNOWN = 6
BATCH = 2


def made(value):
    """The argument that a value of the table stands for: {"CLASS": ARGUMENTS} is an object of Keras."""
    if isinstance(value, list):
        return tuple(made(item) for item in value)
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (name, arguments), = value.items()
        for module in (keras.layers, keras.initializers, keras.regularizers, keras.constraints):
            if hasattr(module, name):
                return getattr(module, name)(**{key: made(item) for key, item in arguments.items()})
    return {key: made(item) for key, item in value.items()}


def sample(shape, dtype, arguments, random):
    """Numbers to run on; ids below what the layer says there are."""
    shape = [BATCH if shape[0] is None else shape[0], *(UNKNOWN if axis is None else axis for axis in shape[1:])]
    if dtype == "string":
        return np.full(shape, "some words")
    ids = arguments.get("input_dim", arguments.get("num_tokens"))
    if ids or "int" in dtype:
        return random.integers(0, ids or 3, shape).astype(dtype)
    if dtype == "bool":
        return random.random(shape) < 0.5
    return np.asarray(keras.ops.convert_to_tensor(random.uniform(-2, 2, shape), dtype))


def built(name, arguments, shapes, dtypes):
    """A stack of the layer, or a Functional where it is called on several tensors."""
    layer = getattr(keras.layers, name)(**{key: made(value) for key, value in arguments.items()})
    fixed = '"stateful": true' in json.dumps(arguments)
    inputs = [keras.Input(batch_shape=shape if fixed else [None, *shape[1:]], dtype=dtype)
              for shape, dtype in zip(shapes, dtypes)]
    if name in OF_TWO_ARGUMENTS:
        return keras.Model(inputs, layer(inputs[0], inputs[-1]))
    if len(inputs) == 1:
        return keras.Sequential([inputs[0], layer])
    return keras.Model(inputs, layer(inputs))


def computed_in_double(name, arguments, shapes, dtypes, model, inputs):
    """What Keras computes in float64 with the weights of a model that it built of the same in float32."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    try:
        twin = built(name, arguments, shapes, ["float64" if dtype == "float32" else dtype for dtype in dtypes])
    finally:
        keras.config.set_dtype_policy(policy)
    twin.set_weights(model.get_weights())
    return np.asarray(twin(inputs.astype("float64") if inputs.dtype == "float32" else inputs, training=False))


def ending(name, row, stem, revive, random):
    """How a row ends, and in which words."""
    arguments, shapes, dtypes, *refusal = row
    if not isinstance(dtypes, list):
        shapes, dtypes = [shapes], [dtypes]
    try:
        model = built(name, arguments, shapes, dtypes)
        round_trip.randomize(model, random)
        inputs = [sample(shape, dtype, arguments, random) for shape, dtype in zip(shapes, dtypes)]
        model.save(f"{stem}.keras")
        # What Keras itself loses, as the implementation of an LSTM, is lost before both sides compute.
        model = keras.saving.load_model(f"{stem}.keras")
        theirs = None if refusal else np.asarray(model(inputs[0], training=False))
    except Exception as error:  # Keras raises whatever its layers and its backend raise.
        return "failed", f"stock Keras: {first_line(error)}"
    # What is refused is refused before it runs.
    said = round_trip.refusal(revive, stem, np.zeros((1, 1), "float32") if refusal else inputs[0])
    if said is not None:
        return ("refused", refusal[0]) if refusal and refusal[0] in said else ("failed", said)
    if refusal:
        return "failed", f"revive takes it, where it should say: {refusal[0]}"
    in_double = functools.partial(computed_in_double, name, arguments, shapes, dtypes, model, inputs[0])
    trouble = round_trip.difference(inputs[0], theirs, stem, round_trip.TOLERANCES.get(theirs.dtype.name, 0),
                                    in_double if theirs.dtype == "float32" else None)
    return ("failed", trouble) if trouble else ("passed", "")


def run(table, revive, work):
    """Prints what fails and, for each class, how its rows end; whether all is well."""
    totals = collections.Counter()
    started = time.monotonic()
    for name, rows in table.items():
        counts, reasons = collections.Counter(), collections.Counter()
        for index, row in enumerate(rows):
            keras.utils.clear_session(free_memory=False)
            how, words = ending(name, row, work / f"{name}.{index}", revive, np.random.default_rng(index))
            counts[how] += 1
            if how == "failed":
                print(f"{name} {json.dumps(row)}: {words}", flush=True)
            elif how == "refused":
                reasons[words] += 1
        totals += counts
        said = "".join(f"; {count} {words}" for words, count in reasons.items())
        print(f"{name}: {counts['passed']} passed, {counts['refused']} refused, {counts['failed']} failed{said}", flush=True)
        print(f"official suite: {totals.total()} rows in {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(f"official suite on {keras.backend.backend()}: {totals['passed']} passed, {totals['refused']} refused, "
          f"{totals['failed']} failed", flush=True)
    return totals["failed"] == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--revive", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--classes", nargs="+", help="these alone, on the backend that KERAS_BACKEND names")
    parser.add_argument("--tensorflow-python", default=sys.executable, help="a Python with TensorFlow")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    arguments.work.mkdir(parents=True, exist_ok=True)
    table = json.loads(TABLE.read_text())
    if arguments.classes:
        return 0 if run({name: table[name] for name in arguments.classes}, arguments.revive, arguments.work) else 1

    elsewhere = [
        subprocess.Popen([arguments.tensorflow_python if backend == "tensorflow" else sys.executable, __file__,
                          "--revive", arguments.revive, "--work", arguments.work, "--classes", *classes],
                         env={**os.environ, "KERAS_BACKEND": backend})
        for backend, classes in ELSEWHERE.items()]
    here = {name: rows for name, rows in table.items() if not any(name in classes for classes in ELSEWHERE.values())}
    well = run(here, arguments.revive, arguments.work)
    return 0 if all([well, *(process.wait() == 0 for process in elsewhere)]) else 1


if __name__ == "__main__":
    sys.exit(main())
