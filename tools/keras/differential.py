#!/usr/bin/env python3
"""Lambdas over the whole function table, computed by stock Keras and by revive.

    differential.py --revive PROGRAM --work FOLDER [--family {tf,K,np,ops}] [--count N] [--seed S]

A family is the names that begin so: tf.* and K.* are asked of TensorFlow (the environment "tensorflow"), np.* of Keras'
NumPy backend, ops.* and keras.activations.* of Keras on JAX. Calls are drawn from what `revive ops --functions --json`
declares, the functions and parameters that were reached least first, nested in one another and in Python's operators.
What stock Keras refuses to compute cannot be in an archive and is drawn again. Everything else revive answers with the
same values and dtype (up to NARROWED) or refuses with a sentence.

Standard output has a line for each family, all four if none is named, each in a process of its own; exit code 1 if anything is different, or less was reached than
--each-function and --each-parameter ask for.
"""

import argparse
import base64
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import warnings

HERE = pathlib.Path(__file__).resolve().parent
BACKENDS = {"tf": "tensorflow", "K": "tensorflow", "np": "numpy", "ops": "jax"}
# The environments of environments.txt in which the backends are.
ENVIRONMENTS = {"tensorflow": "tensorflow", "numpy": "keras", "jax": "keras"}
PREFIXES = {"tf": ("tf.",), "K": ("K.",), "np": ("np.",), "ops": ("ops.", "keras.activations.")}

# The rule that the comparison applies to what NumPy and TensorFlow compute with 64 bits without being asked: revive, like
# JAX without x64, computes it with 32. Keras' own ops have no such exception.
WITH_32_BITS = {"float64": "float32", "int64": "int32", "uint64": "uint32"}
NARROWED = {"tf": WITH_32_BITS, "K": WITH_32_BITS, "np": WITH_32_BITS, "ops": {}}
# And to what is asked for by name: revive stores a cast to 64 bits, which JAX narrows when it runs it.
NARROWED_BY_JAX = {"ops": WITH_32_BITS}

# What a call's tensor may be instead of x, and what may be done with a result.
SUBJECTS = ("x * 2", "x + 1", "-x", "x - x[:, :1]", "x[:, 1:]", "x[:, ::-1]", "x > 0", "x / 2", "x // 2", "x % 3",
            "x ** 2", "x & 3", "x | 4", "x ^ 5", "~x", "abs(x)", "x == 1", "1 - x", "2 / (x + 3)", "x[..., :1] * x")
RESULTS = ("{} + 1", "{} * 2", "{} / 2", "{} // 2", "{} % 3", "{} ** 2", "-{}", "{} > 0", "~{}", "{} & 1", "{} | 2",
           "{} ^ 3", "abs({})", "{}[:, 0]", "{}[:, -1:]", "{} - 0.5", "0.5 * {}", "{} == {}", "1 - {}", "{} + {}")
# Of those, what jumps. They follow on numbers that are the same whatever the order of a sum.
JUMPS = ("{} // 2", "{} % 3", "{} > 0", "{} == {}")
GRID = 64
# Where these put NaN, which other functions may give, depends on what stands beside it. TensorFlow's max pooling passes
# over it, and gives the least float32 for a window of nothing else, where JAX' and NumPy's give NaN.
NOT_OF_NAN = ("top_k", "sort", "argmin", "argmax", "arg_min", "arg_max", "rgb_to_hsv", "adjust_hue",
              "tf.nn.max_pool", "tf.nn.max_pool1d", "tf.nn.max_pool2d", "tf.nn.pool", "K.pool2d")
# These give round numbers but for their last bits, so what jumps there may jump or not: they stand alone. A tanh of ints
# is 1 in 32 bits where it is not yet in 64.
ALONE = ("tf.image.adjust_hue", "tf.image.rgb_to_yiq", "tf.image.rgb_to_yuv", "tf.math.reciprocal", "tf.reciprocal",
         "np.tanh")
ATTEMPTS = 60


def load(family):
    """The names that lambdas of the family read, and what makes an input of NumPy's array."""
    os.environ["KERAS_BACKEND"] = BACKENDS[family]
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    # Whose kernels end the process where the others raise an error.
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    import keras
    import numpy as np

    names = {"keras": keras, "ops": keras.ops, "np": np, "math": __import__("math")}
    if BACKENDS[family] == "tensorflow":
        import tensorflow as tf

        names |= {"tf": tf, "K": tf.keras.backend}
    return names, keras.ops.convert_to_tensor if family != "np" else np.asarray


def input_array(np, kind, shape, seed):
    """Quarters or sixteenths, so that sums are exact, or small ints; some are zero and some equal."""
    steps = np.random.default_rng(seed).integers(-8, 9, size=shape)
    if kind == "i":
        return (steps // 2).astype("int32")
    if kind == "b":
        return steps > 0
    scale, shift = {"f": (4, 0), "u": (16, 0), "p": (4, 2.25)}[kind]
    return (steps / scale + shift).astype("float32")


class Family:
    def __init__(self, family, functions, seed):
        self.family, self.random = family, random.Random(f"{family} {seed}")
        self.names, self.tensor = load(family)
        self.np = self.names["np"]
        self.functions = [each for each in functions if each["path"].startswith(PREFIXES[family]) and self.has(each)]
        self.by_path = {each["path"]: each for each in self.functions}
        self.calls, self.parameters = collections.Counter(), collections.Counter()
        self.computed = {}

    def has(self, function):
        """Whether stock Keras has the function at all."""
        try:
            return eval(function["path"], self.names) is not None
        except AttributeError:
            return False

    def call(self, function, depth=0):
        """The text of a call, and the functions and parameters in it."""
        path, used = function["path"], [(function["path"], None)]
        asked = [each for each in function["parameters"] if not each["gone"]]
        optional = [each for each in asked if not each["required"]]
        least = min(optional, key=lambda each: self.parameters[path, each["name"]], default=None)
        parts, by_name = [], False
        for position, parameter in enumerate(asked):
            if not parameter["required"] and parameter is not least and self.random.random() > 0.3:
                by_name = True
                continue
            if parameter is least and self.random.random() < 0.2:
                by_name = True
                continue
            text = self.random.choice(parameter["examples"])
            nests = depth < 2 and not path.endswith(NOT_OF_NAN)
            if position == 0 and text == "x" and nests:
                text, inner = self.subject(depth)
                used += inner
            elif position == 0 and self.random.random() < 0.5:
                text = parameter["examples"][0]
            used.append((path, parameter["name"]))
            if parameter["variadic"]:
                parts.append(", ".join([text] * self.random.choice((1, 2))))
            elif by_name or self.random.random() < 0.2:
                by_name = True
                parts.append(f"{parameter['name']}={text}")
            else:
                parts.append(text)
        return f"{path}({', '.join(parts)})", used

    def subject(self, depth):
        """Mostly x."""
        chance = self.random.random()
        if chance < 0.65:
            return "x", []
        if chance < 0.85:
            return f"({self.random.choice(SUBJECTS)})", []
        inner = [each for each in self.functions if each["path"] not in ALONE]
        return self.call(self.random.choice(inner), depth + 1) if inner else ("x", [])

    def jumps_anywhere(self, form, text, x):
        """Whether the form jumps, and the number it is given may be one of two beside each other."""
        if form not in JUMPS:
            return False
        np = self.np
        numbers = np.asarray(self.compute(text, x))
        if numbers.dtype.kind != "f":
            return False
        with np.errstate(all="ignore"):
            return bool((np.isfinite(numbers) & (numbers * GRID != np.round(numbers * GRID))).any())

    def draw(self, function, x):
        text, used = self.call(function)
        if self.random.random() < 0.25 and function["path"] not in ALONE:
            form = self.random.choice(RESULTS)
            if self.jumps_anywhere(form, text, x):
                return text, used
            text = form.format(*[f"({text})" if form[0] != "{" else text] * form.count("{}"))
        return text, used

    def compute(self, text, x):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return eval(f"lambda x: {text}", self.names)(x)

    def static_number(self, text):
        """x and a number that does not depend on its values."""
        return f"x * {self.random.choice(('float', 'int'))}({text})"

    def as_tensor(self, text, result, x):
        """The text, changed until its result is one tensor that has the batch in front; None if nothing helps."""
        for _ in range(3):
            if isinstance(result, str):
                text = f"x * (2.0 if {text} == '{result}' else 3.0)"
            elif isinstance(result, (bool, int, float)) or (self.np.isscalar(result) and not hasattr(result, "shape")):
                text = self.static_number(text)
            elif isinstance(result, (list, tuple)) or type(result).__name__ == "TensorShape":
                if len(result) == 0:
                    return None
                text = f"({text})[{self.random.randrange(len(result))}]"
            elif "DType" in type(result).__name__ or "dtype" in type(result).__name__:
                return None
            else:
                shape = tuple(result.shape)
                if "complex" in str(result.dtype):
                    prefix = "np" if self.family == "np" else "tf.math"
                    text = self.random.choice((f"{prefix}.real({text})", f"{prefix}.imag({text})", f"{prefix}.abs({text})"))
                elif shape[:1] == (5,):
                    return text, result
                elif len(shape) == 1 and "shape" in text and shape[0] > 1:
                    text = f"({text})[{self.random.randrange(shape[0])}]"
                elif self.family == "tf":
                    text = f"tf.cast(x, 'float32') + tf.cast({text}, 'float32')"
                elif self.family == "K":
                    text = f"K.cast(x, 'float32') + K.cast({text}, 'float32')"
                elif self.family == "np":
                    text = f"x + {text}"
                else:
                    text = f"x + ops.cast({text}, 'float32')"
            result = self.compute(text, x)
        return None

    def attempt(self, function):
        kinds = self.random.choice(function["inputs"])
        seed = self.random.randrange(1 << 30)
        array = input_array(self.np, kinds["kind"], kinds["shape"], seed)
        x = self.tensor(array)
        try:
            text, used = self.draw(function, x)
            found = self.as_tensor(text, self.compute(text, x), x)
            if found is None:
                return None
            text, result = found
            output = self.np.asarray(result)
        except Exception:
            return None
        if output.dtype.kind not in "fiub" or output.size > 20000:
            return None
        unknown = [1] if array.ndim > 2 and self.random.random() < 0.05 else []
        return {"lambda": f"lambda x: {text}", "array": array, "output": output, "used": used, "unknown": unknown}

    def run(self, count):
        cases, barren = [], collections.Counter()
        while len(cases) < count:
            # A function that stock Keras computes on nothing that is drawn is not asked for ever.
            function = min(self.functions, key=lambda each: (self.calls[each["path"]] + barren[each["path"]],
                                                             self.random.random()))
            case = next(filter(None, (self.attempt(function) for _ in range(ATTEMPTS))), None)
            if case is None:
                barren[function["path"]] += 1
                if barren[function["path"]] > 2 * count:
                    raise SystemExit(f"{self.family}: stock Keras computes nothing that is drawn")
                continue
            cases.append(case)
            for path, parameter in case["used"]:
                if parameter is None:
                    self.calls[path] += 1
                else:
                    self.parameters[path, parameter] += 1
        return cases


def tensor_value(array):
    array = array.astype(array.dtype.newbyteorder("<"))
    return {"dtype": str(array.dtype.name), "shape": list(array.shape),
            "data": base64.b64encode(array.tobytes()).decode()}


def answers(revive, work, family, cases):
    """What revive says of each."""
    path = work / f"{family}.jsonl"
    path.write_text("".join(json.dumps({"lambda": case["lambda"], "input": tensor_value(case["array"]),
                                        "unknown": case["unknown"]}) + "\n" for case in cases))
    done = subprocess.run([revive, "evaluate", path], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def difference(np, family, case, answer):
    """None if the answer is that of stock Keras, else one sentence."""
    from agreement import disagreement

    value = answer["output"]
    ours = np.frombuffer(base64.b64decode(value["data"]), value["dtype"]).reshape(value["shape"])
    theirs = case["output"]
    narrowed = NARROWED[family].get(theirs.dtype.name, theirs.dtype.name)
    if ours.dtype.name == narrowed:
        with np.errstate(all="ignore"):
            theirs = theirs.astype(narrowed)
    if NARROWED_BY_JAX.get(family, {}).get(ours.dtype.name) == theirs.dtype.name:
        ours = ours.astype(theirs.dtype)
    return disagreement(ours, theirs, "tame")


def every_family(arguments):
    """The same call for each family, in the environment of its backend."""
    folders = {}
    for line in (HERE / "environments.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, folder, *_ = line.split()
            folders[name] = HERE.parent.parent / folder
    codes = []
    for family, backend in BACKENDS.items():
        python = folders[ENVIRONMENTS[backend]] / "bin" / "python"
        codes.append(subprocess.run([python, __file__, *arguments, "--family", family], check=False).returncode)
    return max(codes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--revive", required=True, help="the revive program")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="a folder for what is asked")
    parser.add_argument("--family", choices=BACKENDS, help="all of them if none is named")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each-function", type=int, default=1, help="how often each has to be reached")
    parser.add_argument("--each-parameter", type=int, default=0)
    parser.add_argument("--function", help="only this one, by its path")
    parser.add_argument("--refused", action="store_true", help="say what was refused, and why")
    arguments = parser.parse_args()
    if arguments.family is None:
        return every_family(sys.argv[1:])
    arguments.work.mkdir(parents=True, exist_ok=True)

    listed = subprocess.run([arguments.revive, "ops", "--functions", "--json"], check=True, capture_output=True)
    family = Family(arguments.family, json.loads(listed.stdout), arguments.seed)
    if arguments.function is not None:
        family.functions = [each for each in family.functions if each["path"] == arguments.function]
    cases = family.run(arguments.count)

    equal, refused, different = 0, collections.Counter(), 0
    answered = collections.Counter()
    for case, answer in zip(cases, answers(arguments.revive, arguments.work, arguments.family, cases), strict=True):
        if "refused" in answer:
            refused[answer["refused"]["message"]] += 1
            if arguments.refused:
                print(f"refused: {case['lambda']} of {case['array'].dtype.name} {list(case['array'].shape)}: "
                      f"{answer['refused']['place']}: {answer['refused']['message']}")
            continue
        sentence = difference(family.np, arguments.family, case, answer)
        if sentence is None:
            equal += 1
            answered.update({path for path, parameter in case["used"] if parameter is None})
            continue
        different += 1
        print(f"DIFFERENT: {case['lambda']} of {case['array'].dtype.name} {list(case['array'].shape)}: {sentence}")

    functions = [each["path"] for each in family.functions]
    parameters = [(each["path"], parameter["name"]) for each in family.functions for parameter in each["parameters"]
                  if not parameter["gone"]]
    few = [path for path in functions if family.calls[path] < arguments.each_function]
    rare = [each for each in parameters if family.parameters[each] < arguments.each_parameter]
    if few:
        print(f"reached less than {arguments.each_function} times: {' '.join(few)}")
    if rare:
        print(f"given less than {arguments.each_parameter} times: {' '.join('.'.join(each) for each in rare)}")
    never = [path for path in functions if answered[path] == 0]
    if never:
        print(f"always refused: {' '.join(never)}")
    print(f"{arguments.family} (seed {arguments.seed}): {len(cases)} expressions, {len(functions) - len(few)} of "
          f"{len(functions)} functions reached, {len(parameters) - len(rare)} of {len(parameters)} parameters, "
          f"{equal} equal, {sum(refused.values())} refused, {different} different")
    return 0 if different == 0 and not few and not rare else 1


if __name__ == "__main__":
    sys.exit(main())
