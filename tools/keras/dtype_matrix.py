"""Every dtype policy times every layer: stock Keras builds, runs and saves; revive loads, runs and saves again.

What has to hold, for each pair: Keras' own output has the dtype that the policy computes in, and the model comes back as
round_trip.py says.

The layers are those that `revive layers` lists. A layer that has no recipe here is tried over several shapes, with
ARGUMENTS where it has to have some; one that cannot be made so is named, and the run fails.
"""

import argparse
import functools
import os
import pathlib
import subprocess
import sys

import round_trip

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

POLICIES = ("float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "float64")
# Keras computes in 64 bits on TensorFlow alone: elsewhere its rule for dtypes makes 32 bits of every 64, whatever the
# policy says (BatchNormalization, tanh and all else that asks for the common dtype of its inputs).
WIDE = "float64"
WIDE_BACKEND = "tensorflow"
# Layers that compute with fewer bits there than their policy says: TensorFlow's ops hold a slope, the weights of
# neighbours and a scale in 32.
NARROWER = {("float64", name): "float32" for name in ("LeakyReLU", "UpSampling2D", "Resizing", "Rescaling")}

# Layers that stock Keras does not run under a mixed policy as its archive says, and why.
NOT_MIXED = {"CategoryEncoding": "Keras gives the dtype of variables, and says that it gives the other",
             **{name: "Keras saves the dtype of variables alone"
                for name in ("Discretization", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")}}
# The same for 64 bits.
NOT_WIDE = {**{name: "TensorFlow has no such op" for name in ("MaxPooling3D", "AveragePooling3D", "AdaptiveMaxPooling3D",
                                                           "AdaptiveAveragePooling3D")},
            "CenterCrop": "Keras itself gives 32 bits"}
# Layers that are fed ids.
OF_IDS = ("Embedding", "ReversibleEmbedding", "CategoryEncoding")

FLAT = (6,)
STEPS = (5, 4)
IMAGE = (6, 6, 3)
VOLUME = (4, 4, 4, 2)

# What the constructors of layers without a recipe have to be given.
_convolving = {"filters": 3, "kernel_size": 2, "padding": "same"}
ARGUMENTS = {
    **{f"Conv{rank}D": _convolving for rank in (2, 3)},
    **{f"Conv{rank}DTranspose": {**_convolving, "strides": 2} for rank in (1, 2, 3)},
    **{f"DepthwiseConv{rank}D": {"kernel_size": 2, "depth_multiplier": 2} for rank in (1, 2)},
    **{f"SeparableConv{rank}D": {**_convolving, "depth_multiplier": 2} for rank in (1, 2)},
    **{f"AveragePooling{rank}D": {"pool_size": 2, "padding": "same"} for rank in (1, 2, 3)},
    "Permute": {"dims": (2, 1)},
    "RepeatVector": {"n": 3},
    "Rescaling": {"scale": 1 / 3, "offset": 0.1},
    "Resizing": {"height": 4, "width": 7},
    "CenterCrop": {"height": 4, "width": 7},
    **{f"SpatialDropout{rank}D": {"rate": 0.5} for rank in (1, 2, 3)},
    "GaussianDropout": {"rate": 0.5},
    "AlphaDropout": {"rate": 0.5},
    "UpSampling2D": {"size": 2, "interpolation": "bilinear"},
    **{f"Random{name}": {"factor": 0.5} for name in ("Rotation", "Contrast", "Brightness")},
    **{f"Random{name}": {"factor": 0.5} for name in ("ColorDegeneration", "Hue", "Saturation", "Sharpness")},
    "RandomPosterization": {"factor": 4},
    **{f"Adaptive{name}Pooling{rank}D": {"output_size": 2} for name in ("Average", "Max") for rank in (1, 2, 3)},
    "RandomZoom": {"height_factor": 0.5},
    "RandomTranslation": {"height_factor": 0.5, "width_factor": 0.5},
}


def compute_dtype(policy):
    return policy.removeprefix("mixed_")


def recipes():
    """For each class: the shape of a sample, and the layer for a policy."""
    import keras

    layers = keras.layers
    # Stock Keras draws an orthogonal matrix in the dtype itself, which JAX cannot do in 16 bits.
    drawn = {"recurrent_initializer": "glorot_uniform"}
    stack = lambda policy: keras.Sequential([layers.Dense(3, dtype=policy), layers.ReLU(dtype=policy)])

    def chain(policy):
        x = keras.Input(FLAT, dtype=compute_dtype(policy))
        return keras.Model(x, layers.ReLU(dtype=policy)(layers.Dense(3, dtype=policy)(x)))

    return {
        "InputLayer": (FLAT, None),
        "Sequential": (FLAT, stack),
        "Functional": (FLAT, chain),
        "Dense": (FLAT, lambda policy: layers.Dense(4, activation="sigmoid", dtype=policy)),
        "Activation": (FLAT, lambda policy: layers.Activation("softmax", dtype=policy)),
        "Dropout": (FLAT, lambda policy: layers.Dropout(0.5, dtype=policy)),
        "GaussianNoise": (FLAT, lambda policy: layers.GaussianNoise(0.1, dtype=policy)),
        "Reshape": (STEPS, lambda policy: layers.Reshape((4, 5), dtype=policy)),
        "Conv1D": (STEPS, lambda policy: layers.Conv1D(3, 2, padding="same", dtype=policy)),
        "MaxPooling1D": (STEPS, lambda policy: layers.MaxPooling1D(2, dtype=policy)),
        "Embedding": ((3,), lambda policy: layers.Embedding(7, 4, dtype=policy)),
        "ReversibleEmbedding": ((3,), lambda policy: layers.ReversibleEmbedding(7, 4, tie_weights=False, dtype=policy)),
        "LSTM": (STEPS, lambda policy: layers.LSTM(3, return_sequences=True, dtype=policy, **drawn)),
        "GRU": (STEPS, lambda policy: layers.GRU(3, return_sequences=True, dtype=policy, **drawn)),
        "SimpleRNN": (STEPS, lambda policy: layers.SimpleRNN(3, return_sequences=True, dtype=policy, **drawn)),
        "RNN": (STEPS, lambda policy: layers.RNN(
            layers.StackedRNNCells([layers.LSTMCell(3, dtype=policy, **drawn),
                                    layers.GRUCell(2, dtype=policy, **drawn)], dtype=policy),
            return_sequences=True, dtype=policy)),
        "Bidirectional": (STEPS, lambda policy: layers.Bidirectional(
            layers.GRU(3, return_sequences=True, dtype=policy, **drawn), merge_mode="ave", dtype=policy)),
        "TimeDistributed": (STEPS, lambda policy: layers.TimeDistributed(layers.Dense(3, dtype=policy), dtype=policy)),
        "SpectralNormalization": (FLAT, lambda policy: layers.SpectralNormalization(layers.Dense(3, dtype=policy),
                                                                                    dtype=policy)),
        **{f"ConvLSTM{rank}D": ((2, *(3,) * rank, 2), lambda policy, rank=rank: getattr(layers, f"ConvLSTM{rank}D")(
            2, 2, padding="same", dtype=policy, **drawn)) for rank in (1, 2, 3)},
        "GroupNormalization": (FLAT, lambda policy: layers.GroupNormalization(2, dtype=policy)),
        "EinsumDense": (STEPS, lambda policy: layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d",
                                                                 activation="tanh", dtype=policy)),
        # What is in its variables counts once Keras has loaded them.
        "Normalization": (FLAT, lambda policy: layers.Normalization(mean=[0.5] * 6, variance=[2.0] * 6, dtype=policy)),
        "CategoryEncoding": ((3,), lambda policy: layers.CategoryEncoding(7, output_mode="count", dtype=policy)),
        "Discretization": (FLAT, lambda policy: layers.Discretization([-1.0, 0.5], output_mode="one_hot", dtype=policy)),
        "Lambda": (FLAT, lambda policy: layers.Lambda(lambda x: keras.ops.abs(x) * 0.1 + x[:, ::-1], dtype=policy)),
    }


# Where Keras takes more shapes than a stack of images or of steps holds.
SHAPES = {
    **{name: (IMAGE,) for name in ("Resizing", "CenterCrop", "RandomFlip", "RandomRotation", "RandomZoom",
                                   "RandomTranslation", "RandomContrast", "RandomBrightness", "RandomColorDegeneration",
                                   "RandomColorJitter", "RandomGrayscale", "RandomHue", "RandomInvert",
                                   "RandomPosterization", "RandomSaturation", "MixUp", "RandomElasticTransform",
                                   "RandomErasing", "RandomGaussianBlur", "RandomPerspective", "RandomSharpness",
                                   "RandomShear", "AugMix", "CutMix", "RandAugment", "Solarization", "AutoContrast")},
    **{f"Adaptive{name}Pooling{rank}D": ({2: IMAGE, 3: VOLUME}[rank],)
       for name in ("Average", "Max") for rank in (2, 3)},
    "Masking": (STEPS,),
}


@functools.cache
def recipe_of(name):
    """The recipe of a class, or one over the first shape that the layer takes with its ARGUMENTS."""
    import keras

    known = recipes()
    if name in known:
        return known[name]
    layer_class = getattr(keras.layers, name, None)
    arguments = ARGUMENTS.get(name, {})
    for shape in SHAPES.get(name, (FLAT, STEPS, IMAGE, VOLUME)):
        try:
            keras.Sequential([keras.Input(shape), layer_class(**arguments)])(keras.ops.zeros((1, *shape)))
        except Exception:  # Whatever the reason, this shape is not the one.
            continue
        return shape, lambda policy: layer_class(dtype=policy, **arguments)
    return None


def classes_of(revive):
    """The layer classes that revive lists, in order, without cells, which stand in no stack."""
    import keras

    text = subprocess.run([revive, "layers"], check=True, capture_output=True, text=True).stdout
    names = dict.fromkeys(line.split()[0] for line in text.splitlines()[1:] if line[:1].strip())
    made = recipes()
    return [name for name in names if name in made
            or not (hasattr(getattr(keras.layers, name, None), "get_initial_state") or name.endswith("Cell"))]


def build(name, policy, random):
    """A model of the layer between an input of its dtype and nothing, with weights from `random`, and its input."""
    import keras
    import numpy as np

    shape, make = recipe_of(name)
    dtype = "int32" if name in OF_IDS else compute_dtype(policy)
    layers = [keras.Input(shape, dtype=dtype)] + ([make(policy)] if make else [])
    # A model of an InputLayer alone is none in Keras.
    if not make:
        layers.append(keras.layers.Flatten(dtype=policy))
    model = keras.Sequential(layers, name="m")
    round_trip.randomize(model, random)
    values = random.integers(0, 7, (2, *shape)) if name in OF_IDS else random.uniform(-2, 2, (2, *shape))
    return model, np.asarray(keras.ops.convert_to_tensor(values, dtype=dtype))


def trouble_with(name, policy, revive, work, random):
    """None, or what does not hold for the layer under the policy."""
    import keras
    import numpy as np

    model, inputs = build(name, policy, random)
    theirs = np.asarray(model(inputs, training=False))
    dtype = compute_dtype(policy)
    if theirs.dtype.name != dtype:
        return f"Keras' own output is {theirs.dtype.name}, not {dtype}"
    stem = work / f"{name}.{policy}"
    model.save(f"{stem}.keras")
    tolerance = round_trip.TOLERANCES[NARROWER.get((policy, name), dtype)]
    return round_trip.refusal(revive, stem, inputs) or round_trip.difference(inputs, theirs, stem, tolerance)


def run(policies, revive, work):
    """Prints a line for each policy; the number of pairs that do not hold."""
    import numpy as np

    classes = classes_of(revive)
    missing = [name for name in classes if recipe_of(name) is None]
    for name in missing:
        print(f"{name}: has no recipe, and cannot be made without arguments", flush=True)
    failed = len(missing)
    for policy in policies:
        random = np.random.default_rng(1)
        left_out = NOT_MIXED if policy.startswith("mixed_") else NOT_WIDE if policy == WIDE else {}
        for name, reason in left_out.items():
            print(f"{policy} {name}: left out: {reason}", flush=True)
        troubles = [(name, trouble_with(name, policy, revive, work, random)) for name in classes
                    if name not in missing and name not in left_out]
        for name, trouble in troubles:
            if trouble is not None:
                print(f"{policy} {name}: {trouble}", flush=True)
        bad = sum(trouble is not None for _, trouble in troubles)
        print(f"{policy}: {len(troubles) - bad} of {len(troubles)} layers hold", flush=True)
        failed += bad
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--revive", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--policies", nargs="+", default=POLICIES, choices=POLICIES)
    parser.add_argument("--wide-python", default=sys.executable, help=f"a Python with {WIDE_BACKEND}, for {WIDE}")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.policies == [WIDE]:
        return 1 if run([WIDE], arguments.revive, arguments.work) else 0
    failed = run([policy for policy in arguments.policies if policy != WIDE], arguments.revive, arguments.work)
    if WIDE in arguments.policies:
        command = [arguments.wide_python, __file__, "--revive", arguments.revive, "--work", str(arguments.work),
                   "--policies", WIDE]
        failed += subprocess.run(command, env={**os.environ, "KERAS_BACKEND": WIDE_BACKEND}).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
