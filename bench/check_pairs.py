#!/usr/bin/env python3
"""How fast is one build of `revive` beside an earlier one? Both check the same archives, in turns.

    bench/check_pairs.py --before EARLIER/revive --after build/release/tools/revive

The archives are made by the earlier program, so that both can read them, and what the generator draws by now plays no
part. Printed is the median over the pairs of what the later run takes as a part of the earlier one's: seconds on the
processor. --instructions counts, by valgrind, which no neighbour on the machine disturbs, and calls nothing that a
processor has and valgrind does not know. Where the verdicts on an archive differ, the numbers would compare nothing:
the archive is named, and the exit code 1.
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


def make_archives(program, folder, cases, seed, profile):
    subprocess.run([program, "generate", "-n", str(cases), "--seed", str(seed), "--profile", profile, "--out", folder],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def verdicts(program, files):
    done = subprocess.run([program, "check", "--json", *files], stdout=subprocess.PIPE, check=False)
    return {report["file"]: (report["verdict"], report.get("parameters")) for report in json.loads(done.stdout)}


def seconds(program, files):
    """Of the processor, in user mode and in the system's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, "check", *files], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def instructions(program, files):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "check", *files],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", required=True, help="the earlier program, which makes the archives, too")
    parser.add_argument("--after", required=True, help="the later program")
    parser.add_argument("--archives", type=pathlib.Path, help="a folder of archives, instead of made ones")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--profile", default="wild", choices=["wild", "tame", "specials"])
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--instructions", action="store_true", help="count instructions, too (slow)")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as made:
        folder = options.archives or pathlib.Path(made)
        if not options.archives:
            make_archives(options.before, made, options.cases, options.seed, options.profile)
        files = sorted(str(each) for each in folder.glob("*.keras"))
        earlier, later = (verdicts(program, files) for program in (options.before, options.after))
        differing = [file for file in files if earlier.get(file) != later.get(file)]
        for file in differing:
            print(f"{file}: {earlier.get(file)} before, {later.get(file)} after")

        pairs = []
        for i in range(options.pairs):
            # Which of the two comes first changes, so that none always has the warmer machine.
            order = [options.before, options.after][:: 1 if i % 2 == 0 else -1]
            times = {program: seconds(program, files) for program in order}
            pairs.append((times[options.before], times[options.after]))
        ratios = [after / before for before, after in pairs]
        print(f"{len(files)} archives, {options.pairs} pairs: after / before {statistics.median(ratios):.3f} of the "
              f"time (from {min(ratios):.3f} to {max(ratios):.3f}; medians "
              f"{statistics.median(before for before, _ in pairs):.3f} s before, "
              f"{statistics.median(after for _, after in pairs):.3f} s after)")
        if options.instructions:
            before, after = (instructions(program, files) for program in (options.before, options.after))
            print(f"{after / before:.3f} of the instructions ({before:,} before, {after:,} after)")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
