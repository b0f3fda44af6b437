"""Dense, Dropout, Flatten, Reshape and Embedding."""

import keras
from keras import layers

from keras_models.table import model, stack


@model
def dense(random):
    return stack(random, (4,), layers.Dense(3))


@model
def dense_no_bias(random):
    return stack(random, (4,), layers.Dense(3, use_bias=False, activation="tanh"))


@model
def dense_activation_is_a_layer(random):
    return stack(random, (4,), layers.Dense(3, activation=layers.ReLU(max_value=0.5)))


@model
def dense_two_unknown_axes(random):
    return stack(random, (None, None, 4), layers.Dense(2, activation="gelu"))


@model
def dense_trained_settings(random):
    """Everything about training that a Dense can carry: it has to come back verbatim."""
    return stack(
        random,
        (4,),
        layers.Dense(
            3,
            kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=7),
            bias_initializer=keras.initializers.Constant(0.1),
            kernel_regularizer=keras.regularizers.L1L2(1e-07, 0.01),
            bias_regularizer="l2",
            activity_regularizer=keras.regularizers.L1(0.001),
            kernel_constraint=keras.constraints.MaxNorm(2.0, axis=0),
            bias_constraint="non_neg",
            trainable=False,
        ),
    )


@model
def gaussian_noise(random):
    return stack(random, (4, 3), layers.GaussianNoise(0.25, seed=3))


@model
def gaussian_noise_none(random):
    return stack(random, (4,), layers.GaussianNoise(0))


@model
def gaussian_noise_unknown_length(random):
    return stack(random, (None, 3), layers.GaussianNoise(1.0), layers.GRU(2))


@model
def gaussian_noise_of_ints(random):
    return stack(random, (5,), layers.GaussianNoise(0.5), dtype="int32", inputs=random.integers(-9, 10, (2, 5)))


@model
def dropout(random):
    return stack(random, (4, 3), layers.Dropout(0.25, noise_shape=(None, 1, 3), seed=3))


@model
def flatten(random):
    return stack(random, (3, 2, 2), layers.Flatten())


@model
def flatten_channels_first(random):
    return stack(random, (3, 2, 2), layers.Flatten(data_format="channels_first"))


@model
def flatten_scalars(random):
    return stack(random, (), layers.Flatten())


@model
def reshape(random):
    return stack(random, (4, 3), layers.Reshape((2, -1, 3)))


@model
def reshape_unknown_length(random):
    return stack(random, (None, 4), layers.Reshape((-1, 2)))


@model
def embedding(random):
    return stack(random, (5,), layers.Embedding(7, 3), dtype="int32", inputs=random.integers(0, 7, (2, 5)))


@model
def embedding_float_ids(random):
    return stack(random, (5,), layers.Embedding(7, 3), inputs=random.integers(0, 7, (2, 5)) + 0.75)


@model
def int32_passes_through(random):
    """Layers without arithmetic keep the integers they are given."""
    parts = [layers.Dropout(0.5), layers.Reshape((2, 6)), layers.MaxPooling1D(2), layers.Flatten()]
    return stack(random, (12,), *parts, dtype="int32", inputs=random.integers(-9, 10, (2, 12)))
