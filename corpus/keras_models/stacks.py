"""What is odd but legal, and whole stacks."""

import keras
import numpy as np
from keras import layers

from keras_models.table import masked, model, op_graph, set_weights, stack, tame


@model
def names_in_unicode(random):
    parts = [layers.Dense(2, name="плотный слой \"1\""), layers.Dense(2, name="層\u20ac\U0001f9ea\t\\")]
    return stack(random, (3,), *parts)


@model
def special_weights(random):
    """NaN, infinities, negative zero and subnormals as weights; a bias for each keeps the answer free of rounding."""
    made, _ = stack(random, (1,), layers.Dense(8))
    kernel = np.array([[np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0, 1e-45, -1e-39]], "float32")
    bias = np.array([0.0, 1.0, 1.0, -0.0, 1.0, -np.inf, np.nan, 1.0], "float32")
    made.layers[0].set_weights([kernel, bias])
    return made, np.array([[1.0], [2.0]], "float32")


@model
def special_inputs(random):
    values = np.array([[np.nan, np.inf, -np.inf, 0.0, -0.0, 3e38, -3e38, 90.0]], "float32")
    parts = [layers.ReLU(threshold=0.5), layers.Activation("soft_shrink"), layers.ReLU(max_value=100.0)]
    return stack(random, (8,), *parts, inputs=values)


@model
def batch_size_fixed(random):
    """A batch size fixed in the archive."""
    made = keras.Sequential([keras.Input(batch_shape=(3, 4)), layers.Dense(2)])
    set_weights(made, random)
    return made, tame(random, (3, 4))


@model
def nested_two_deep(random):
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.BatchNormalization()], name="inner")
    middle = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), inner], name="middle")
    return stack(random, (4,), layers.Dense(4), middle, layers.Dense(2))


@model
def stack_conv(random):
    return stack(
        random,
        (24, 3),
        layers.Conv1D(8, 5, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling1D(2),
        layers.Conv1D(8, 3, padding="causal", groups=2, dilation_rate=2),
        layers.ReLU(max_value=6.0, negative_slope=0.1),
        layers.MaxPooling1D(3, padding="same"),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(6, activation="softmax"),
    )


@model
def stack_unknown_length(random):
    return stack(
        random,
        (None, 3),
        layers.Conv1D(4, 3, padding="same"),
        layers.Activation("swish"),
        op_graph((None, 4), lambda x: x[:, -3:, :] * 0.5 + 1.0),
        layers.GRU(4, return_sequences=True),
        layers.LSTM(3),
        layers.Dense(2),
    )


@model
def stack_compiled(random):
    parts = [layers.Dense(8, activation="gelu"), layers.BatchNormalization(), layers.Dropout(0.1), layers.Dense(2)]
    made, inputs = stack(random, (5,), *parts)
    made.compile(optimizer=keras.optimizers.Adam(0.003, clipnorm=1.0), loss="mse", metrics=["mae"])
    made.optimizer.build(made.trainable_variables)
    for variable in made.optimizer.variables[2:]:
        variable.assign(np.abs(tame(random, variable.shape)))
    return made, inputs


@model
def stack_twelve_dense(random):
    """More than ten layers of one class: dense_10 sorts before dense_2 by name, and must not by place."""
    return stack(random, (3,), *(layers.Dense(3, activation="tanh") for _ in range(12)))


@model
def stack_text(random):
    return masked(
        random,
        layers.Dropout(0.2),
        layers.LSTM(5, return_sequences=True),
        layers.GRU(4),
        layers.Dense(3, activation="log_softmax"),
        embedding_width=4,
    )


@model
def stack_everything(random):
    inner = keras.Sequential([keras.Input((6, 4)), layers.Dense(4), layers.Activation("mish")], name="block")
    bias = np.array([0.5, -0.25, 0.125, 1.0], "float32")
    return stack(
        random,
        (24,),
        layers.Reshape((12, -1)),
        layers.Conv1D(4, 3, padding="same", strides=2),
        inner,
        op_graph((6, 4), lambda x: x[:, ::-1] % 0.75 + bias),
        layers.BatchNormalization(axis=1),
        layers.LSTM(3, return_sequences=True),
        layers.Flatten(),
        layers.Dense(3),
    )
