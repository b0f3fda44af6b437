#!/usr/bin/env python3
"""What `revive check --output` writes opens in stock Keras' safe mode, whatever stood in the training state.

    safe_mode.py --revive PROGRAM --corpus corpus --work FOLDER

Stock Keras saves models with a Python lambda as loss, metric, regularizer, initializer and constraint; archives of
corpus/training_code/ name what is not Keras' own. Each goes through revive; the copy has to open with safe_mode=True and
to answer as before. Exit code 0 if all of them do.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402


def stack(**settings):
    return keras.Sequential([keras.Input((3,)), layers.Dense(2, **settings)])


def compiled(**settings):
    model = stack()
    model.compile("adam", **({"loss": "mse"} | settings))
    return model


def models():
    yield "loss", compiled(loss=lambda y, p: keras.ops.mean(keras.ops.abs(y - p)))
    yield "metric", compiled(metrics=[lambda y, p: keras.ops.mean(y - p)])
    yield "regularizer", stack(kernel_regularizer=lambda w: 0.1 * keras.ops.sum(w * w))
    yield "initializer", stack(kernel_initializer=lambda shape, dtype=None: keras.ops.ones(shape, dtype))
    yield "constraint", stack(kernel_constraint=lambda w: keras.ops.abs(w))
    yield "all_of_keras_own", compiled(metrics=["mae", keras.metrics.Precision()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--revive", required=True, help="the revive program")
    parser.add_argument("--corpus", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path, help="a folder that may be emptied")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)

    given = np.arange(6, dtype="float32").reshape(2, 3)
    expected = {}
    for name, model in models():
        path = arguments.work / f"{name}.keras"
        model.save(path)
        expected[path] = np.asarray(model(given))
    for path in sorted((arguments.corpus / "training_code").glob("*.keras")):
        expected[path] = None

    failed = 0
    for path, output in expected.items():
        copy = arguments.work / f"{path.stem}.safe.keras"
        try:
            said = subprocess.run([arguments.revive, "check", path, "--output", copy], check=True, capture_output=True,
                                  text=True).stderr
            model = keras.models.load_model(copy, safe_mode=True)
            if output is not None:
                np.testing.assert_allclose(np.asarray(model(given)), output, rtol=1e-5, atol=1e-5)
            print(f"{path.name}: opens in safe mode; {said.strip() or 'nothing was left out'}")
        except Exception as error:  # Keras raises whatever it comes upon.
            failed += 1
            print(f"{path.name}: {type(error).__name__}: {error}")
    print(f"{len(expected)} archives, {failed} do not open")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
