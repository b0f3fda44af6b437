"""Convolutions and poolings."""

import numpy as np
from keras import layers

from keras_models.table import model, stack, variants


@model
def conv1d_valid_strides(random):
    return stack(random, (9, 3), layers.Conv1D(4, 3, strides=2))


@model
def conv1d_same_dilation(random):
    return stack(random, (8, 3), layers.Conv1D(4, 3, padding="same", dilation_rate=2, activation="relu"))


@model
def conv1d_same_strides(random):
    return stack(random, (8, 3), layers.Conv1D(4, 4, padding="same", strides=3, use_bias=False))


@model
def conv1d_causal(random):
    return stack(random, (None, 2), layers.Conv1D(3, 2, padding="causal", dilation_rate=3))


@model
def conv1d_groups(random):
    return stack(random, (7, 6), layers.Conv1D(4, 3, groups=2, padding="same"))


@model
def max_pooling1d_valid(random):
    return stack(random, (8, 3), layers.MaxPooling1D(3, strides=2))


@model
def max_pooling1d_same(random):
    return stack(random, (None, 3), layers.MaxPooling1D(4, strides=3, padding="same"))


variants(
    "conv2d",
    defaults=((5, 6, 2), lambda: layers.Conv2D(3, 2)),
    even_same=((5, 6, 2), lambda: layers.Conv2D(3, (4, 2), padding="same", activation="relu")),
    strides_unknown=((None, None, 3), lambda: layers.Conv2D(2, (3, 2), strides=(2, 3), padding="same", use_bias=False)),
    dilation=((7, 6, 2), lambda: layers.Conv2D(3, 3, dilation_rate=(3, 2), activation="tanh")),
    groups=((4, 5, 6), lambda: layers.Conv2D(4, 2, groups=2, padding="same")),
    channels_first=((3, 5, 6), lambda: layers.Conv2D(2, (2, 3), strides=2, data_format="channels_first")),
)
variants(
    "conv3d",
    defaults=((3, 4, 5, 2), lambda: layers.Conv3D(3, 2)),
    even_same_strides=((4, 3, 5, 2), lambda: layers.Conv3D(2, (2, 3, 4), strides=(2, 1, 3), padding="same")),
    dilation_unknown=((None, 5, 4, 2), lambda: layers.Conv3D(2, (2, 3, 1), dilation_rate=2, activation="relu")),
    groups_channels_first=((4, 3, 4, 3), lambda: layers.Conv3D(4, 2, groups=2, use_bias=False, data_format="channels_first")),
)
for rank, shape in (1, (4, 2)), (2, (3, 4, 2)), (3, (2, 3, 2, 2)):
    transposed = getattr(layers, f"Conv{rank}DTranspose")
    even, strides, first = (4, 2, 2)[:rank], (2, 3, 1)[:rank], {"data_format": "channels_first"}
    variants(
        f"conv{rank}d_transpose",
        defaults=(shape, lambda made=transposed: made(3, 3)),
        same_even=(shape, lambda made=transposed, even=even: made(2, even, padding="same", activation="relu")),
        strides=(shape, lambda made=transposed, strides=strides: made(2, 2, strides=strides, use_bias=False)),
        same_strides_unknown=(
            (None, *shape[1:]), lambda made=transposed, strides=strides: made(2, 3, strides=strides, padding="same")),
        dilation=(shape, lambda made=transposed: made(2, 2, dilation_rate=2, padding="same", activation="tanh")),
        output_padding=(shape, lambda made=transposed: made(2, 3, strides=2, padding="same", output_padding=0)),
        channels_first=(shape, lambda made=transposed: made(3, 3, strides=2, output_padding=1, **first)),
    )
for rank, shape in (1, (7, 2)), (2, (5, 6, 2)):
    depthwise, separable = getattr(layers, f"DepthwiseConv{rank}D"), getattr(layers, f"SeparableConv{rank}D")
    first = {"data_format": "channels_first"}
    for name, made in (f"depthwise_conv{rank}d", depthwise), (f"separable_conv{rank}d", lambda *args, made=separable, **more: made(3, *args, **more)):
        variants(
            name,
            defaults=(shape, lambda made=made: made(2)),
            multiplier_even_same=(shape, lambda made=made: made(4, padding="same", depth_multiplier=3, activation="relu")),
            strides_unknown=((None, *shape[1:]), lambda made=made: made(3, strides=2, padding="same", use_bias=False)),
            dilation=(shape, lambda made=made: made(2, dilation_rate=2, depth_multiplier=2)),
            channels_first=((3, *shape[:-1]), lambda made=made: made(2, depth_multiplier=2, **first)),
        )
for rank, shape in (1, (7, 3)), (2, (5, 6, 3)), (3, (4, 5, 3, 2)):
    for kind in "max", "average":
        pooling = getattr(layers, f"{kind.title()}Pooling{rank}D")
        unknown = (None, *shape[1:])
        sizes = (3, 2, 2)[:rank]
        made = {
            "size_two": (shape, lambda pooling=pooling: pooling(2)),
            "strides_same": (unknown, lambda pooling=pooling, sizes=sizes: pooling(sizes, strides=2, padding="same")),
            "wide_strides": (shape, lambda pooling=pooling, sizes=sizes: pooling(2, strides=sizes)),
            "channels_first": (shape, lambda pooling=pooling: pooling(2, strides=1, padding="same", data_format="channels_first")),
        }
        variants(f"{kind}_pooling{rank}d", **made)
        pooling = getattr(layers, f"Global{kind.title()}Pooling{rank}D")
        made = {
            "defaults": (shape, lambda pooling=pooling: pooling()),
            "unknown": (unknown, lambda pooling=pooling: pooling()),
            "keepdims": (shape, lambda pooling=pooling: pooling(keepdims=True)),
            "channels_first": (shape, lambda pooling=pooling: pooling(data_format="channels_first", keepdims=True)),
        }
        variants(f"global_{kind}_pooling{rank}d", **made)


@model
def global_average_pooling1d_masked(random):
    """Where the mask keeps no step, Keras divides by zero."""
    ids = np.array([[3, 1, 0, 5, 0, 0], [0, 0, 2, 4, 6, 1]])
    embedded = layers.Embedding(7, 3, mask_zero=True)
    return stack(random, (None,), embedded, layers.GlobalAveragePooling1D(), dtype="int32", inputs=ids)


@model
def global_max_pooling1d_ints(random):
    return stack(random, (4, 3), layers.GlobalMaxPooling1D(), dtype="int32", inputs=random.integers(-9, 10, (2, 4, 3)))
