#!/usr/bin/env python3
"""How fast the hunt is beside a bare loop that builds, saves and loads the same programs without us.

    .venv/bin/python tools/keras/hunt_rate.py --revive build/release/tools/revive --turns 5 --cases 200

The hunt runs as it is called by default, with its list of known failures, and with --programs, which keeps what Keras
took; the bare loop then executes each of these, saves what it makes (model.save(), or serialize_keras_object() through
JSON), loads it, and compares nothing. Both in CPU seconds of all their processes, the hunt's without shrinking, without
programs that run alone and without starting Keras. They take short turns, so that whatever else the machine does falls
on both alike: the ratio is that of the sums, and its spread is that of the turns. Exit code 1 below half.
"""

import argparse
import gc
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import types
import warnings


HERE = pathlib.Path(__file__).parent.absolute()


def bare_loop(programs):
    """CPU seconds of the programs, each built, saved and loaded."""
    os.environ.setdefault("KERAS_BACKEND", "numpy")
    import keras
    import numpy as np

    from hunt_build import import_the_rest
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    keras.config.enable_unsafe_deserialization()
    import_the_rest()
    gc.collect()
    gc.freeze()
    start = time.process_time()
    for text in programs:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        keras.utils.clear_session(free_memory=False)
        try:
            exec(compile(text, "<program>", "exec"), module.__dict__)
            thing = module.make()
            if hasattr(module, "use"):
                module.use(thing)
            if hasattr(module, "step"):
                module.step(thing)
            custom = {name: value for name, value in vars(module).items()
                      if callable(value) and getattr(value, "__module__", "") == "__main__"}
            if isinstance(thing, keras.Model):
                thing.save("model.keras")
                keras.saving.load_model("model.keras", custom_objects=custom, safe_mode=False)
            else:
                saved = json.dumps(keras.saving.serialize_keras_object(thing))
                with keras.saving.custom_object_scope(custom):
                    keras.saving.deserialize_keras_object(json.loads(saved), safe_mode=False)
        except Exception:
            # What the hunt would report.
            continue
    return time.process_time() - start


def cpu_seconds(command):
    """CPU seconds of a process and of all that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def hunt(options, folder, first, cases):
    """CPU seconds of a hunt that shrinks nothing, and the programs that Keras took."""
    programs = pathlib.Path(folder) / "programs.json"
    seconds = cpu_seconds([options.revive, "hunt", "--python", options.python, "--keras", str(HERE), "--seed", options.seed,
                           "--from", str(first), "--cases", str(cases), "--jobs", "1", "--out", folder,
                           "--known", options.known, "--no-shrink", "--programs", programs])
    return seconds, json.loads(programs.read_text())


def bare(options, folder):
    """CPU seconds of the bare loop over the programs that the hunt wrote last, in an interpreter of its own."""
    said = subprocess.run([options.python, str(HERE / "hunt_rate.py"), "--revive", "", "--bare", "programs.json"], cwd=folder,
                          stdout=subprocess.PIPE, text=True, check=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"})
    return float(said.stdout.split()[-1])


def turn(options, folder, number):
    """How many programs, and the CPU seconds that the hunt and the bare loop took for them."""
    first = options.first + number * options.cases
    # Starting Keras is no part of a rate.
    start, _ = hunt(options, folder, first, 1)
    seconds, programs = hunt(options, folder, first, options.cases)
    alone = bare(options, folder)
    # The first case is in both. Of the same programs: what the hunt spends on those that Keras refuses is its own.
    return len(programs), (seconds - start) * options.cases / (options.cases - 1), alone


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--revive", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0, help="the first case")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--cases", type=int, default=200, help="in one turn")
    parser.add_argument("--known", default=str(HERE / "known_failures.json"), help="'' for none")
    parser.add_argument("--bare", help="the bare loop alone, over the programs of this file")
    options = parser.parse_args()
    if options.bare:
        print(bare_loop(json.loads(pathlib.Path(options.bare).read_text())))
        return 0
    options.revive = os.path.abspath(options.revive)
    options.python = os.path.abspath(options.python)
    turns = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.turns):
            programs, seconds, alone = turn(options, folder, number)
            turns.append((programs, seconds, alone))
            print(f"turn {1 + number}: {programs} programs, {seconds:.1f} and {alone:.1f} CPU seconds, ratio {alone / seconds:.2f}",
                  flush=True)
    programs, seconds, alone = (sum(each) for each in zip(*turns))
    ratios = [alone / seconds for _, seconds, alone in turns]
    spread = statistics.stdev(ratios) if len(ratios) > 1 else 0
    print(f"{programs} programs: the hunt {programs / seconds:.1f}, the bare loop {programs / alone:.1f} a CPU second; "
          f"ratio {alone / seconds:.2f}, of the turns {min(ratios):.2f} to {max(ratios):.2f} (standard deviation {spread:.2f})")
    return 0 if alone >= seconds / 2 else 1


if __name__ == "__main__":
    sys.exit(main())
