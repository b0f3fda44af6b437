#!/usr/bin/env python3
"""The Keras program that `revive repro` prints builds the same model.

    rebuilds_in_python.py --revive PROGRAM --work FOLDER [--count 100] [--seed 1]

Each generated archive (of profile tame, whose models Keras can run) is printed as a program, the program is run in
stock Keras, Keras saves the model that it built, and `revive diff --what-runs` compares that with the archive: config,
lambdas and weights of everything that runs. Exit code 0 if none differs. Lambdas are saved by Keras as Python bytecode,
which revive translates: this is the whole way around.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import warnings

# NumPy would be faster, but Keras runs a Lambda on it to learn its output shape, and it refuses one_hot of floats.
os.environ.setdefault("KERAS_BACKEND", "jax")

import keras

from witness import first_line


def rebuilt(program, path):
    """Saves what the program builds; None, or what Keras says against it."""
    keras.utils.clear_session(free_memory=False)
    names = {}
    try:
        exec(compile(program, f"{path.stem}.py", "exec"), names)
        names["model"].save(path)
    except Exception as error:  # Keras raises whatever its layers and its backend raise.
        return first_line(error)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--revive", required=True, help="the revive program")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="a folder that may be emptied")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    # What a lambda overflows to is part of the model.
    warnings.simplefilter("ignore")
    ours, theirs = arguments.work / "revive", arguments.work / "keras"
    shutil.rmtree(arguments.work, ignore_errors=True)
    theirs.mkdir(parents=True)
    subprocess.run([arguments.revive, "generate", "-n", str(arguments.count), "--seed", str(arguments.seed),
                    "--profile", "tame", "--out", ours],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    failed = 0
    for archive in sorted(ours.glob("*.keras")):
        program = subprocess.run([arguments.revive, "repro", archive], check=True, capture_output=True, text=True).stdout
        trouble = rebuilt(program, theirs / archive.name)
        if trouble is None:
            compared = subprocess.run([arguments.revive, "diff", "--what-runs", archive, theirs / archive.name],
                                      check=False, capture_output=True, text=True)
            if compared.returncode != 0:
                trouble = (compared.stdout + compared.stderr).strip()
        if trouble is not None:
            failed += 1
            print(f"{archive}: {trouble}", flush=True)
    print(f"{arguments.count - failed} of {arguments.count} programs build the model they were printed from")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
