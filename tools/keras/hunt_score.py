#!/usr/bin/env python3
"""Pairs of Keras releases: what the hunt finds in the left one, and whether the right one is rid of it.

    python tools/keras/hunt_score.py --revive build/release/tools/revive --python .venv/bin/python --releases DIR --time 10m

A release is installed below DIR without its dependencies, which are those of --python. For each pair the hunt runs on
the left release with the list of what is known of Keras 3.15.1, so that time goes to what is not broken today; each program
that it found failed twice there, alone, and is then run on the right one. Mended is what holds there. Exit code 1 where a
pair has none.
"""

import argparse
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent.absolute()
# How long to wait, in seconds, before the findings of a hunt that goes on are looked at again.
LOOKS = 2
# Releases and those that mended something of saving, loading or serialization in them, by Keras' notes and commits. Between
# 3.7.0 and 3.8.0, and 3.12.1 and 3.13.2, next to nothing was mended that a program can show (hunt_score.md).
PAIRS = [("3.2.1", "3.3.2"), ("3.3.2", "3.3.3"), ("3.3.3", "3.4.1"), ("3.4.1", "3.5.0"), ("3.5.0", "3.6.0"),
         ("3.6.0", "3.7.0"), ("3.8.0", "3.9.0"), ("3.9.2", "3.10.0"), ("3.10.0", "3.11.3"), ("3.11.3", "3.12.1"),
         ("3.13.2", "3.14.1"), ("3.14.1", "3.15.0")]


def release(options, version):
    """How an interpreter with this release is called."""
    folder = pathlib.Path(options.releases).absolute() / version
    if not folder.exists():
        subprocess.run([options.python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder,
                        f"keras=={version}"], check=True)
    python = folder / "python"
    python.write_text(f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(folder))} exec "
                      f"{shlex.quote(str(pathlib.Path(options.python).absolute()))} \"$@\"\n")
    python.chmod(0o755)
    return str(python)


def fails(python, site):
    """Whether the program of a finding fails, alone, in a folder of its own."""
    environment = {**os.environ, "KERAS_BACKEND": "numpy", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([python, str(site / "program.py")], cwd=folder, env=environment, timeout=300,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return run.returncode != 0


class Mended:
    """Which findings of a folder hold on the right release; each is run there once."""

    def __init__(self, options, left, right, folder):
        self.after, self.folder, self.seen, self.found = release(options, right), folder, set(), []
        self.kept = pathlib.Path(options.out) / f"{left}-{right}" if options.out else None

    def look(self):
        for file in sorted(self.folder.glob("*/finding.json")):
            if file in self.seen:
                continue
            self.seen.add(file)
            if fails(self.after, file.parent):
                continue
            finding = json.loads(file.read_text())
            self.found.append((finding["site"], finding["case"]))
            if self.kept:
                self.kept.mkdir(parents=True, exist_ok=True)
                (self.kept / f"{file.parent.name}.py").write_text((file.parent / "program.py").read_text())
        return self.found


def score(options, left, right):
    before = release(options, left)
    with tempfile.TemporaryDirectory() as folder:
        sites, said = pathlib.Path(folder, "sites"), pathlib.Path(folder, "said")
        mended = Mended(options, left, right, sites)
        begin = time.monotonic()
        with open(said, "w") as out:
            hunt = subprocess.Popen([options.revive, "hunt", "--python", before, "--time", options.time, "--seed",
                                     options.seed, "--jobs", str(options.jobs), "--known", options.known, "--keras",
                                     str(HERE), "--out", sites, "--json"], stdout=out)
            while options.first and hunt.poll() is None and not mended.look():
                time.sleep(LOOKS)
            seconds = time.monotonic() - begin
            if hunt.poll() is None and mended.found:
                hunt.send_signal(signal.SIGINT)
            hunt.wait()
        if not options.first:
            seconds = time.monotonic() - begin
        return json.loads(said.read_text()), mended.look(), len(mended.seen), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--revive", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--releases", required=True)
    parser.add_argument("--time", default="10m")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--first", action="store_true", help="end a pair at the first finding that is mended on the right")
    parser.add_argument("--known", default=str(HERE / "known_failures.json"), help="'' for none")
    parser.add_argument("--out", help="where programs that only the left release fails are kept")
    parser.add_argument("pairs", nargs="*", help="3.3.2:3.3.3; all of them if none is named")
    options = parser.parse_args()
    pairs = [tuple(pair.split(":")) for pair in options.pairs] or PAIRS
    print("| left | right | cases | seconds | found on the left | mended on the right | for one |\n"
          "|---|---|---|---|---|---|---|", flush=True)
    without = 0
    for left, right in pairs:
        report, mended, found, seconds = score(options, left, right)
        without += not mended
        example = f"`{mended[0][0]}` (case {mended[0][1]})" if mended else "-"
        print(f"| {left} | {right} | {report['cases']} | {seconds:.0f} | {found} | {len(mended)} | {example} |", flush=True)
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())
