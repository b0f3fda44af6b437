"""Functional models of corpus/keras/ whose layers are one chain."""

import keras
from keras import layers, ops

from keras_models.table import model, op_graph, set_weights, tame


def chain(random, shape, function, dtype="float32", batch=2, inputs=None, name=None):
    """A Functional of function(keras.Input(shape)), with random weights, and an input; unknown axes are 5 long."""
    start = keras.Input(shape, dtype=dtype)
    made = keras.Model(start, function(start), name=name)
    set_weights(made, random)
    if inputs is None:
        inputs = 2 * tame(random, (batch, *(5 if axis is None else axis for axis in shape)))
    return made, inputs.astype(dtype)


@model
def functional(random):
    return chain(random, (4,), lambda x: layers.Dense(2)(layers.Dense(3, activation="relu")(x)))


@model
def functional_ops_between_layers(random):
    def layers_and_ops(x):
        x = layers.Dense(5, activation="tanh")(x)
        x = ops.tanh(x * 2.0 + 0.25)
        x = layers.LSTM(3, return_sequences=True)(x)
        x = ops.reshape(x, (-1, 12))
        return layers.Dense(2)(x)[:, ::-1]

    return chain(random, (4, 3), layers_and_ops)


@model
def functional_ops_that_fork(random):
    """Between two layers ops may use each other as they like: from one tensor to one tensor they are one lambda."""

    def centred(x):
        x = layers.Dense(4)(x)
        x = x - ops.mean(x, axis=-1, keepdims=True)
        x = x / (1.0 + ops.sqrt(ops.sum(x * x, axis=-1, keepdims=True)))
        return layers.Dense(2)(x)

    return chain(random, (None, 3), centred)


@model
def functional_ops_alone(random):
    return chain(random, (3,), lambda x: ops.maximum(x, 0.5) - 0.25 * x)


@model
def functional_masked(random):
    """Keras writes the mask down as an op and an argument, although it comes with the input anyway."""

    def text(x):
        x = layers.Embedding(7, 3, mask_zero=True)(x)
        x = layers.Dropout(0.3)(x)
        x = layers.LSTM(4, return_sequences=True)(x)
        return layers.GRU(2)(x)

    return chain(random, (6,), text, dtype="int32", inputs=random.integers(0, 7, size=(3, 6)))


@model
def functional_of_models(random):
    """A stack, a chain and a model of ops alone in a chain; their groups are numbered class by class."""
    scale = op_graph((5,), lambda x: x * 0.5)
    first = keras.Input((5,))
    first = keras.Model(first, layers.Dense(4, activation="tanh")(first), name="first")
    second = keras.Input((4,))
    second = keras.Model(second, layers.Dense(4)(ops.sin(second)), name="second")
    last = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)], name="last")
    return chain(random, (5,), lambda x: last(second(first(scale(x)))), name="outer")


@model
def stack_of_functionals(random):
    """In a Sequential, a model of ops alone is a lambda, and a chain with layers a model."""
    scale = op_graph((None, 5), lambda x: x * 0.5)
    first = keras.Input((None, 5))
    first = keras.Model(first, layers.Dense(4, activation="tanh")(first * 2.0), name="first")
    second = keras.Input((None, 4))
    second = keras.Model(second, layers.GRU(3)(second), name="second")
    made = keras.Sequential([keras.Input((None, 5)), scale, first, second, layers.Dense(2)])
    set_weights(made, random)
    return made, 2 * tame(random, (2, 5, 5))
