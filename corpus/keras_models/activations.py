"""Activations by name and the layers that are one."""

import numpy as np
from keras import layers

from keras_models.table import MODELS, model, stack


ELEMENTWISE = """
    linear relu relu6 leaky_relu elu selu celu gelu sigmoid tanh exponential hard_sigmoid silu hard_silu mish softplus
    softsign log_sigmoid tanh_shrink hard_tanh soft_shrink hard_shrink squareplus sparse_plus sparse_sigmoid
""".split()
ROWWISE = "softmax log_softmax sparsemax glu".split()

ORDINARY = [-3.0, -1.0, -0.75, -0.5, -0.0, 0.25, 0.5, 0.625, 1.0, 4.0]
EXTREME = [np.nan, np.inf, -np.inf, 0.0, 90.0, -90.0, 1e10, -1e10, 3e38, -3e38]
# Rows whose every answer is a number: one infinity too many and a whole row is NaN. In Keras' sparsemax the
# cumulative sums over the support are summed again, so its rows do not add up to one: the second shows it.
ROWS = [ORDINARY, [0.1, 0.2, 0.1, 0.0, 0.3, 0.2, 0.1, 0.0, 0.1, 0.2], [-np.inf, 100.0, 0.0, -100.0, 99.0, 1.0, 2.0, 3.0, 4.0, -90.0]]


def activation(name, rows):
    def make(random):
        return stack(random, (10,), layers.Activation(name), inputs=np.array(rows))

    MODELS[f"activation_{name}"] = make


for elementwise in ELEMENTWISE:
    activation(elementwise, [ORDINARY, EXTREME])
for rowwise in ROWWISE:
    activation(rowwise, ROWS)


@model
def re_lu(random):
    return stack(random, (6,), layers.ReLU())


@model
def re_lu_every_field(random):
    return stack(random, (6,), layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.25))


@model
def softmax(random):
    return stack(random, (3, 5), layers.Softmax())


@model
def softmax_other_axis(random):
    return stack(random, (None, 5), layers.Softmax(axis=1))


@model
def softmax_two_axes(random):
    return stack(random, (3, 5), layers.Softmax(axis=[1, 2]))


@model
def softmax_image(random):
    return stack(random, (3, 4, 2), layers.Softmax(axis=-2))


@model
def leaky_re_lu(random):
    return stack(random, (6,), layers.LeakyReLU())


@model
def leaky_re_lu_steep_image(random):
    return stack(random, (3, 4, 2), layers.LeakyReLU(negative_slope=1.5))


@model
def leaky_re_lu_zero(random):
    return stack(random, (None, None, 3), layers.LeakyReLU(negative_slope=0))


@model
def leaky_re_lu_slope_of_integers(random):
    return stack(random, (None, 3), layers.LeakyReLU(negative_slope=0.125), dtype="int32")


@model
def elu(random):
    return stack(random, (6,), layers.ELU())


@model
def elu_alpha_zero(random):
    return stack(random, (3, 4), layers.ELU(alpha=0))


@model
def elu_negative_image(random):
    return stack(random, (3, 4, 2), layers.ELU(alpha=-1.5))


@model
def elu_alpha(random):
    return stack(random, (None, 3), layers.ELU(alpha=0.5))
