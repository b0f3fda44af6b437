"""Margins, sizes, steps, and what is done to images."""

import keras
from keras import layers

from keras_models.table import model, stack, variants


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
    whole = 0 if rank > 1 else (0, 2)
    variants(
        f"cropping{rank}d",
        nothing_in_front=(shape, lambda cropping=cropping, whole=whole: cropping(whole)),
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
    "auto_contrast",
    range_of_bytes=((3, 4, 2), lambda: layers.AutoContrast()),
    range_of_floats=((5, 3, 3), lambda: layers.AutoContrast(value_range=(-2, 2))),
    unknown_narrow=((None, None, 1), lambda: layers.AutoContrast(value_range=(0.75, 0.25))),
    channels_first=((3, 4, 5), lambda: layers.AutoContrast(data_format="channels_first", value_range=(0, 1))),
    float16=((4, 3, 2), lambda: layers.AutoContrast(value_range=(-1, 2), dtype="float16")),
)


@model
def auto_contrast_of_bytes(random):
    """One channel of one colour among others: it stays."""
    images = random.integers(0, 256, (2, 4, 3, 2))
    images[0, :, :, 1] = 7
    return stack(random, (4, 3, 2), layers.AutoContrast(), dtype="uint8", inputs=images)


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
