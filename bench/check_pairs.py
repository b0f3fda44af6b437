#!/usr/bin/env python3
"""Is one build of `revive` as quick as another? Both check the same archives, in turns.

The archives are made by the first program, so that both can read them and a change of the generator changes nothing:

    bench/check_pairs.py --before old/revive --after build/release/tools/revive --cases 1000 --seed 7

prints the median, over pairs of runs, of the ratio of their times on the processor (in user mode, and with the system's
share); with --instructions the ratio of the instructions as valgrind counts them, which no neighbour on the machine
disturbs. A run that says something else than the other program about an archive is named, and is a failure.
"""

import argparse
import json
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile


def archives_of(program, folder, options):
    made = subprocess.run([program, "generate", "-n", str(options.cases), "--seed", str(options.seed),
                           "--profile", options.profile, "--out", str(folder)],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        sys.exit(f"{program} generate: {made.stderr.strip()}")


def run(command):
    """What the command said, its seconds in user mode, and all its seconds on the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user = after.ru_utime - before.ru_utime
    return done, user, user + after.ru_stime - before.ru_stime


def verdicts(program, files):
    done, _, _ = run([program, "check", "--json", *files])
    return {each["file"]: each["holds"] for each in json.loads(done.stdout)}


def instructions(program, files):
    """Counted as the difference to a run over one archive, which leaves out what starting takes."""
    def count(some):
        done, _, _ = run(["valgrind", "--tool=none", "--stats=no", program, "check", *some])
        return done

    del count
    counted = []
    for some in (files, files[:1]):
        with tempfile.TemporaryDirectory() as folder:
            done, _, _ = run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, "check",
                              *some])
        found = re.search(r"Collected : (\d+)", done.stderr)
        if not found:
            sys.exit(f"valgrind: {done.stderr.strip()}")
        counted.append(int(found[1]))
    return counted
