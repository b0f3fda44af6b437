#!/usr/bin/env python3
"""Asks stock Keras whether archives that revive wrote are the models revive says they are.

    witness.py DIR --resave OUT [--profile tame|specials] [--revive PROGRAM] [--share I/N] [--rest] [--quiet] [--json]

DIR holds NAME.keras, NAME.input.npy and NAME.output.npy as `revive generate --out DIR` leaves them. Each archive
is loaded with safe_mode=True, run on the input and compared with the output; then Keras saves it again as
OUT/NAME.keras, with copies of the two arrays beside it, for revive to load. An archive whose output differs is
run again layer by layer, each layer on Keras' own intermediate, through `PROGRAM run`, to name the layer.
--share 0/2 takes every second archive from the first on, for one of two processes; --rest takes those that OUT does not
hold, and --quiet only counts failures: for a first run on another backend, whose failures are for JAX to judge.

Progress goes to standard error, one line per failure and a verdict to standard output. Exit code 0 if all agree,
1 if one does not, 2 if the call was wrong.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import time
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

import first_differing_layer
from agreement import disagreement

PROGRESS_EVERY = 20


def first_line(error):
    """The first line of a Keras error that says something, without the color codes Keras puts around it."""
    lines = [line.replace("\x1b[1m", "").replace("\x1b[0m", "").strip() for line in str(error).splitlines()]
    said = [line for line in lines if line and not line.startswith("Exception encountered")]
    return f"{type(error).__name__}: {said[0] if said else ''}"


def examine(archive, arguments):
    """None if Keras agrees with revive about this archive, else a sentence."""
    inputs = np.load(archive.with_suffix(".input.npy"))
    ours = np.load(archive.with_suffix(".output.npy"))
    try:
        model = keras.saving.load_model(archive, compile=False, safe_mode=True)
        theirs = np.asarray(model(inputs, training=False))
    except Exception as error:  # Keras raises whatever its layers and its backend raise.
        return f"Keras cannot load or run it: {first_line(error)}"
    difference = disagreement(ours, theirs, arguments.profile)
    if difference is not None:
        if arguments.revive is None or arguments.quiet:
            return difference
        ask = first_differing_layer.ask_program(arguments.revive)
        return f"{difference}; {first_differing_layer.first_differing_layer(model, inputs, ask, arguments.profile)}"
    try:
        model.save(arguments.resave / archive.name)
    except Exception as error:
        return f"Keras cannot save it again: {first_line(error)}"
    for part in (".input.npy", ".output.npy"):
        shutil.copyfile(archive.with_suffix(part), (arguments.resave / archive.name).with_suffix(part))
    return None


def parse_arguments(argv):
    parser = argparse.ArgumentParser(description="compare archives that revive wrote with stock Keras")
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--resave", type=pathlib.Path, required=True, metavar="OUT")
    parser.add_argument("--profile", choices=("tame", "specials"), default="tame")
    parser.add_argument("--revive", type=pathlib.Path, metavar="PROGRAM", help="names the layer of a failing stack")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument("--rest", action="store_true", help="only the archives that OUT does not hold")
    parser.add_argument("--quiet", action="store_true", help="no line for a failure")
    parser.add_argument("--share", default="0/1", metavar="I/N", help="every Nth archive, from the one of index I on")
    arguments = parser.parse_args(argv)
    try:
        first, processes = (int(part) for part in arguments.share.split("/"))
    except ValueError:
        parser.error(f"--share: expected I/N, found {arguments.share}")
    every = sorted(arguments.directory.glob("*.keras"))
    # Divided first, since another process may be saving into OUT.
    arguments.archives = [archive for archive in every[first::processes]
                          if not (arguments.rest and (arguments.resave / archive.name).exists())]
    if not every:
        parser.error(f"{arguments.directory}: expected archives (*.keras), found none")
    if arguments.revive is not None and not os.access(arguments.revive, os.X_OK):
        parser.error(f"{arguments.revive}: expected a program")
    for archive in arguments.archives:
        for part in (".input.npy", ".output.npy"):
            if not archive.with_suffix(part).exists():
                parser.error(f"{archive.with_suffix(part)}: expected beside {archive.name}, not found")
    arguments.resave.mkdir(parents=True, exist_ok=True)
    return arguments


def main(argv):
    arguments = parse_arguments(argv)
    # Keras warns of masks that a layer drops and of softmax over one element: both are part of its answer.
    warnings.simplefilter("ignore")
    # Overflow and NaN are what the specials profile is about.
    np.seterr(all="ignore")
    started = time.monotonic()
    failures = {}
    for count, archive in enumerate(arguments.archives, 1):
        keras.utils.clear_session(free_memory=False)
        failure = examine(archive, arguments)
        if failure is not None:
            failures[archive.stem] = failure
            if not arguments.json and not arguments.quiet:
                print(f"{archive.name}: {failure}", flush=True)
        if count % PROGRESS_EVERY == 0 or count == len(arguments.archives):
            seconds = time.monotonic() - started
            print(f"witness: {count}/{len(arguments.archives)} in {seconds:.0f} s, {len(failures)} differ", file=sys.stderr)
    checked = len(arguments.archives)
    if arguments.json:
        verdict = {"keras": keras.__version__, "profile": arguments.profile, "checked": checked, "failures": failures}
        print(json.dumps(verdict, indent=2))
    else:
        by_whom = f"Keras {keras.__version__} on {keras.backend.backend()}"
        held = f"{checked - len(failures)} of {checked} archives agree with {by_whom} ({arguments.profile})"
        print(f"witness: {held}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
