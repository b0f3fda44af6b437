#!/usr/bin/env python3
"""Opens the README's bug, as revive saved it, in stock Keras in safe mode, and compares the answer.

    witness_bug.py FILE.keras --input INPUT.npy --output OUTPUT.npy

INPUT is what the model is run on, OUTPUT what revive answered; slices move numbers without changing them, so
they have to be equal bit for bit. Exit code 0 if they are, 1 if not, 2 if the call was wrong.
"""

import argparse
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np


def main():
    parser = argparse.ArgumentParser(description="open the README's bug in stock Keras")
    parser.add_argument("archive", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--input", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    for path in (arguments.archive, arguments.input, arguments.output):
        if not path.is_file():
            parser.error(f"{path}: not found")

    ours = np.load(arguments.output)
    try:
        model = keras.saving.load_model(arguments.archive, compile=False, safe_mode=True)
        theirs = np.asarray(model(np.load(arguments.input), training=False))
    except Exception as error:  # Keras raises whatever its layers and its backend raise.
        print(f"{arguments.archive}: Keras cannot load or run it: {error}")
        return 1
    if (ours.dtype, ours.shape, ours.tobytes()) != (theirs.dtype, theirs.shape, theirs.tobytes()):
        print(f"{arguments.archive}: revive answered\n{ours}\nand Keras {keras.__version__}\n{theirs}")
        return 1
    print(f"{arguments.archive}: Keras {keras.__version__} opens it in safe mode and gives the same bits")
    return 0


if __name__ == "__main__":
    sys.exit(main())
