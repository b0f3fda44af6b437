#!/usr/bin/env python3
"""Makes the archives of corpus/keras2/ that the Keras of this environment saves, with what it computes.

    corpus/make_keras2_corpus.sh         # makes the environments and runs this in each

Keras 2 as TensorFlow ships it. Names begin with its version: keras2_13_dense.keras, with the input and the output of the
model beside it, computed before it is saved. A group name with backslashes is what Keras 2 writes on Windows; here h5py
renames the groups of an archive to it, since the name is all that differs.
"""

import io
import os
import pathlib
import sys
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

keras = tf.keras
layers = keras.layers
FOLDER = pathlib.Path(__file__).resolve().parent / "keras2"
VERSION = "_".join(tf.__version__.split(".")[:2])
WEIGHTS = "model.weights.h5"


def dense_numbering():
    return keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu"), layers.Dropout(0.2), layers.Dense(5),
                             layers.Dense(2)])


def nested_numbering():
    return keras.Sequential([keras.Input((3,)), keras.Sequential([layers.Dense(4), layers.Dense(4)]), layers.ReLU(),
                             keras.Sequential([layers.Dense(2)])])


def recurrent_numbering():
    return keras.Sequential([keras.Input((6, 3)), layers.LSTM(4, return_sequences=True), layers.GRU(3, return_sequences=True),
                             layers.LSTM(2)])


def input_shape_in_layers():
    """Dense(.., input_shape=..) keeps batch_input_shape beside the InputLayer that Keras makes of it."""
    return keras.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2, input_dim=4)])


def embedding_with_input_length():
    return keras.Sequential([layers.Embedding(10, 3, input_length=5), layers.Flatten(), layers.Dense(2)])


def hard_sigmoid_everywhere():
    return keras.Sequential([
        keras.Input((6, 3)), layers.Activation("hard_sigmoid"), layers.Conv1D(4, 2, activation="hard_sigmoid"),
        layers.LSTM(4, recurrent_activation="hard_sigmoid", return_sequences=True),
        layers.GRU(4, recurrent_activation="hard_sigmoid", return_sequences=True),
        layers.GRU(4, recurrent_activation="hard_sigmoid", reset_after=False), layers.Dense(3, activation="hard_sigmoid")
    ])


def compiled():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.ones((2, 3), "float32"), np.ones((2, 2), "float32"), verbose=0)
    return model


def backslash_groups():
    return keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.BatchNormalization(),
                             keras.Sequential([layers.Dense(4), layers.Dense(2)])])


MODELS = {
    "2_13": [dense_numbering, nested_numbering, recurrent_numbering, backslash_groups],
    "2_15": [input_shape_in_layers, embedding_with_input_length, hard_sigmoid_everywhere, compiled, backslash_groups],
}


def renamed(weights):
    """The file with every path down to `vars` as one name with backslashes."""
    out = io.BytesIO()
    with h5py.File(io.BytesIO(weights)) as whole, h5py.File(out, "w") as flat:
        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                path, variable = name.rsplit("/vars/", 1) if "/vars/" in name else ("", name)
                flat.create_dataset("/".join([path.replace("/", "\\"), "vars", variable]), data=np.asarray(item),
                                    track_times=False)
        whole.visititems(copy)
        flat.require_group("vars")
    return out.getvalue()


def with_backslashes(path):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[WEIGHTS] = renamed(members[WEIGHTS])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def main():
    FOLDER.mkdir(exist_ok=True)
    for build in MODELS[VERSION]:
        keras.utils.set_random_seed(sum(build.__name__.encode()))
        model = build()
        # Nothing stays zero or one, so that what is read into the wrong place shows.
        model.set_weights([np.random.uniform(0.1, 0.9, w.shape).astype(w.dtype) * np.random.choice([-1, 1], w.shape)
                           if w.ndim > 1 else np.random.uniform(0.1, 0.9, w.shape).astype(w.dtype)
                           for w in model.get_weights()])
        shape = (2, *model.input_shape[1:])
        first = model.layers[0]
        ids = isinstance(first, layers.Embedding)
        given = (np.random.randint(0, 10, shape).astype("float32") if ids
                 else np.random.uniform(-3, 3, shape).astype("float32"))
        stem = FOLDER / f"keras{VERSION}_{build.__name__}"
        np.save(f"{stem}.input.npy", given)
        np.save(f"{stem}.output.npy", model.predict(given, verbose=0))
        model.save(f"{stem}.keras")
        if build is backslash_groups:
            with_backslashes(f"{stem}.keras")
    return 0


if __name__ == "__main__":
    sys.exit(main())
