"""The models of corpus/keras/: one function each, from a random generator to (model, inputs).

The table MODELS maps an archive's name to its function. Models of one layer are named after the layer and what
is particular about it; stacks begin with `stack_`. Weights are small and random, biases and moving statistics
too, because zeros and ones hide a swapped or dropped variable.
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


# --- Core -----------------------------------------------------------------------------------------------------


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


# --- Activations ----------------------------------------------------------------------------------------------


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
def leaky_re_lu(random):
    return stack(random, (6,), layers.LeakyReLU())


@model
def leaky_re_lu_slope_of_integers(random):
    return stack(random, (None, 3), layers.LeakyReLU(negative_slope=0.125), dtype="int32")


@model
def elu(random):
    return stack(random, (6,), layers.ELU())


@model
def elu_alpha(random):
    return stack(random, (None, 3), layers.ELU(alpha=0.5))


# --- Convolution and pooling ----------------------------------------------------------------------------------


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


def variants(name, **made):
    """Archives of one layer: by what is particular about each, the shape of a sample and the function that makes it."""
    for variant, (shape, layer) in made.items():
        MODELS[f"{name}_{variant}"] = lambda random, shape=shape, layer=layer: stack(random, shape, layer())


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


# --- Margins, sizes and images --------------------------------------------------------------------------------


for rank, shape in (1, (7, 3)), (2, (5, 6, 3)), (3, (4, 5, 4, 2)):
    padding, cropping = getattr(layers, f"ZeroPadding{rank}D"), getattr(layers, f"Cropping{rank}D")
    pairs = ((1, 0), (0, 2), (2, 1))[:rank]
    pairs = pairs[0] if rank == 1 else pairs
    unknown = (None, *shape[1:])
    variants(
        f"zero_padding{rank}d",
        defaults=(shape, lambda padding=padding: padding()),
        pairs_unknown=(unknown, lambda padding=padding, pairs=pairs: padding(pairs)),
        one_number=(shape, lambda padding=padding: padding(2)),
        channels_first=(shape, lambda padding=padding, pairs=pairs: padding(pairs, data_format="channels_first")),
    )
    variants(
        f"cropping{rank}d",
        defaults=(shape, lambda cropping=cropping: cropping()),
        pairs_unknown=(unknown, lambda cropping=cropping, pairs=pairs: cropping(pairs)),
        one_number=(shape, lambda cropping=cropping: cropping(1)),
        in_front=(shape, lambda cropping=cropping, rank=rank: cropping((2, 0) if rank == 1 else ((1, 0),) * rank)),
    )
    if rank > 1:
        variants(f"cropping{rank}d", channels_first=(
            (2, *shape[:-1]), lambda cropping=cropping, pairs=pairs: cropping(pairs, data_format="channels_first")))

variants(
    "up_sampling1d",
    defaults=((4, 3), lambda: layers.UpSampling1D()),
    three=((4, 2), lambda: layers.UpSampling1D(3)),
    unknown=((None, 2), lambda: layers.UpSampling1D(2)),
    one=((3, 2), lambda: layers.UpSampling1D(1)),
)
variants(
    "up_sampling2d",
    defaults=((3, 4, 2), lambda: layers.UpSampling2D()),
    nearest_unknown=((None, None, 2), lambda: layers.UpSampling2D((2, 3))),
    bilinear=((3, 4, 2), lambda: layers.UpSampling2D((2, 3), interpolation="bilinear")),
    bilinear_channels_first=((2, 4, 3), lambda: layers.UpSampling2D(2, data_format="channels_first", interpolation="bilinear")),
    bicubic=((5, 4, 2), lambda: layers.UpSampling2D((2, 4), interpolation="bicubic")),
    lanczos3_unknown=((None, 4, 2), lambda: layers.UpSampling2D(3, interpolation="lanczos3")),
    lanczos5=((6, 4, 1), lambda: layers.UpSampling2D((1, 2), interpolation="lanczos5")),
)
variants(
    "up_sampling3d",
    defaults=((2, 3, 2, 2), lambda: layers.UpSampling3D()),
    sizes=((2, 2, 3, 1), lambda: layers.UpSampling3D((1, 2, 3))),
    unknown=((None, 2, None, 2), lambda: layers.UpSampling3D((2, 1, 2))),
    channels_first=((3, 2, 2, 2), lambda: layers.UpSampling3D((1, 3, 2), data_format="channels_first")),
)
variants(
    "permute",
    steps=((4, 3), lambda: layers.Permute((2, 1))),
    image=((2, 3, 4), lambda: layers.Permute((3, 1, 2))),
    unknown=((None, 3), lambda: layers.Permute((2, 1))),
    identity=((4,), lambda: layers.Permute((1,))),
)
variants(
    "repeat_vector",
    three=((4,), lambda: layers.RepeatVector(3)),
    one=((4,), lambda: layers.RepeatVector(1)),
    unknown=((None,), lambda: layers.RepeatVector(2)),
    feeds_a_recurrence=((3,), lambda: keras.Sequential([layers.RepeatVector(4), layers.GRU(2)])),
)
variants(
    "rescaling",
    pixels=((4, 3, 3), lambda: layers.Rescaling(1 / 255)),
    offset=((4, 3), lambda: layers.Rescaling(1 / 127.5, offset=-1)),
    whole=((None, 3), lambda: layers.Rescaling(2, 1)),
    channels=((2, 2, 3), lambda: layers.Rescaling([1 / 0.229, 1 / 0.224, 1 / 0.225], [-0.485, -0.456, -0.406])),
)


@model
def rescaling_bytes(random):
    return stack(random, (4, 3), layers.Rescaling(1 / 255), dtype="uint8", inputs=random.integers(0, 256, (2, 4, 3)))


variants(
    "resizing",
    defaults=((5, 7, 2), lambda: layers.Resizing(4, 9)),
    nearest_unknown=((None, None, 2), lambda: layers.Resizing(3, 7, interpolation="nearest")),
    bicubic_antialias=((7, 5, 2), lambda: layers.Resizing(3, 8, interpolation="bicubic", antialias=True)),
    lanczos3_channels_first=((2, 6, 5), lambda: layers.Resizing(4, 7, interpolation="lanczos3", data_format="channels_first")),
    lanczos5_antialias=((9, 6, 1), lambda: layers.Resizing(4, 4, interpolation="lanczos5", antialias=True)),
    bilinear_antialias=((9, 6, 1), lambda: layers.Resizing(4, 5, antialias=True)),
    crop=((5, 9, 2), lambda: layers.Resizing(4, 4, crop_to_aspect_ratio=True)),
    pad=((5, 9, 2), lambda: layers.Resizing(6, 6, pad_to_aspect_ratio=True, fill_value=0.5)),
    pad_channels_first=((2, 9, 4), lambda: layers.Resizing(6, 6, pad_to_aspect_ratio=True, interpolation="nearest", data_format="channels_first")),
)


@model
def resizing_bytes(random):
    resizing = layers.Resizing(3, 4, interpolation="nearest", crop_to_aspect_ratio=True)
    return stack(random, (5, 5, 2), resizing, dtype="uint8", inputs=random.integers(0, 256, (2, 5, 5, 2)))


variants(
    "center_crop",
    smaller=((6, 7, 2), lambda: layers.CenterCrop(3, 4)),
    too_low=((3, 7, 2), lambda: layers.CenterCrop(5, 4)),
    too_narrow_unknown=((None, None, 1), lambda: layers.CenterCrop(4, 7)),
    channels_first=((2, 5, 6), lambda: layers.CenterCrop(4, 3, data_format="channels_first")),
)
IMAGE = (3, 4, 2)
moved = {"fill_mode": "constant", "interpolation": "nearest", "fill_value": 0.5, "data_format": "channels_first", "seed": 3}
variants(
    "random_flip",
    defaults=(IMAGE, lambda: layers.RandomFlip()),
    horizontal=(IMAGE, lambda: layers.RandomFlip("horizontal", seed=7)),
    vertical=((None, None, 2), lambda: layers.RandomFlip("vertical")),
    channels_first=(IMAGE, lambda: layers.RandomFlip(data_format="channels_first")),
)
variants(
    "random_rotation",
    defaults=(IMAGE, lambda: layers.RandomRotation(0.2)),
    range=(IMAGE, lambda: layers.RandomRotation((-0.25, 0.5), seed=7)),
    wrap=((None, None, 2), lambda: layers.RandomRotation(1, fill_mode="wrap")),
    every_field=(IMAGE, lambda: layers.RandomRotation(0.0, **moved)),
)
variants(
    "random_zoom",
    defaults=(IMAGE, lambda: layers.RandomZoom(0.2)),
    range=(IMAGE, lambda: layers.RandomZoom((-0.25, 0.5), (-0.125, 0), seed=7)),
    nearest=((None, None, 2), lambda: layers.RandomZoom(1, 0.5, fill_mode="nearest")),
    every_field=(IMAGE, lambda: layers.RandomZoom(0.0, 0.25, **moved)),
)
variants(
    "random_translation",
    defaults=(IMAGE, lambda: layers.RandomTranslation(0.2, 0.1)),
    range=(IMAGE, lambda: layers.RandomTranslation((-0.25, 0.5), (-1, 0), seed=7)),
    wrap=((None, None, 2), lambda: layers.RandomTranslation(1, -0.5, fill_mode="wrap")),
    every_field=(IMAGE, lambda: layers.RandomTranslation(0.0, 0.25, **moved)),
)
for name, changed in ("contrast", layers.RandomContrast), ("brightness", layers.RandomBrightness):
    variants(
        f"random_{name}",
        defaults=(IMAGE, lambda changed=changed: changed(0.2)),
        range=(IMAGE, lambda changed=changed: changed((0.25, 0.5), seed=7)),
        values=((None, None, 2), lambda changed=changed: changed(1, value_range=(0.0, 1.0))),
        nothing=(IMAGE, lambda changed=changed: changed(0.0)),
    )


@model
def random_images_of_bytes(random):
    """Some of them make floats of ints, others do not."""
    parts = [layers.RandomContrast(0.5), layers.RandomBrightness(0.5), layers.RandomFlip(), layers.RandomRotation(0.5)]
    return stack(random, IMAGE, *parts, dtype="uint8", inputs=random.integers(0, 256, (2, *IMAGE)))


# --- What acts in training alone, slopes and masks ------------------------------------------------------------


for rank, shape in (1, (4, 3)), (2, (3, 4, 2)), (3, (2, 3, 2, 2)):
    dropout = getattr(layers, f"SpatialDropout{rank}D")
    first = {"data_format": "channels_first"} if rank > 1 else {}
    variants(
        f"spatial_dropout{rank}d",
        half=(shape, lambda dropout=dropout: dropout(0.5)),
        nothing=(shape, lambda dropout=dropout: dropout(0)),
        seed=((None, *shape[1:]), lambda dropout=dropout: dropout(0.25, seed=7)),
        channels_first=(shape, lambda dropout=dropout, first=first: dropout(1.0, **first)),
    )
for name, dropout in ("gaussian", layers.GaussianDropout), ("alpha", layers.AlphaDropout):
    variants(
        f"{name}_dropout",
        half=((4, 3), lambda dropout=dropout: dropout(0.5)),
        nothing=((4,), lambda dropout=dropout: dropout(0)),
        seed=((None, 3), lambda dropout=dropout: dropout(0.25, seed=7)),
        named=((4,), lambda dropout=dropout: dropout(0.75, name="noise", trainable=False)),
    )
variants("alpha_dropout", shape=((4, 3), lambda: layers.AlphaDropout(0.5, noise_shape=(None, 1, 3))))
variants(
    "activity_regularization",
    defaults=((4,), lambda: layers.ActivityRegularization()),
    l1=((4, 3), lambda: layers.ActivityRegularization(l1=0.25)),
    l2=((None, 3), lambda: layers.ActivityRegularization(l2=1)),
    both=((4,), lambda: layers.ActivityRegularization(0.5, 0.125)),
)
variants(
    "p_re_lu",
    defaults=((4, 3), lambda: layers.PReLU()),
    shared=((None, 3), lambda: layers.PReLU(shared_axes=[1])),
    shared_image=((3, 4, 2), lambda: layers.PReLU(shared_axes=[1, 2])),
    training=((4,), lambda: layers.PReLU(alpha_initializer="he_normal", alpha_regularizer="l2", alpha_constraint="non_neg")),
)


def masking(name, mask_value, shape, dtype="float32", between=list):
    def make(random):
        values = np.array([[[0, 0], [1, 0], [0, 0]], [[-1, 2], [-1, -1], [0, 1]]])
        parts = [layers.Masking(mask_value), *between(), layers.LSTM(2)]
        return stack(random, shape, *parts, dtype=dtype, inputs=values)

    MODELS[f"masking_{name}"] = make


masking("zeros", 0.0, (3, 2))
masking("minus_one_unknown", -1.0, (None, 2))
masking("ints", 0, (3, 2), "int32")
masking("through_noise", 0.0, (3, 2), between=lambda: [layers.SpatialDropout1D(0.5), layers.GaussianDropout(0.5), layers.AlphaDropout(0.5)])
masking("through_slopes", 0.0, (3, 2), between=lambda: [layers.PReLU(), layers.Rescaling(2.0, 1.0), layers.ActivityRegularization(0.5)])
masking("lost_in_padding", 0.0, (3, 2), between=lambda: [layers.ZeroPadding1D(1)])


# --- Normalization --------------------------------------------------------------------------------------------


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
def batch_normalization_bare(random):
    return stack(random, (4,), layers.BatchNormalization(center=False, scale=False))


@model
def layer_normalization(random):
    return stack(random, (4, 3), layers.LayerNormalization(epsilon=0.0625))


@model
def layer_normalization_two_axes(random):
    return stack(random, (4, 3), layers.LayerNormalization(axis=[1, 2], center=False))


# --- Recurrent ------------------------------------------------------------------------------------------------


def masked(random, *parts, embedding_width=3):
    """Ids with padding before, between and after, one row all padding, through a masking Embedding."""
    ids = np.array([[3, 1, 0, 5, 0, 0], [0, 0, 2, 4, 6, 1], [0, 0, 0, 0, 0, 0]])
    return stack(random, (None,), layers.Embedding(7, embedding_width, mask_zero=True), *parts, dtype="int32", inputs=ids)


@model
def lstm(random):
    return stack(random, (5, 3), layers.LSTM(4))


@model
def lstm_sequences_backwards(random):
    return stack(random, (5, 3), layers.LSTM(4, return_sequences=True, go_backwards=True, unroll=True))


@model
def lstm_other_activations(random):
    return stack(random, (5, 3), layers.LSTM(4, activation="relu", recurrent_activation="hard_sigmoid", use_bias=False))


@model
def lstm_masked(random):
    return masked(random, layers.LSTM(4))


@model
def lstm_masked_zeroed(random):
    return masked(random, layers.LSTM(4, return_sequences=True, zero_output_for_mask=True))


@model
def gru(random):
    return stack(random, (5, 3), layers.GRU(4))


@model
def gru_reset_before(random):
    return stack(random, (5, 3), layers.GRU(4, reset_after=False, return_sequences=True))


@model
def gru_no_bias_backwards(random):
    return stack(random, (None, 3), layers.GRU(4, use_bias=False, go_backwards=True))


@model
def gru_masked_backwards(random):
    return masked(random, layers.GRU(4, return_sequences=True, go_backwards=True))


@model
def gru_masked_reset_before(random):
    return masked(random, layers.GRU(4, reset_after=False, zero_output_for_mask=True))


@model
def mask_through_layers(random):
    """What passes a mask on in 3.15.1: also a recurrent layer that returns sequences, and a nested Sequential."""
    inner = keras.Sequential([keras.Input((None, 3)), layers.Dense(3, activation="tanh")])
    between = [inner, layers.Dropout(0.5), layers.BatchNormalization(), layers.ReLU(), layers.LSTM(3, return_sequences=True)]
    return masked(random, *between, layers.GRU(2))


@model
def mask_lost_in_conv(random):
    return masked(random, layers.Conv1D(3, 2, padding="same"), layers.LSTM(3))


@model
def lstm_stateful(random):
    """Its states are in no file: what was loaded starts from zeros."""
    made = keras.Sequential([keras.Input(batch_shape=(2, 5, 3)), layers.LSTM(4, stateful=True)])
    set_weights(made, random)
    return made, 2 * tame(random, (2, 5, 3))


@model
def simple_rnn(random):
    return stack(random, (5, 3), layers.SimpleRNN(4))


@model
def simple_rnn_sequences_backwards(random):
    return stack(random, (None, 3), layers.SimpleRNN(4, activation="relu", return_sequences=True, go_backwards=True))


@model
def simple_rnn_no_bias_unrolled(random):
    return stack(random, (5, 3), layers.SimpleRNN(4, use_bias=False, activation="softmax", unroll=True))


@model
def simple_rnn_masked_zeroed(random):
    return masked(random, layers.SimpleRNN(4, return_sequences=True, zero_output_for_mask=True))


@model
def simple_rnn_mixed_float16(random):
    # JAX draws no orthogonal matrix in 16 bits.
    rnn = layers.SimpleRNN(4, return_sequences=True, dtype="mixed_float16", recurrent_initializer="glorot_uniform")
    return stack(random, (5, 3), rnn)


@model
def simple_rnn_stateful(random):
    made = keras.Sequential([keras.Input(batch_shape=(2, 5, 3)), layers.SimpleRNN(4, stateful=True)])
    set_weights(made, random)
    return made, 2 * tame(random, (2, 5, 3))


@model
def rnn_lstm_cell(random):
    return stack(random, (5, 3), layers.RNN(layers.LSTMCell(4)))


@model
def rnn_gru_cell_sequences(random):
    cell = layers.GRUCell(4, reset_after=False, recurrent_activation="hard_sigmoid")
    return stack(random, (None, 3), layers.RNN(cell, return_sequences=True, go_backwards=True))


@model
def rnn_simple_cell_masked(random):
    return masked(random, layers.RNN(layers.SimpleRNNCell(4), return_sequences=True), layers.LSTM(2))


@model
def rnn_two_cells(random):
    return stack(random, (5, 3), layers.RNN([layers.LSTMCell(4), layers.LSTMCell(2)], return_sequences=True))


@model
def rnn_three_cells_masked(random):
    cells = [layers.GRUCell(4), layers.SimpleRNNCell(3, use_bias=False), layers.LSTMCell(2)]
    return masked(random, layers.RNN(cells, return_sequences=True, zero_output_for_mask=True))


@model
def rnn_cells_of_one_class_between(random):
    cells = [layers.SimpleRNNCell(2), layers.GRUCell(3), layers.SimpleRNNCell(4)]
    return stack(random, (4, 3), layers.RNN(layers.StackedRNNCells(cells, name="tower"), unroll=True))


def conv_lstm(random, rank, shape, **kwargs):
    # JAX draws no orthogonal matrix in 16 bits.
    layer = getattr(layers, f"ConvLSTM{rank}D")
    return stack(random, shape, layer(recurrent_initializer="glorot_uniform", **kwargs))


@model
def conv_lstm1d(random):
    return conv_lstm(random, 1, (3, 5, 2), filters=2, kernel_size=2)


@model
def conv_lstm1d_same_strides_backwards(random):
    return conv_lstm(random, 1, (None, 5, 2), filters=2, kernel_size=3, strides=2, padding="same", go_backwards=True,
                     return_sequences=True)


@model
def conv_lstm1d_dilated_channels_first(random):
    return conv_lstm(random, 1, (3, 2, 6), filters=2, kernel_size=2, dilation_rate=2, data_format="channels_first",
                     use_bias=False)


@model
def conv_lstm1d_mixed_bfloat16(random):
    return conv_lstm(random, 1, (3, 5, 2), filters=2, kernel_size=2, dtype="mixed_bfloat16", return_sequences=True)


@model
def conv_lstm2d(random):
    return conv_lstm(random, 2, (3, 4, 3, 2), filters=2, kernel_size=2)


@model
def conv_lstm2d_uneven_sequences(random):
    return conv_lstm(random, 2, (2, 4, 5, 1), filters=2, kernel_size=(1, 3), strides=(2, 1), padding="same",
                     return_sequences=True, activation="relu", recurrent_activation="hard_sigmoid")


@model
def conv_lstm2d_channels_first(random):
    return conv_lstm(random, 2, (None, 2, 3, 4), filters=3, kernel_size=2, data_format="channels_first")


@model
def conv_lstm2d_two_ways(random):
    first = layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True)
    return stack(random, (3, 3, 3, 1), layers.Bidirectional(first), layers.ConvLSTM2D(1, (2, 1)))


@model
def conv_lstm3d(random):
    return conv_lstm(random, 3, (2, 3, 2, 3, 1), filters=2, kernel_size=2)


@model
def conv_lstm3d_same(random):
    return conv_lstm(random, 3, (None, 2, 2, 3, 2), filters=1, kernel_size=(2, 1, 3), padding="same",
                     return_sequences=True)


@model
def conv_lstm3d_channels_first(random):
    return conv_lstm(random, 3, (2, 2, 3, 2, 2), filters=2, kernel_size=(2, 2, 1), data_format="channels_first")


@model
def conv_lstm3d_no_bias_unrolled(random):
    return conv_lstm(random, 3, (2, 2, 2, 2, 1), filters=1, kernel_size=1, use_bias=False, unroll=True)


# --- Wrappers -------------------------------------------------------------------------------------------------


@model
def bidirectional(random):
    return stack(random, (5, 3), layers.Bidirectional(layers.LSTM(4)))


@model
def bidirectional_sum_of_sequences(random):
    return stack(random, (None, 3), layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum"))


@model
def bidirectional_product(random):
    return stack(random, (5, 3), layers.Bidirectional(layers.SimpleRNN(4), merge_mode="mul"))


@model
def bidirectional_average_backwards_first(random):
    first = layers.LSTM(4, return_sequences=True, go_backwards=True)
    second = layers.LSTM(4, return_sequences=True, use_bias=False)
    return stack(random, (5, 3), layers.Bidirectional(first, merge_mode="ave", backward_layer=second))


@model
def bidirectional_own_backward_layer(random):
    backward = layers.GRU(4, activation="relu", return_sequences=True, go_backwards=True)
    return stack(random, (5, 3), layers.Bidirectional(layers.LSTM(4, return_sequences=True), backward_layer=backward))


@model
def bidirectional_masked(random):
    """Both halves zero what is masked where they return sequences, and the mask goes on."""
    lower = layers.Bidirectional(layers.LSTM(3, return_sequences=True))
    return masked(random, lower, layers.Bidirectional(layers.GRU(2, use_bias=False)))


@model
def bidirectional_cells(random):
    rnn = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True)
    return stack(random, (4, 3), layers.Bidirectional(rnn))


@model
def bidirectional_stateful(random):
    wrapped = layers.Bidirectional(layers.SimpleRNN(3, stateful=True))
    made = keras.Sequential([keras.Input(batch_shape=(2, 5, 3)), wrapped])
    set_weights(made, random)
    return made, 2 * tame(random, (2, 5, 3))


@model
def time_distributed(random):
    return stack(random, (5, 3), layers.TimeDistributed(layers.Dense(4, activation="tanh")))


@model
def time_distributed_unknown_steps(random):
    return stack(random, (None, 4, 3), layers.TimeDistributed(layers.Conv1D(2, 3, padding="same")))


@model
def time_distributed_stack(random):
    inner = keras.Sequential([keras.Input((4, 3)), layers.LSTM(3), layers.Dense(2)])
    return stack(random, (3, 4, 3), layers.TimeDistributed(inner), layers.SimpleRNN(2))


@model
def time_distributed_expression(random):
    return stack(random, (3, 4), layers.TimeDistributed(op_graph((4,), lambda x: x[:, ::-1] * 0.5 + x)))


@model
def time_distributed_masked(random):
    """A mask goes by a layer that does not look at it."""
    return masked(random, layers.TimeDistributed(layers.Dense(3)), layers.LSTM(2))


@model
def time_distributed_steps_of_steps_masked(random):
    ids = np.array([[[3, 1, 0], [0, 0, 0], [2, 0, 4]], [[5, 5, 5], [1, 0, 0], [0, 6, 0]]])
    embedding = layers.Embedding(7, 3, mask_zero=True)
    sentence = layers.TimeDistributed(layers.LSTM(3))
    return stack(random, (3, 3), embedding, sentence, layers.Dense(2), dtype="int32", inputs=ids)


@model
def time_distributed_twice(random):
    return stack(random, (3, 2, 4), layers.TimeDistributed(layers.TimeDistributed(layers.Dense(2))))


@model
def time_distributed_bidirectional(random):
    return stack(random, (3, 4, 2), layers.TimeDistributed(layers.Bidirectional(layers.GRU(2))))


# --- Normalizations, encodings and einsums ----------------------------------------------------------------------


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


# --- Lambdas --------------------------------------------------------------------------------------------------


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


# --- Odd but legal --------------------------------------------------------------------------------------------


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


# --- Whole stacks ---------------------------------------------------------------------------------------------


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
