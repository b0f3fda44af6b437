#!/usr/bin/env python
"""Writes the fixtures of this folder.

    PYTHON3.N make_lambdas.py compile     # python3.N.json: the code as that interpreter compiles it, N from 6 on
    PYTHON make_lambdas.py record         # lambdas.json: what the real functions compute, asked of Keras and TensorFlow

`compile` needs nothing but the interpreter. `record` needs TensorFlow, as K.* and tf.* are TensorFlow's; ops.* and
keras.* are those of the Keras beside it, on the same backend.
"""
import codecs
import json
import marshal
import os
import sys

from lambda_table import INPUTS, REFUSED, TABLE

HERE = os.path.dirname(os.path.abspath(__file__))
FILE_NAME = "model.py"


def write(name, entries):
    """One entry a line."""
    with open(os.path.join(HERE, name), "w") as file:
        lines = ["%s: %s" % (json.dumps(key), json.dumps(value, separators=(",", ":"))) for key, value in entries]
        file.write("{\n%s\n}\n" % ",\n".join(lines))


def make_function(source, scope, closure):
    """The function that `source` is, as a module with these globals and an enclosing function would make it."""
    is_lambda = source.startswith("lambda")
    lines = ["def make(%s):" % ", ".join(closure)]
    lines += ["    " + line for line in ("return " + source if is_lambda else source + "\nreturn f").split("\n")]
    scope = dict(scope)
    exec(compile("\n".join(lines), FILE_NAME, "exec"), scope)
    return scope["make"](*closure.values())


def stored(value):
    """As Keras serializes what a lambda captured."""
    if isinstance(value, dict):
        return {"class_name": "__numpy__", "config": {"value": value["array"], "dtype": value["dtype"]}}
    if isinstance(value, (tuple, list)):
        return [stored(item) for item in value]
    return value


def config_of(function):
    """What Keras' Lambda.get_config holds of a function: keras.src.utils.python_utils.func_dump."""
    code = codecs.encode(marshal.dumps(function.__code__), "base64").decode("ascii")
    cells = function.__closure__
    return {"class_name": "__lambda__", "config": {
        "code": code,
        "defaults": stored(function.__defaults__) if function.__defaults__ else None,
        "closure": [stored(cell.cell_contents) for cell in cells] if cells else None}}


def compile_all():
    entries = []
    for name, source, options in TABLE:
        scope = {key: value for key, value in options.get("globals", {}).items() if "." not in key}
        entries.append((name, config_of(make_function(source, scope, options.get("closure", {})))))
    for name, source, _ in REFUSED:
        entries.append((name, config_of(make_function(source, {}, {}))))
    write("python%d.%d.json" % sys.version_info[:2], entries)


def record_all():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import numpy as np
    import tensorflow as tf

    def input_of(shape, kind, seed):
        random = np.random.default_rng(seed)
        if kind == "int32":
            return random.integers(0, 6, shape, dtype="int32")
        low = 0.25 if kind == "positive" else -2.0
        return (np.round(random.uniform(low, 2.0, shape) * 16) / 16).astype("float32")

    modules = {"K": tf.keras.backend, "tf": tf, "np": np, "ops": keras.ops, "keras": keras}
    inputs = {name: input_of(*spec) for name, spec in INPUTS.items()}

    def real(value):
        if not isinstance(value, dict):
            return value
        if "array" in value:
            return np.array(value["array"], value["dtype"])
        return eval(value["function"], dict(modules))

    def scope_of(values):
        scope = dict(modules)
        for name, value in values.items():
            if "." in name:
                owner, member = name.split(".")
                scope[owner] = type(owner, (), {member: real(value)})
            else:
                scope[name] = real(value)
        return scope

    entries = [("inputs", {name: {"dtype": str(value.dtype), "shape": list(value.shape), "data": value.ravel().tolist()}
                           for name, value in inputs.items()})]
    for name, source, options in TABLE:
        entry = {"text": options.get("text", source), "globals": options.get("globals", {})}
        if options.get("runs", True):
            entry["input"] = options.get("input", "steps")
            closure = {key: real(value) for key, value in options.get("closure", {}).items()}
            function = make_function(source, scope_of(options.get("globals", {})), closure)
            output = np.asarray(function(tf.constant(inputs[entry["input"]])))
            entry["output"] = {"dtype": str(output.dtype), "shape": list(output.shape),
                               "data": [float("%.9g" % item) for item in output.ravel().tolist()]}
        entries.append((name, entry))
    for name, source, reason in REFUSED:
        entries.append((name, {"text": source, "refused": reason}))
    write("lambdas.json", entries)


if __name__ == "__main__":
    {"compile": compile_all, "record": record_all}[sys.argv[1]]()
