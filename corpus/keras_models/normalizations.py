"""Normalizations, encodings and einsums."""

import keras
from keras import layers

from keras_models.table import masked, model, set_weights, stack, tame


@model
def batch_normalization(random):
    return stack(random, (4, 3), layers.BatchNormalization())


@model
def batch_normalization_axis_no_scale(random):
    return stack(random, (4, 3), layers.BatchNormalization(axis=1, scale=False, epsilon=0.0625))


@model
def batch_normalization_no_center(random):
    return stack(random, (4,), layers.BatchNormalization(center=False))


@model
def batch_normalization_renorm(random):
    return stack(random, (4, 3), layers.BatchNormalization(renorm=True))


@model
def batch_normalization_renorm_clipped(random):
    clipping = {"rmax": 3.0, "rmin": 0.25, "dmax": 5.0}
    layer = layers.BatchNormalization(axis=1, scale=False, renorm=True, renorm_clipping=clipping, renorm_momentum=0.75)
    return stack(random, (4, 3), layer, layers.Flatten(), layers.Dense(2))


@model
def batch_normalization_bare(random):
    return stack(random, (4,), layers.BatchNormalization(center=False, scale=False))


@model
def layer_normalization(random):
    return stack(random, (4, 3), layers.LayerNormalization(epsilon=0.0625))


@model
def layer_normalization_bare_unknown_length(random):
    return stack(random, (None, 4), layers.LayerNormalization(center=False, scale=False))


@model
def layer_normalization_masked_float16(random):
    return masked(random, layers.LayerNormalization(scale=False, dtype="mixed_float16"), layers.LSTM(2))


@model
def layer_normalization_first_axis(random):
    return stack(random, (4, 3), layers.LayerNormalization(axis=1))


@model
def layer_normalization_rms_scaling(random):
    return stack(random, (4, 3), layers.LayerNormalization(rms_scaling=True, epsilon=0.25))


@model
def layer_normalization_rms_scaling_two_axes(random):
    layer = layers.LayerNormalization(axis=[1, 2], rms_scaling=True, scale=False)
    return stack(random, (4, 3), layer, layers.Dense(2))


@model
def layer_normalization_two_axes(random):
    return stack(random, (4, 3), layers.LayerNormalization(axis=[1, 2], center=False))


@model
def group_normalization(random):
    return stack(random, (5, 64), layers.GroupNormalization())


@model
def group_normalization_first_axis(random):
    return stack(random, (6, 4), layers.GroupNormalization(groups=3, axis=1, epsilon=0.1))


@model
def group_normalization_each_channel(random):
    return stack(random, (3, 4, 2), layers.GroupNormalization(groups=-1, axis=-2))


@model
def group_normalization_bare_unknown_length(random):
    return stack(random, (None, 6), layers.GroupNormalization(groups=2, center=False, scale=False))


@model
def group_normalization_masked_float16(random):
    between = layers.GroupNormalization(groups=1, scale=False, dtype="mixed_float16")
    return masked(random, between, layers.LSTM(2))


@model
def rms_normalization(random):
    return stack(random, (5, 4), layers.RMSNormalization())


@model
def rms_normalization_two_axes(random):
    return stack(random, (3, 4), layers.RMSNormalization(axis=[1, 2], epsilon=0.5))


@model
def rms_normalization_unknown_length(random):
    return stack(random, (None, 4), layers.RMSNormalization(axis=-1))


@model
def rms_normalization_bfloat16(random):
    return stack(random, (4,), layers.RMSNormalization(dtype="mixed_bfloat16"))


@model
def unit_normalization(random):
    return stack(random, (5, 4), layers.UnitNormalization())


@model
def unit_normalization_first_axis(random):
    return stack(random, (None, 4), layers.UnitNormalization(axis=1))


@model
def unit_normalization_all_axes(random):
    return stack(random, (3, 4), layers.UnitNormalization(axis=[1, 2]))


@model
def unit_normalization_masked(random):
    return masked(random, layers.UnitNormalization(), layers.GRU(2))


@model
def einsum_dense(random):
    return stack(random, (4,), layers.EinsumDense("ab,bc->ac", output_shape=3, bias_axes="c", activation="relu"))


@model
def einsum_dense_sequence(random):
    return stack(random, (5, 4), layers.EinsumDense("abc,cd->abd", output_shape=(None, 3)))


@model
def einsum_dense_heads(random):
    heads = layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")
    return stack(random, (None, 4), heads)


@model
def einsum_dense_elided_left(random):
    return stack(random, (2, 3, 4), layers.EinsumDense("...x,xy->...y", output_shape=5, bias_axes="y"))


@model
def einsum_dense_elided_right(random):
    return stack(random, (3, 4), layers.EinsumDense("ab...,bc->ac...", output_shape=5, bias_axes="c"))


@model
def einsum_dense_capitals(random):
    """The output projection of an attention, as KerasHub and others write it."""
    return stack(random, (5, 2, 3), layers.EinsumDense("BFNH,NHD->BFD", output_shape=(None, 4), bias_axes="D"))


@model
def einsum_dense_of_scalars(random):
    return stack(random, (), layers.EinsumDense("i,d->id", output_shape=2, bias_axes="d"))


@model
def einsum_dense_letter_in_both_cases(random):
    return stack(random, (5, 4), layers.EinsumDense("abA,AB->abB", output_shape=(5, 3), activation="tanh"))


@model
def einsum_dense_mixed_bfloat16(random):
    layer = layers.EinsumDense("abc,cde->adeb", output_shape=(2, 3, 5), bias_axes="d", dtype="mixed_bfloat16")
    return stack(random, (5, 4), layer)


def encoded(random, shape, *parts, dtype="int32"):
    return stack(random, shape, *parts, dtype=dtype, inputs=random.integers(0, 6, (3, *shape)))


@model
def category_encoding(random):
    return encoded(random, (4,), layers.CategoryEncoding(6), layers.Dense(2))


@model
def category_encoding_count(random):
    return encoded(random, (4,), layers.CategoryEncoding(6, output_mode="count"))


@model
def category_encoding_one_hot(random):
    return encoded(random, (1,), layers.CategoryEncoding(6, output_mode="one_hot"))


@model
def category_encoding_one_hot_of_many(random):
    return encoded(random, (2, 3), layers.CategoryEncoding(7, output_mode="one_hot"), dtype="float32")


@model
def normalization_adapted(random):
    layer = layers.Normalization()
    layer.adapt(4 * tame(random, (20, 3)) + 1)
    made = keras.Sequential([keras.Input((3,)), layer])
    return made, 2 * tame(random, (2, 3))


@model
def normalization_of_numbers(random):
    return stack(random, (None, 3), layers.Normalization(mean=0.5, variance=4.0), layers.Dense(2))


@model
def normalization_inverted_lists(random):
    return stack(random, (5, 3), layers.Normalization(axis=-1, mean=[0.5, -1.0, 2.0], variance=[4.0, 0.0, 1.0], invert=True))


@model
def normalization_adapted_on_two_axes(random):
    layer = layers.Normalization(axis=(2, 1))
    layer.adapt(tame(random, (20, 4, 3)))
    made = keras.Sequential([keras.Input((4, 3)), layer, layers.Dense(2)])
    set_weights(made.layers[-1], random)
    return made, 2 * tame(random, (2, 4, 3))


@model
def normalization_of_all(random):
    layer = layers.Normalization(axis=None, dtype="mixed_float16")
    layer.adapt(3 * tame(random, (20, 4)) + 1)
    return keras.Sequential([keras.Input((4,), dtype="int32"), layer]), random.integers(-5, 6, (2, 4)).astype("int32")


@model
def discretization(random):
    return stack(random, (5,), layers.Discretization([-1.0, 0.0, 0.5]))


@model
def discretization_adapted(random):
    layer = layers.Discretization(num_bins=4, output_mode="one_hot")
    # What adapt() does, which asks TensorFlow whether it is given one of its datasets.
    layer.update_state(tame(random, (20, 3)))
    layer.finalize_state()
    return stack(random, (3,), layer, layers.Flatten())


@model
def discretization_count(random):
    return stack(random, (4, 3), layers.Discretization([-0.5, 0.5], output_mode="count"))


@model
def discretization_multi_hot_float16(random):
    return stack(random, (6,), layers.Discretization([-1, 0, 1], output_mode="multi_hot", dtype="float16"))


@model
def discretization_one_hot_of_ints(random):
    return encoded(random, (1,), layers.Discretization([2, 4], output_mode="one_hot"))


@model
def spectral_normalization(random):
    return stack(random, (4,), layers.SpectralNormalization(layers.Dense(3)))


@model
def spectral_normalization_of_a_convolution(random):
    return stack(random, (5, 3), layers.SpectralNormalization(layers.Conv1D(2, 3, padding="same"), power_iterations=2))


@model
def spectral_normalization_of_an_embedding(random):
    layer = layers.SpectralNormalization(layers.Embedding(7, 3))
    return stack(random, (4,), layer, dtype="int32", inputs=random.integers(0, 7, (2, 4)))


@model
def spectral_normalization_masked(random):
    """Keras warns that the mask ends here, and it does not: it comes out with the output of the layer inside."""
    return masked(random, layers.SpectralNormalization(layers.Dense(3, use_bias=False)), layers.LSTM(2))
