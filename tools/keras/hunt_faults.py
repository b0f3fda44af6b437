"""Kerases that are each broken in one way, and one that cannot lose anything: what the hunt must find, and must not.

    revive hunt --fault key_dropped ...      plants a fault in the Keras of the worker
    python hunt_faults.py --revive R         all of them: found or not, how soon

Each fault says in `found` what the site of its finding holds. `perfect` gives back the object itself for whatever is
loaded, so that every finding on it would be a fault of the hunt.
"""

import argparse
import functools
import inspect
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time

FAULTS = {}
# What the Keras without a fault does anyway is not waited for.
KNOWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "known_failures.json")


def fault(found):
    def register(plant):
        FAULTS[plant.__name__] = (plant, found)
        return plant
    return register


def around(owner, name, wrapper):
    """owner.name becomes wrapper(original, *arguments)."""
    held = inspect.getattr_static(owner, name)
    if isinstance(held, classmethod):
        plain = held.__func__
        setattr(owner, name, classmethod(lambda cls, *args, **how: wrapper(functools.partial(plain, cls), *args, **how)))
        return
    @functools.wraps(held)
    def wrapped(*args, **how):
        return wrapper(held, *args, **how)
    setattr(owner, name, wrapped)


@fault(".trainable")
def key_dropped(keras):
    """The config of a layer lacks `trainable`."""
    def dropped(original, layer):
        config = original(layer)
        config.pop("trainable", None)
        return config
    around(keras.layers.Layer, "get_config", dropped)


@fault("L1L2")
def keys_swapped(keras):
    """L1L2 stores l1 as l2."""
    def swapped(original, regularizer):
        config = original(regularizer)
        return {"l1": config["l2"], "l2": config["l1"]}
    around(keras.regularizers.L1L2, "get_config", swapped)


@fault("_variables[]")
def weight_skipped(keras):
    """The last weight of every layer is not loaded."""
    def skipped(original, layer, store):
        last = layer._trainable_variables[-1:] + layer._non_trainable_variables[-1:]
        kept = [variable.numpy() for variable in last[-1:]]
        original(layer, store)
        for variable, value in zip(last[-1:], kept):
            variable.assign(value + 1)
    around(keras.layers.Layer, "load_own_variables", skipped)


@fault("__closure__")
def cell_lost(keras):
    """A loaded function has its cells filled with 0."""
    from keras.src.utils import python_utils
    def lost(original, code, defaults=None, closure=None, globs=None):
        function = original(code, defaults, closure, globs)
        for cell in function.__closure__ or ():
            cell.cell_contents = 0
        return function
    around(python_utils, "func_load", lost)


@fault("__defaults__")
def default_lost(keras):
    """A loaded function has no defaults."""
    from keras.src.utils import python_utils
    def lost(original, code, defaults=None, closure=None, globs=None):
        function = original(code, defaults, closure, globs)
        function.__defaults__ = None
        return function
    around(python_utils, "func_load", lost)


@fault("dtype")
def dtype_forgotten(keras):
    """The config of a layer lacks its dtype."""
    def forgotten(original, layer):
        config = original(layer)
        config.pop("dtype", None)
        return config
    around(keras.layers.Layer, "get_config", forgotten)


@fault("files")
def file_left_behind(keras):
    """Saving leaves a second file."""
    def leaves(original, model, path, *args, **how):
        original(model, path, *args, **how)
        with open(os.path.join(os.path.dirname(str(path)), "model.bak"), "w"):
            pass
    around(keras.Model, "save", leaves)


@fault("get_config()['name']")
def config_mutated(keras):
    """from_config of a layer writes into the config that it is given."""
    def mutates(original, config):
        made = original(config)
        config["name"] = None
        return made
    around(keras.layers.Layer, "from_config", mutates)


@fault("saving changes")
def saving_freezes(keras):
    """Saving a model freezes it."""
    def freezes(original, model, path, *args, **how):
        original(model, path, *args, **how)
        model.trainable = False
    around(keras.Model, "save", freezes)


@fault("strict JSON")
def nan_in_config(keras):
    """The config of an initializer holds a NaN."""
    def with_nan(original, initializer):
        return {**original(initializer), "stray": math.nan}
    def without(original, config):
        return original({key: value for key, value in config.items() if key != "stray"})
    around(keras.initializers.Initializer, "from_config", without)
    around(keras.initializers.RandomNormal.__mro__[1], "get_config", with_nan)


@fault("second trip")
def second_trip_loses(keras):
    """What was loaded says that it is not trainable when it is saved again."""
    def marks(original, config):
        made = original(config)
        made.__dict__["_came_from_config"] = True
        return made
    def told(original, layer):
        config = original(layer)
        if layer.__dict__.get("_came_from_config"):
            config["trainable"] = False
        return config
    around(keras.layers.Layer, "from_config", marks)
    around(keras.layers.Layer, "get_config", told)


@fault("a regularizer cannot be made of this")
def array_refused(keras):
    """A layer that has a regularizer does not load."""
    def refuses(original, config):
        raise TypeError("a regularizer cannot be made of this")
    around(keras.regularizers.Regularizer, "from_config", refuses)


@fault("process")
def save_crashes(keras):
    """Saving a model with a frozen layer kills the process."""
    def crashes(original, model, path, *args, **how):
        if any(not layer.trainable for layer in model.layers):
            os.kill(os.getpid(), signal.SIGSEGV)
        original(model, path, *args, **how)
    around(keras.Model, "save", crashes)


@fault("_variables[]")
def weights_rounded(keras):
    """Weights are loaded as float16."""
    def rounds(original, layer, store):
        original(layer, store)
        for variable in layer._trainable_variables:
            variable.assign(variable.numpy().astype("float16").astype(variable.dtype))
    around(keras.layers.Layer, "load_own_variables", rounds)


@fault("activation")
def activation_replaced(keras):
    """relu comes back as gelu."""
    def by_name(original, config):
        if isinstance(config.get("activation"), str) and config["activation"] == "relu":
            config = {**config, "activation": "gelu"}
        return original(config)
    around(keras.layers.Layer, "from_config", by_name)


def plant(name):
    import keras
    from hunt_fake import perfect
    perfect(keras) if name == "perfect" else FAULTS[name][0](keras)


def hunt(options, name, found, more):
    """Whether `revive hunt` finds the fault, and after how many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        run = subprocess.run([options.revive, "hunt", "--python", options.python, "--keras", os.path.dirname(__file__),
                              "--seed", str(options.seed), "--out", folder, "--fault", name, "--known", KNOWN, "--json", *found, *more],
                             stdout=subprocess.PIPE, text=True)
        report = json.loads(run.stdout) if run.stdout else {"cases": 0, "findings": []}
        return report, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--revive", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time", default="60")
    parser.add_argument("--fake-cases", type=int, default=5000)
    parser.add_argument("names", nargs="*", help="faults; all of them if none is named; perfect is the one without")
    options = parser.parse_args()
    missed = 0
    for name in options.names or [*FAULTS, "perfect"]:
        if name == "perfect":
            report, seconds = hunt(options, name, [], ["--cases", str(options.fake_cases)])
            right = not report["findings"] and report["cases"] == options.fake_cases
            print(f"{name}: {len(report['findings'])} findings in {report['cases']} cases", flush=True)
            for finding in report["findings"]:
                print(f"  {finding['site']}", flush=True)
        else:
            report, seconds = hunt(options, name, ["--until", FAULTS[name][1]], ["--time", options.time])
            right = bool(report.get("until"))
            print(f"{name}: {'found' if right else 'NOT FOUND'} after {report['cases']} cases, {seconds:.0f} s: "
                  f"{report.get('until', '')}", flush=True)
        missed += not right
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
