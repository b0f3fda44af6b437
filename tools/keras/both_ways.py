#!/usr/bin/env python3
"""Generated stacks from revive to stock Keras and back.

    both_ways.py --revive PROGRAM --work FOLDER [--count 200] [--seed 1] [--profile tame|specials] [--lambdas N]
                 [--layers CLASSES] [--jobs N]

`revive generate` writes the archives; witness.py loads them in stock Keras in safe mode, compares the outputs and
saves them again; `revive diff --what-runs` then compares what Keras saved with what revive had written: weights by
bits, and outputs by bits on the generated input. With --lambdas the stacks are of Lambda layers alone, and every op of
`revive ops` has to come up in at least N places; with --layers they are of these classes alone. Exit code 0 if all of it holds.
"""

import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def run(*command):
    """The exit code of a command whose output goes where ours goes."""
    return subprocess.run([str(part) for part in command], check=False).returncode


def classes_in(value):
    """The op classes of a config, as often as they are there."""
    if isinstance(value, list):
        for item in value:
            yield from classes_in(item)
    elif isinstance(value, dict):
        if str(value.get("module", "")).startswith("keras.src.ops"):
            yield value["module"], value["class_name"]
        for item in value.values():
            yield from classes_in(item)


def rare_ops(revive, archives, least):
    """The ops that come up less often than they should, with how often they do."""
    count = collections.Counter()
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            count.update(classes_in(json.loads(opened.read("config.json"))))
    ops = json.loads(subprocess.run([revive, "ops", "--json"], check=True, capture_output=True, text=True).stdout)
    print(f"{len(ops)} ops in {sum(count.values())} places")
    return {op["function"]: count[op["module"], op["class_name"]] for op in ops
            if count[op["module"], op["class_name"]] < least}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--revive", required=True, help="the revive program")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="a folder that may be emptied")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", choices=["tame", "specials"], default="tame")
    parser.add_argument("--jobs", type=int, default=1, help="so many processes of Keras")
    parser.add_argument("--lambdas", type=int, metavar="N", help="stacks of lambdas, with every op in N places or more")
    parser.add_argument("--layers", default="", help="stacks of these classes alone, as in Dense,ReLU")
    arguments = parser.parse_args()

    ours, theirs = arguments.work / "revive", arguments.work / "keras"
    for folder in (ours, theirs):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    if run(arguments.revive, "generate", "-n", arguments.count, "--seed", arguments.seed, "--profile", arguments.profile,
           *(["--lambdas"] if arguments.lambdas is not None else []),
           *(["--layers", arguments.layers] if arguments.layers else []), "--out", ours) != 0:
        return 1
    if arguments.lambdas and (rare := rare_ops(arguments.revive, sorted(ours.glob("*.keras")), arguments.lambdas)):
        print(f"too rare: {rare}")
        return 1
    witnesses = [
        subprocess.Popen([sys.executable, HERE / "witness.py", ours, "--resave", theirs, "--profile", arguments.profile,
                          "--revive", arguments.revive, "--share", f"{job}/{arguments.jobs}"])
        for job in range(arguments.jobs)]
    failed = sum(witness.wait() != 0 for witness in witnesses)

    saved = sorted(theirs.glob("*.keras"))
    different = 0
    for archive in saved:
        compared = subprocess.run(
            [arguments.revive, "diff", "--what-runs", ours / archive.name, archive,
             "--input", ours / f"{archive.stem}.input.npy"],
            check=False, capture_output=True, text=True)
        if compared.returncode != 0:
            different += 1
            print(f"{archive}: {compared.stdout.strip()} {compared.stderr.strip()}")
    print(f"{len(saved)} of {arguments.count} archives saved again by Keras; "
          f"{len(saved) - different} have the same bits in weights and outputs here")
    return 0 if failed == 0 and different == 0 and len(saved) == arguments.count else 1


if __name__ == "__main__":
    sys.exit(main())
