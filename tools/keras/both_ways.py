#!/usr/bin/env python3
"""Generated stacks from revive to stock Keras and back.

    both_ways.py --revive PROGRAM --work FOLDER [--count 200] [--seed 1] [--profile tame|specials] [--lambdas N]
                 [--layers CLASSES] [--each N] [--numpy-first] [--jobs N]

`revive generate` writes the archives; witness.py loads them in stock Keras in safe mode, compares the outputs and
saves them again; `revive diff --what-runs` then compares what Keras saved with what revive had written: weights by
bits, and outputs by bits on the generated input. With --lambdas the stacks are of Lambda layers alone, and every op of
`revive ops` has to come up in at least N places; with --layers they are of these classes alone. With --each every class
has to stand in at least N stacks: where chance gives fewer, so many of that class alone are added. With --numpy-first
Keras runs on NumPy, which compiles nothing, and what does not agree with that is judged on JAX. Exit code 0 if all of it
holds.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


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
    """The ops that come up less often than they should, with how often they do.

    Unstable ones are not drawn to be compared in a stack; differential.py compares them where they are stable.
    """
    count = collections.Counter()
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            count.update(classes_in(json.loads(opened.read("config.json"))))
    ops = json.loads(subprocess.run([revive, "ops", "--json"], check=True, capture_output=True, text=True).stdout)
    print(f"{len(ops)} ops in {sum(count.values())} places")
    return {op["function"]: count[op["module"], op["class_name"]] for op in ops
            if count[op["module"], op["class_name"]] < least and not op["unstable"]}


# The cells of layers that have no other: no archive names them.
UNNAMED = ("ConvLSTM1DCell", "ConvLSTM2DCell", "ConvLSTM3DCell")


def layers_in(value):
    """The layer classes of a config."""
    if isinstance(value, dict) and str(value.get("module", "")).startswith("keras"):
        yield value["class_name"]
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from layers_in(item)


def stacks_of_each(archives):
    """For each class, in how many archives it stands."""
    count = collections.Counter()
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            count.update(set(layers_in(json.loads(opened.read("config.json")))))
    # A lambda is stored as a graph of ops.
    count["Lambda"] = count["Functional"]
    return count


def generate(arguments, count, layers, folder):
    """The exit code of `revive generate`, and what it says."""
    done = subprocess.run(
        [arguments.revive, "generate", "-n", str(count), "--seed", str(arguments.seed), "--profile", arguments.profile,
         *(["--lambdas"] if arguments.lambdas is not None else []), *(["--layers", layers] if layers else []),
         "--out", folder], check=False, capture_output=True, text=True)
    return done.returncode, (done.stderr + done.stdout).strip()


def add_rare(arguments, folder):
    """Adds stacks of the classes that stand in fewer than --each, and prints all counts; the classes it cannot add."""
    listed = subprocess.run([arguments.revive, "layers"], check=True, capture_output=True, text=True).stdout
    names = dict.fromkeys(line.split()[0] for line in listed.splitlines()[1:] if line[:1].strip())
    count = stacks_of_each(folder.glob("*.keras"))
    failed, unmade = [], []
    for name in names:
        if name in UNNAMED or count[name] >= arguments.each:
            continue
        extra = folder / name
        # A cell stands in an RNN.
        for layers in (name, f"RNN,{name}"):
            code, said = generate(arguments, arguments.each, layers, extra)
            if code == 0:
                break
        if code != 0 and "generators make no" in said:
            unmade.append(name)
            continue
        for path in sorted(extra.glob("*")) if code == 0 else ():
            path.rename(folder / f"{name}.{path.name}")
        shutil.rmtree(extra, ignore_errors=True)
        again = stacks_of_each(folder.glob(f"{name}.*.keras"))[name]
        if count[name] + again < arguments.each:
            failed.append(name)
            print(f"{name}: stands in {count[name] + again} stacks, fewer than {arguments.each}: {said}")
    count = stacks_of_each(folder.glob("*.keras"))
    print(f"generators make none of {', '.join(unmade)}")
    print(", ".join(f"{name} {count[name]}" for name in sorted(names, key=lambda name: count[name]) if count[name]))
    return failed


def ask_keras(arguments, ours, theirs, backend, *more):
    """How many of the processes of Keras found something to differ."""
    witnesses = [
        subprocess.Popen([sys.executable, HERE / "witness.py", ours, "--resave", theirs, "--profile", arguments.profile,
                          "--revive", arguments.revive, "--share", f"{job}/{arguments.jobs}", *more],
                         env={**os.environ, "KERAS_BACKEND": backend})
        for job in range(arguments.jobs)]
    return sum(witness.wait() != 0 for witness in witnesses)


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
    parser.add_argument("--each", type=int, default=0, metavar="N", help="every class in N stacks or more")
    parser.add_argument("--numpy-first", action="store_true", help="JAX judges only what differs from NumPy")
    arguments = parser.parse_args()

    ours, theirs = arguments.work / "revive", arguments.work / "keras"
    for folder in (ours, theirs):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    code, said = generate(arguments, arguments.count, arguments.layers, ours)
    if code != 0:
        print(said)
        return 1
    if arguments.lambdas and (rare := rare_ops(arguments.revive, sorted(ours.glob("*.keras")), arguments.lambdas)):
        print(f"too rare: {rare}")
        return 1
    if arguments.each and add_rare(arguments, ours):
        return 1
    total = len(list(ours.glob("*.keras")))
    print(f"{total} stacks from seed {arguments.seed}", flush=True)
    failed = ask_keras(arguments, ours, theirs, "numpy", "--quiet") if arguments.numpy_first else 1
    if failed:
        failed = ask_keras(arguments, ours, theirs, "jax", "--rest")

    saved = sorted(theirs.glob("*.keras"))

    def compare(archive):
        return subprocess.run(
            [arguments.revive, "diff", "--what-runs", ours / archive.name, archive,
             "--input", ours / f"{archive.stem}.input.npy"],
            check=False, capture_output=True, text=True)

    different = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for archive, compared in zip(saved, pool.map(compare, saved)):
            if compared.returncode != 0:
                different += 1
                print(f"{archive}: {compared.stdout.strip()} {compared.stderr.strip()}")
    print(f"{len(saved)} of {total} archives saved again by Keras; "
          f"{len(saved) - different} have the same bits in weights and outputs here")
    return 0 if failed == 0 and different == 0 and len(saved) == total else 1


if __name__ == "__main__":
    sys.exit(main())
