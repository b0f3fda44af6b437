"""The models of corpus/keras/ whose layers few stacks hold."""

import keras
import numpy as np
from keras import layers

from keras_models.table import model, stack, tame


@model
def identity(random):
    return stack(random, (3, 4), layers.Identity())


@model
def identity_of_ints(random):
    return stack(random, (5,), layers.Identity(), layers.Embedding(7, 2), dtype="int32",
                 inputs=random.integers(0, 7, (2, 5)))


@model
def identity_masked(random):
    ids = np.array([[3, 1, 0, 5], [0, 0, 2, 4]])
    return stack(random, (None,), layers.Embedding(7, 3, mask_zero=True), layers.Identity(), layers.LSTM(2),
                 dtype="int32", inputs=ids)


@model
def identity_image(random):
    return stack(random, (3, None, 2), layers.Identity(), layers.Conv2D(2, 2))


@model
def identity_float16(random):
    return stack(random, (None, 4), layers.Identity(dtype="float16"), layers.Dense(3, dtype="float32"))


@model
def reversible_embedding(random):
    return stack(random, (5,), layers.ReversibleEmbedding(7, 3), dtype="int32", inputs=random.integers(0, 7, (2, 5)))


@model
def reversible_embedding_untied(random):
    return stack(random, (5,), layers.ReversibleEmbedding(7, 3, tie_weights=False, reverse_dtype="float32",
                                                          logit_soft_cap=30.0),
                 dtype="int32", inputs=random.integers(0, 7, (2, 5)))


@model
def reversible_embedding_masked(random):
    ids = np.array([[3, 1, 0, 5], [0, 0, 2, 4]])
    return stack(random, (None,), layers.ReversibleEmbedding(7, 3, mask_zero=True), layers.LSTM(2), dtype="int32",
                 inputs=ids)


@model
def reversible_embedding_mixed(random):
    return stack(random, (None,), layers.ReversibleEmbedding(9, 4, tie_weights=False, dtype="mixed_float16"),
                 layers.GlobalAveragePooling1D(dtype="mixed_float16"), dtype="int32",
                 inputs=random.integers(0, 9, (2, 5)))


def adaptive(name, cells):
    """Four archives of an adaptive pooling of as many axes as `cells` has."""
    layer = getattr(layers, name)
    key = keras.src.utils.naming.to_snake_case(name)
    count = len(cells)
    uneven = tuple(range(2, 2 + count))

    def add(suffix, make):
        make.__name__ = key + suffix
        model(make)

    add("", lambda random: stack(random, (*cells, 3), layer(2)))
    add("_more_windows_than_cells",
        lambda random: stack(random, (*cells, 2), layer(tuple(axis + 1 for axis in cells))))
    add("_channels_first",
        lambda random: stack(random, (3, *cells), layer(uneven, data_format="channels_first")))
    add("_unknown_axes", lambda random: stack(random, (None,) * count + (2,), layer(uneven)))


adaptive("AdaptiveAveragePooling1D", (7,))
adaptive("AdaptiveAveragePooling2D", (7, 5))
adaptive("AdaptiveAveragePooling3D", (5, 4, 3))
adaptive("AdaptiveMaxPooling1D", (7,))
adaptive("AdaptiveMaxPooling2D", (7, 5))
adaptive("AdaptiveMaxPooling3D", (5, 4, 3))


def adapted(random, made, inputs, *places):
    """With the weights of LoRA that are not zeros, which Keras adds to the kernel as it saves."""
    for place in places:
        layer = made.layers[place]
        layer.enable_lora(2)
        for variable in layer.weights:
            if "lora" in variable.path:
                variable.assign(tame(random, variable.shape))
    return made, inputs


@model
def lora_dense(random):
    return adapted(random, *stack(random, (6,), layers.Dense(5), layers.Dense(3)), 0)


@model
def lora_embedding(random):
    return adapted(random, *stack(random, (4,), layers.Embedding(9, 5), layers.EinsumDense("abc,cd->abd", (None, 3)),
                                  dtype="int32", inputs=random.integers(0, 9, (2, 4))), 0, 1)


@model
def lora_convolution(random):
    return adapted(random, *stack(random, (9, 3), layers.Conv1D(4, 3), layers.Flatten()), 0)


def augmentation(name, *arguments, channels=3):
    """Archives of a layer that is the identity when predicting, one of them of bytes."""
    layer = getattr(layers, name)
    key = keras.src.utils.naming.to_snake_case(name)

    def add(suffix, dtype, arguments):
        def make(random):
            images = random.integers(0, 256, (2, 6, 7, channels))
            return stack(random, (6, 7, channels), layer(**arguments), dtype=dtype, inputs=images)

        make.__name__ = key + suffix
        model(make)

    for number, each in enumerate(arguments):
        add("" if number == 0 else f"_{number}", "float32", each)
    add("_of_bytes", "uint8", arguments[0])


augmentation("RandomColorDegeneration", {"factor": 0.5}, {"factor": (0.25, 1.0), "value_range": (0, 1)},
             {"factor": 0.75, "data_format": "channels_last", "seed": 3})
augmentation("RandomColorJitter", {}, {"value_range": (0, 1), "brightness_factor": 0.5, "contrast_factor": 0.25},
             {"saturation_factor": 0.5, "hue_factor": (0.25, 0.5), "seed": 3})
augmentation("RandomGrayscale", {}, {"factor": 0.25}, {"factor": 1.0, "seed": 3})
augmentation("RandomHue", {"factor": 0.5}, {"factor": (0.25, 0.5), "value_range": (0, 1)}, {"factor": 0.0, "seed": 3})
augmentation("RandomInvert", {}, {"factor": 0.5, "value_range": (0, 1)}, {"factor": (0.25, 0.5), "seed": 3})
augmentation("RandomPosterization", {"factor": 4}, {"factor": (2, 5), "value_range": (0, 1)}, {"factor": 8, "seed": 3})
augmentation("RandomSaturation", {"factor": 0.5}, {"factor": (0.25, 0.75), "value_range": (0, 1)},
             {"factor": 1.0, "seed": 3})
augmentation("MixUp", {}, {"alpha": 0.5}, {"alpha": 1.0, "seed": 3})
augmentation("RandomElasticTransform", {}, {"factor": 0.5, "scale": 0.25, "interpolation": "nearest"},
             {"fill_mode": "constant", "fill_value": 0.5, "seed": 3})
augmentation("RandomErasing", {}, {"factor": 0.5, "scale": (0.1, 0.2), "fill_value": 0.5},
             {"factor": (0.25, 0.5), "seed": 3})
augmentation("RandomGaussianBlur", {}, {"factor": 0.5, "kernel_size": 5, "sigma": 0.75}, {"sigma": (0.25, 0.5), "seed": 3})
augmentation("RandomPerspective", {}, {"factor": 0.5, "scale": 0.25, "interpolation": "nearest"},
             {"fill_value": 0.5, "seed": 3})
augmentation("RandomSharpness", {"factor": 0.5}, {"factor": (0.25, 0.5), "value_range": (0, 1)},
             {"factor": 1.0, "seed": 3})
augmentation("RandomShear", {}, {"x_factor": 0.25, "y_factor": (0.1, 0.2), "interpolation": "nearest"},
             {"x_factor": 0.5, "fill_mode": "constant", "fill_value": 0.5, "seed": 3})
augmentation("AugMix", {}, {"value_range": (0, 1), "num_chains": 2, "chain_depth": 2, "factor": 0.5},
             {"alpha": 0.5, "all_ops": False, "seed": 3})
augmentation("CutMix", {}, {"factor": 0.5}, {"factor": (0.25, 0.5), "seed": 3})
augmentation("Solarization", {}, {"addition_factor": 0.75, "threshold_factor": (0, 1), "value_range": (20, 200)},
             {"threshold_factor": 0.5, "seed": 3})
augmentation("RandAugment", {}, {"value_range": (0, 1), "num_ops": 3, "factor": 0.25},
             {"interpolation": "nearest", "seed": 3})
