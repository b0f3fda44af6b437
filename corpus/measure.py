#!/usr/bin/env python3
"""Prints what each command takes for each archive, in seconds and memory, beside what it may take. Standard library only.

    corpus/measure.py [--revive build/release/tools/revive] [FOLDER or FILE]...

Without arguments: corpus/refusals/ and corpus/heavy/. A command may take 64 MiB and 16 bytes for each byte of its files
(of which diff has two here), and has to end by itself, with exit code 0 or 1. Running a model may take more: a few of
the largest values that Limits::activation_elements admits, and is marked. Exit code 1 where something took more, or
ended otherwise.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
FLOOR, PER_BYTE = 64 << 20, 16
# `check` and `diff --outputs` hold some values of 2 ** 24 floats for a batch of two.
RUNS = 8 * (4 << 24)
MOST_SECONDS = 60


def measure(command):
    """Exit code or None, seconds, bytes."""
    start = time.monotonic()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere)
    seconds = 0
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        seconds = time.monotonic() - start
        if done:
            break
        if seconds > MOST_SECONDS:
            process.kill()
            os.wait4(process.pid, 0)
            return None, seconds, 0
        time.sleep(0.002)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, seconds, usage.ru_maxrss * 1024


def archives(paths):
    for path in paths:
        yield from sorted(path.glob("*.keras")) if path.is_dir() else [path]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--revive", default=HERE.parent / "build" / "release" / "tools" / "revive")
    parser.add_argument("paths", nargs="*", type=pathlib.Path, default=[HERE / "refusals", HERE / "heavy"])
    arguments = parser.parse_args()
    commands = {
        "check": lambda file: ["check", file],
        "show": lambda file: ["show", file],
        "diff": lambda file: ["diff", file, file],
        "repro": lambda file: ["repro", file],
    }
    print(f"{'archive':<44}{'bytes':>9}" + "".join(f"{name:>18}" for name in commands) + f"{'bound':>9}")
    wrong = 0
    for file in archives(arguments.paths):
        size = file.stat().st_size
        cells = ""
        for name, command in commands.items():
            call = command(file)
            bound = FLOOR + PER_BYTE * size * call.count(file)
            code, seconds, memory = measure([arguments.revive, *call])
            most = bound + (RUNS if name == "check" else 0)
            bad = code not in (0, 1) or memory > most
            wrong += bad
            mark = "!" if bad else "r" if memory > bound else ""
            cells += f"{f'{code} {seconds:.2f}s {memory >> 20}M{mark}':>18}"
        print(f"{file.name:<44}{size:>9}{cells}{FLOOR + PER_BYTE * size >> 20:>8}M", flush=True)
    print("all within the bounds" if wrong == 0 else f"{wrong} beyond the bounds")
    return 0 if wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
