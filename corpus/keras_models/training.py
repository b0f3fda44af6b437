"""What acts in training alone; slopes and masks."""

import numpy as np
from keras import layers

from keras_models.table import MODELS, model, stack, variants


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


@model
def masking_steps_of_steps(random):
    """A mask of an axis more than an LSTM takes: each step of the outer axis has its own."""
    values = random.integers(-1, 1, (3, 4, 3, 2))
    sentences = layers.TimeDistributed(layers.LSTM(2))
    return stack(random, (4, 3, 2), layers.Masking(), layers.Dropout(0.5), sentences, inputs=values)


@model
def masking_samples(random):
    return stack(random, (3,), layers.Masking(0.5), layers.Dense(2), inputs=np.array([[0.5, 0.5, 0.5], [1, 0.5, 0]]))


@model
def masking_unknown_image(random):
    masked = [layers.Masking(-1), layers.LayerNormalization(), layers.Conv2D(2, 2)]
    return stack(random, (None, 4, 2), *masked, inputs=random.integers(-1, 1, (2, 5, 4, 2)))


masking("zeros", 0.0, (3, 2))
masking("minus_one_unknown", -1.0, (None, 2))
masking("ints", 0, (3, 2), "int32")
masking("through_noise", 0.0, (3, 2), between=lambda: [layers.SpatialDropout1D(0.5), layers.GaussianDropout(0.5), layers.AlphaDropout(0.5)])
masking("through_slopes", 0.0, (3, 2), between=lambda: [layers.PReLU(), layers.Rescaling(2.0, 1.0), layers.ActivityRegularization(0.5)])
masking("lost_in_padding", 0.0, (3, 2), between=lambda: [layers.ZeroPadding1D(1)])
