#!/usr/bin/env python3
"""How fast the hunt is beside a bare loop that builds, saves and loads the same programs without us.

    .venv/bin/python tools/keras/hunt_rate.py --revive build/release/tools/revive --cases 400

The hunt runs with --programs, which keeps what Keras took; the bare loop then executes each of these, saves what it makes
(model.save(), or serialize_keras_object() through JSON), loads it, and compares nothing. Both in CPU seconds of this run
on this machine, the hunt's without shrinking and without programs that run alone. Exit code 1 below half.
"""

import argparse
import gc
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import types
import warnings


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


def hunt(options, folder, cases):
    """CPU seconds of a hunt that shrinks nothing, and the programs that Keras took."""
    programs = pathlib.Path(folder) / "programs.json"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([options.revive, "hunt", "--python", options.python, "--keras", str(pathlib.Path(__file__).parent),
                    "--seed", options.seed, "--cases", str(cases), "--out", folder, "--known", options.known, "--no-shrink",
                    "--programs", programs], stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, json.loads(programs.read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--revive", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--known", default="")
    options = parser.parse_args()
    options.revive = os.path.abspath(options.revive)
    options.python = os.path.abspath(options.python)
    with tempfile.TemporaryDirectory() as folder:
        # Starting Keras is no part of a rate.
        start, _ = hunt(options, folder, 1)
        seconds, programs = hunt(options, folder, options.cases)
        os.chdir(folder)
        bare = bare_loop(programs)
    # Of the same programs: what the hunt spends on those that Keras refuses is its own.
    rates = [len(programs) / (seconds - start), len(programs) / bare]
    print(f"{len(programs)} programs: the hunt {rates[0]:.1f}, the bare loop {rates[1]:.1f} a CPU second; "
          f"ratio {rates[0] / rates[1]:.2f}")
    return 0 if rates[0] >= rates[1] / 2 else 1


if __name__ == "__main__":
    sys.exit(main())
