#!/usr/bin/env python3
"""Records what stock Keras makes of single ops, for serializer/keras/functional_ops_test.cpp.

    .venv/bin/python tools/keras/record_ops.py > serializer/keras/functional_ops.json

Each record holds a call, the op entries that Keras wrote for it, and what it answered (JAX on a CPU) for the input of
`numbers()`, which the test makes again.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import ops  # noqa: E402

BATCH = 2


def numbers(shape, dtype):
    """-5/2, ..., 5/2 in an order without a pattern; for int32 -5 ... 5, for bool whether positive."""
    values = (np.arange(int(np.prod(shape))) * 7 + 3) % 11 - 5
    if dtype == "float32":
        return (values / 2).reshape(shape).astype("float32")
    return (values > 0 if dtype == "bool" else values).reshape(shape).astype(dtype)


def record(call, shape=(3, 4), dtype="float32"):
    inputs = keras.Input(shape, dtype=dtype)
    model = keras.Model(inputs, eval(f"lambda x: {call}", {"ops": ops, "np": np})(inputs))
    config = model.get_config()
    output = np.asarray(model(numbers((BATCH, *shape), dtype)))
    return {
        "call": call,
        "shape": [None, *shape],
        "dtype": dtype,
        "input": config["layers"][0]["config"]["name"],
        "layers": config["layers"][1:],
        "output": config["output_layers"],
        "gives": {"dtype": str(output.dtype), "shape": [None, *output.shape[1:]], "values": output.ravel().tolist()},
    }


INT = "np.array({}, 'int32')".format
REDUCTIONS = "sum mean std var median any all max min prod logsumexp argmax argmin count_nonzero".split()

CALLS = [
    *[(f"ops.{name}(x, axis=1)", dtype) for name in REDUCTIONS for dtype in ("float32", "int32", "bool")],
    *[(f"ops.{name}(x, axis=(1, -1), keepdims=True)",) for name in REDUCTIONS[:11]],
    ("ops.argmax(x, axis=-1, keepdims=True)",),
    ("ops.max(x, axis=1, initial=1)",),
    ("ops.min(x, axis=-1, keepdims=True, initial=-1)", "int32"),
    ("ops.prod(x, axis=1, dtype='float32')", "int32"),
    *[(f"ops.{name}(x, axis={axis})", d) for name in ("cumsum", "cumprod") for axis in (1, -1) for d in ("float32", "bool")],
    ("ops.cumsum(x, axis=1, dtype='float32')", "int32"),
    *[("ops.diff(x, n=2, axis=1)", dtype) for dtype in ("float32", "int32", "bool")],
    ("ops.diff(x)",),
    *[(f"ops.{name}(x, axis={axis})", d) for name in ("sort", "argsort") for axis in (1, -1) for d in ("float32", "bool")],
    ("ops.reshape(x, (-1, 2, 6))",),
    ("ops.expand_dims(x, 1)",),
    ("ops.expand_dims(x, (1, -1))",),
    ("ops.squeeze(ops.expand_dims(x, (1, -1)), (1, -1))",),
    ("ops.transpose(x, (0, 2, 1))", "int32"),
    ("ops.swapaxes(x, 1, -1)",),
    ("ops.moveaxis(ops.expand_dims(x, 1), (1, 2), (-1, 1))",),
    ("ops.flip(x, axis=1)",),
    ("ops.flip(x, axis=(1, 2))",),
    ("ops.roll(x, 1, axis=1)",),
    ("ops.roll(x, (1, -6), axis=(1, 2))",),
    ("ops.tile(x, (1, 2, 3))",),
    ("ops.tile(x, 2)",),
    ("ops.repeat(x, 2, axis=1)",),
    ("ops.concatenate([x, x * 2, x], axis=1)",),
    ("ops.concatenate([x, ops.cast(x, 'float32')], axis=-1)", "int32"),
    ("ops.stack([x, x * 2], axis=1)",),
    ("ops.stack([x, x, x], axis=-1)", "bool"),
    ("ops.pad(x, ((0, 0), (1, 2), (0, 1)))",),
    ("ops.pad(x, ((0, 0), (1, 2), (0, 1)), constant_values=1.5)",),
    ("ops.pad(x, ((0, 0), (1, 2), (3, 1)), mode='reflect')",),
    ("ops.pad(x, ((0, 0), (3, 2), (0, 4)), mode='symmetric')", "int32"),
    ("ops.take(x, [2, 0], axis=1)",),
    ("ops.take(x, 1, axis=2)",),
    (f"ops.take(x, {INT([[0, -1], [1, 1]])}, axis=-1)",),
    (f"ops.take_along_axis(x, {INT([[[0], [-1], [1]]])}, axis=2)",),
    ("ops.take_along_axis(x, ops.argsort(x, axis=1), axis=1)",),
    ("ops.tril(x, k=-1)",),
    ("ops.tril(x, k=1)", "bool"),
    ("ops.triu(x)",),
    ("ops.triu(x, k=2)", "int32"),
    *[(f"ops.cast(x, '{to}')", d) for to in ("float32", "int32", "bool") for d in ("float32", "int32", "bool")],
    ("ops.zeros_like(x)",),
    ("ops.ones_like(x, dtype='int32')",),
    ("ops.full_like(x, 2.5)",),
    ("ops.full_like(x, 3, dtype='int32')",),
]

if __name__ == "__main__":
    records = [record(call, dtype=dtype[0] if dtype else "float32") for call, *dtype in CALLS]
    print("[\n" + ",\n".join(json.dumps(each) for each in records) + "\n]")
