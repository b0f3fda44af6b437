#!/usr/bin/env python
"""Writes written.json: what stock Keras stores of the lambdas in written_table.py, and what it computes with them.

    PYTHON make_written.py tf        # in an environment with TensorFlow 2.21 and tf_keras
    PYTHON make_written.py jax
    PYTHON make_written.py numpy

Each family is replaced, the others stay. A lambda that Keras cannot run is named and left out.
"""
import json
import os
import sys
import zlib

family = sys.argv[1]
os.environ["KERAS_BACKEND"] = {"tf": "tensorflow"}.get(family, family)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

from written_table import INPUTS, TABLE

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 2


def scope():
    names = {"np": np, "keras": keras, "ops": keras.ops}
    if family == "tf":
        import tensorflow as tf

        names.update(tf=tf, K=tf.keras.backend)
    if family == "jax":
        import jax

        names.update(jax=jax, jnp=jax.numpy)
    return names


def input_of(kind):
    shape, what = INPUTS[kind]
    random = np.random.default_rng(zlib.crc32(kind.encode()))
    if what == "int32":
        return random.integers(0, 6, (BATCH, *shape)).astype("int32")
    low, high = {"float32": (-2, 2), "unit": (0.0625, 1), "pixels": (0, 255)}[what]
    return (np.round(random.uniform(low, high, (BATCH, *shape)) * 16) / 16).astype("float32")


def function_of(source, options, names):
    """As a module whose globals are `names` and an enclosing function would make it."""
    names.update({name: eval(value, names) for name, value in options.get("globals", {}).items()})
    closure = options.get("closure", {})
    lines = ["def make(%s):" % ", ".join(closure)]
    is_lambda = source.startswith("lambda")
    lines += ["    " + line for line in ("return " + source if is_lambda else source + "\nreturn f").split("\n")]
    values = [eval(value, names) for value in closure.values()]
    exec(compile("\n".join(lines), "model.py", "exec"), names)
    return names["make"](*values)


def stored(array, data):
    """Whole numbers without a point, and few digits: what is compared with a tolerance needs no more."""
    numbers = [float("%.7g" % value) for value in data.ravel()]
    return {"dtype": str(array.dtype), "shape": list(array.shape),
            "data": [int(value) if value == int(value) else value for value in numbers]}


def record(name, kind, source, options):
    names = scope()
    function = function_of(source, options, names)
    keywords = {"arguments": eval(options["arguments"], names)} if "arguments" in options else {}
    x = input_of(kind)
    if options.get("keras2"):
        import tf_keras

        layer = tf_keras.layers.Lambda(function, **keywords)
        config = layer.get_config()
        output = layer(x)
    else:
        model = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype), keras.layers.Lambda(function, **keywords)])
        output = model(x)
        config = json.loads(model.to_json())["config"]["layers"][1]["config"]
    output = np.asarray(output)
    data = output.astype("float64") if output.dtype != bool else output.astype("int64")
    return {
        "family": family,
        "source": source,
        "config": {key: config[key] for key in ("function", "arguments") if key in config},
        "bind": options.get("bind", {}),
        "input": kind,
        "output": stored(output, data),
    }


def main():
    path = os.path.join(HERE, "written.json")
    kept = {}
    if os.path.exists(path):
        with open(path) as file:
            kept = json.load(file)
    entries = {name: entry for name, entry in kept.items() if entry.get("family") != family}
    entries["inputs"] = {kind: stored(x, x) for kind, x in ((kind, input_of(kind)) for kind in INPUTS)}
    for name, of, kind, source, options in TABLE:
        if of != family:
            continue
        try:
            entries[name] = record(name, kind, source, options)
        except Exception as error:
            print("%s: %s\n    %s" % (name, source, str(error).strip().split("\n")[0][:150]))
    order = ["inputs"] + [entry[0] for entry in TABLE]
    with open(path, "w") as file:
        lines = ["%s: %s" % (json.dumps(name), json.dumps(entries[name], separators=(",", ":")))
                 for name in order if name in entries]
        file.write("{\n%s\n}\n" % ",\n".join(lines))


main()
