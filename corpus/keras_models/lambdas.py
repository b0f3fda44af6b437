"""Lambdas as stock Keras can keep them: Functionals of op nodes."""

import keras
import numpy as np

from keras_models.table import model, op_graph, stack


def expression(random, shape, function, dtype="float32", **kwargs):
    return stack(random, shape, op_graph(shape, function, dtype), dtype=dtype, **kwargs)


@model
def lambda_last_steps(random):
    conv_width = 3
    return expression(random, (10, 4), lambda x: x[:, -conv_width:, :])


@model
def lambda_slices(random):
    return expression(random, (10, 4), lambda x: x[:, 1:-1:2, ::-1])


@model
def lambda_index(random):
    return expression(random, (6, 4), lambda x: x[:, -2] - x[:, 0])


@model
def lambda_newaxis_ellipsis(random):
    return expression(random, (6, 4), lambda x: x[:, None, ..., 1:3])


@model
def lambda_slice_unknown_length(random):
    return expression(random, (None, 4), lambda x: x[:, -3:, :])


@model
def lambda_arithmetic(random):
    return expression(random, (4,), lambda x: -((x * 2.5 + 1) / (abs(x) + 0.5) - 3) ** 2)


@model
def lambda_reversed_operands(random):
    return expression(random, (4,), lambda x: 1 - 2 / (3 + 0.5 * x * x))


@model
def lambda_floor_and_remainder(random):
    return expression(random, (6,), lambda x: x // 0.375 + x % -0.375)


@model
def lambda_integers(random):
    ids = random.integers(-9, 10, (2, 6))
    return expression(random, (6,), lambda x: (x * 3 - 1) // 4 + x % 5 - x**2, dtype="int32", inputs=ids)


@model
def lambda_integers_divided(random):
    ids = random.integers(-9, 10, (2, 6))
    return expression(random, (6,), lambda x: x / 4 + x * 0.5, dtype="int32", inputs=ids)


@model
def lambda_comparisons(random):
    return expression(random, (6,), lambda x: (x > 0.25) * x + (x <= -0.5) * 2 + (x != 0) * (x < 1) + (x >= 0.0))


@model
def lambda_bool_result(random):
    return expression(random, (6,), lambda x: x[:, :3] < x[:, 3:])


@model
def lambda_captured_arrays(random):
    scale = np.array([0.1, -0.0, 1e-07, 3.0], "float32")
    bias = np.array([[1.0], [2.0], [-0.5]], "float32")
    return expression(random, (3, 4), lambda x: x * scale + bias)


@model
def lambda_captured_integers(random):
    steps = np.array([1, 2, 3, -4], "int32")
    return expression(random, (4,), lambda x: x * steps)


@model
def lambda_twice_the_same_text(random):
    """Two lambdas of one text with different captures have to stay different."""

    def scaled(factor):
        inputs = keras.Input((4,), name="x")
        return keras.Model(inputs, inputs * factor, name=f"times_{factor}")

    return stack(random, (4,), scaled(2), scaled(3))
