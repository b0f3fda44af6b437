#!/usr/bin/env python3
"""Lambdas that Keras stored as Python, rescued by revive and given back to stock Keras.

    rescues.py --revive PROGRAM --corpus corpus/rescues --work FOLDER

Each archive of the corpus is checked by `revive check` with what NAME.load.json says, which compares its output with
what Keras computed before it saved the model, and writes it again. witness.py then loads what was written in stock
Keras in safe mode, and compares the output with the same record. Exit code 0 if all of it holds.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def load_options(archive):
    request = archive.with_suffix(".load.json")
    if not request.exists():
        return []
    return [part for key, values in json.loads(request.read_text()).items() for value in values
            for part in (f"--{key}", value)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--revive", required=True, help="the revive program")
    parser.add_argument("--corpus", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path, help="a folder that may be emptied")
    arguments = parser.parse_args()
    archives = sorted(arguments.corpus.glob("*.keras"))
    if not archives:
        parser.error(f"{arguments.corpus}: expected archives (*.keras), found none")

    rescued, again = arguments.work / "rescued", arguments.work / "again"
    for folder in (rescued, again):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    failed = 0
    for archive in archives:
        command = [arguments.revive, "check", archive, *load_options(archive), "--output", rescued / archive.name]
        failed += subprocess.run(command, check=False).returncode != 0
        for part in (".input.npy", ".output.npy"):
            shutil.copyfile(archive.with_suffix(part), (rescued / archive.name).with_suffix(part))
    witnessed = subprocess.run([sys.executable, HERE / "witness.py", rescued, "--resave", again], check=False)
    print(f"{len(archives) - failed} of {len(archives)} archives rescued")
    return 0 if failed == 0 and witnessed.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
