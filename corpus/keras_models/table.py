"""The table MODELS, and what its functions are made with.

Each is a function from a random generator to (model, inputs), and its name is the archive's. Weights are small and
random, biases and moving statistics too, because zeros and ones hide a swapped or dropped variable.
"""

import keras
import numpy as np
from keras import layers

MODELS = {}


def model(function):
    MODELS[function.__name__] = function
    return function


def tame(random, shape):
    """Numbers within 1 of zero, on a grid that float32 holds exactly."""
    return (random.integers(-1024, 1025, size=shape) / 1024).astype("float32")


def set_weights(stack, random):
    """Gives every variable of the model values that differ from each other and from any initializer's."""
    for variable in stack.weights:
        values = tame(random, variable.shape) / max(1, len(variable.shape)) + np.float32(1 / 64)
        if "variance" in variable.path:
            values = np.abs(values) + np.float32(0.25)
        variable.assign(values)


def stack(random, shape, *parts, dtype="float32", batch=2, inputs=None):
    """A Sequential over `shape` (without batch) with random weights, and an input; unknown axes are 5 long."""
    made = keras.Sequential([keras.Input(shape, dtype=dtype), *parts])
    set_weights(made, random)
    if inputs is None:
        inputs = 2 * tame(random, (batch, *(5 if axis is None else axis for axis in shape)))
    return made, inputs.astype(dtype)


def op_graph(shape, expression, dtype="float32"):
    """A lambda as stock Keras can keep one: a nested Functional of op nodes."""
    inputs = keras.Input(shape, dtype=dtype, name="x")
    return keras.Model(inputs, expression(inputs), name="expression")


def variants(name, **made):
    """Archives of one layer: by what is particular about each, the shape of a sample and the function that makes it."""
    for variant, (shape, layer) in made.items():
        MODELS[f"{name}_{variant}"] = lambda random, shape=shape, layer=layer: stack(random, shape, layer())


def masked(random, *parts, embedding_width=3):
    """Ids with padding before, between and after, one row all padding, through a masking Embedding."""
    ids = np.array([[3, 1, 0, 5, 0, 0], [0, 0, 2, 4, 6, 1], [0, 0, 0, 0, 0, 0]])
    return stack(random, (None,), layers.Embedding(7, embedding_width, mask_zero=True), *parts, dtype="int32", inputs=ids)
