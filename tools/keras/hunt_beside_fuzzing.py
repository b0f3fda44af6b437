#!/usr/bin/env python3
"""The hunt beside the public fuzzer of Keras' serialization: how much of Keras' saving each of them reaches.

    python3 -m venv FUZZING && FUZZING/bin/pip install atheris coverage     # with Keras and NumPy beside them
    FUZZING/bin/python tools/keras/hunt_beside_fuzzing.py --revive build/release/tools/revive --python .venv/bin/python --time 600

The fuzzer is OSS-Fuzz' projects/keras/fuzz_serialization.py, written anew: text without surrogates through json.loads
into deserialize_keras_object, under atheris; what is instrumented is keras.src.saving, as all of Keras takes minutes. Both run for the same time on one core. Then what
each did is done once more under coverage.py, which says the lines of keras/src/saving: every request that the hunt made
of its worker, and every input that the fuzzer kept, which is one for each edge that it ever reached. Lines that importing
Keras executes count for neither.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).parent.absolute()
TARGET = """
import json
import sys

import atheris

with atheris.instrument_imports(include=["keras.src.saving", "json"]):
    import keras


def one_input(data):
    try:
        config = json.loads(atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(sys.maxsize))
    except Exception:
        return
    if isinstance(config, dict):
        try:
            keras.saving.deserialize_keras_object(config)
        except Exception:
            # The public one ends at the first of these; this one goes on.
            pass


atheris.Setup(sys.argv, one_input)
atheris.Fuzz()
"""


def hunt(options, folder):
    """What the worker of a hunt was asked for, in a file, and how many cases that were."""
    requests = folder / "requests"
    python = folder / "python"
    python.write_text(f"#!/bin/sh\ntee -a {shlex.quote(str(requests))} | {shlex.quote(os.path.abspath(options.python))} \"$@\"\n")
    python.chmod(0o755)
    run = subprocess.run([options.revive, "hunt", "--python", python, "--keras", HERE, "--known", HERE / "known_failures.json",
                          "--time", str(options.time), "--jobs", "1", "--seed", "1", "--out", folder / "found", "--json"],
                         stdout=subprocess.PIPE, text=True)
    return requests, json.loads(run.stdout)["cases"]


def fuzz(options, folder):
    """The inputs that the fuzzer kept, in a folder, and how many it tried."""
    corpus = folder / "corpus"
    corpus.mkdir()
    (folder / "target.py").write_text(TARGET)
    run = subprocess.run([sys.executable, folder / "target.py", corpus, f"-max_total_time={options.time}", "-print_final_stats=1"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", cwd=folder)
    tried = re.search(r"number_of_executed_units: +(\d+)", run.stderr)
    return corpus, int(tried.group(1)) if tried else 0


def replay(what, path):
    """Does it all once more under coverage.py; prints lines reached, lines there are, and classes of Keras."""
    sys.path.insert(0, str(HERE))
    warnings.simplefilter("ignore")
    import coverage
    import keras
    import numpy as np
    from keras.src.saving import serialization_lib
    np.seterr(all="ignore")
    answers, sys.stdout = sys.stdout, open(os.devnull, "w")
    saved, made = set(), set()
    config_of, class_of = serialization_lib._get_class_or_fn_config, serialization_lib._retrieve_class_or_fn

    def is_of_keras(cls):
        return isinstance(cls, type) and cls.__module__.startswith("keras.")

    def saves(thing):
        saved.update([type(thing)] if is_of_keras(type(thing)) else [])
        return config_of(thing)

    def makes(*arguments, **how):
        found = class_of(*arguments, **how)
        made.update([found] if is_of_keras(found) else [])
        return found

    serialization_lib._get_class_or_fn_config, serialization_lib._retrieve_class_or_fn = saves, makes
    folder = pathlib.Path(keras.__file__).parent / "src" / "saving"
    measured = coverage.Coverage(include=[f"{folder}/*"], data_file=None)
    if what == "hunt":
        requests = [json.loads(line) for line in open(path)]
        requests = [request for request in requests if request["verb"] in ("case", "object")]
        from hunt_cases import run_case
        scratch = tempfile.mkdtemp()
        measured.start()
        for request in requests:
            try:
                run_case({**request, "noise": False}, scratch)
            except Exception:
                # A program that is none; the worker says so.
                continue
    else:
        measured.start()
        for kept in sorted(pathlib.Path(path).iterdir()):
            try:
                keras.saving.deserialize_keras_object(json.loads(kept.read_bytes().decode("utf-8", "ignore")))
            except Exception:
                continue
    measured.stop()
    lines = reached = 0
    for file in sorted(folder.glob("*.py")):
        if not file.name.endswith("_test.py"):
            _, statements, _, missing, _ = measured.analysis2(str(file))
            lines += len(statements)
            reached += len(statements) - len(missing)
    answers.write(json.dumps([reached, lines, len(saved), len(made)]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--revive")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that the hunt is told of")
    parser.add_argument("--time", type=int, default=600, help="seconds for each")
    parser.add_argument("--replay", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.update({"KERAS_BACKEND": "numpy", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"})
    if options.replay:
        replay(*options.replay)
        return
    options.revive = os.path.abspath(options.revive)
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for what, does in (("fuzz", fuzz), ("hunt", hunt)):
            kept, tried = does(options, pathlib.Path(folder))
            again = subprocess.run([sys.executable, __file__, "--replay", what, kept], stdout=subprocess.PIPE, text=True)
            rows.append((tried, *json.loads(again.stdout.splitlines()[-1])))
    names = ("random text into deserialize_keras_object (OSS-Fuzz, atheris)", "`revive hunt`")
    print(f"| {options.time} s on one core | runs | lines of keras/src/saving | classes serialized | classes made again |\n"
          "|---|---|---|---|---|")
    for name, (tried, reached, lines, saved, made) in zip(names, rows):
        print(f"| {name} | {tried:,} | {reached} of {lines} | {saved} | {made} |")


if __name__ == "__main__":
    main()
