"""The canonical typed snapshot of an object of Keras: a flat object from Python expressions to what they are.

One function makes it everywhere: before saving, after loading, in a fresh process, in another version. A path is an
expression over `thing` and `use`, so that a difference can be printed as a check of its own; a leaf is text in which
1, 1.0, True, (1,) and [1] differ and arrays stand with their dtype, shape and bits.
"""

import functools
import hashlib
import inspect
import os
import pathlib
import traceback
import types

import keras
import numpy as np

DEEPEST = 12
KERAS_FOLDER = os.path.dirname(keras.__file__)
# What says how an object came to be, not what it is.
SKIPPED = {"input_spec", "built", "compiled", "supports_jit", "jit_compile", "autocast", "stop_training", "stop_predicting",
           "stop_evaluating", "history",
           "call_signature_parameters", "inputs", "outputs", "distribute_strategy", "run_eagerly", "build", "quantize",
           "save_own_variables", "load_own_variables", "weights", "variables", "layers", "submodules", "metrics",
           "loss_tracker", "loss", "optimizer", "steps_per_execution", "train_function",
           "test_function", "predict_function", "is_gptq_calibrated", "is_awq_calibrated"}
# What a config says of how it was built, and code that marshal writes differently each time; state has the code.
SKIPPED_KEYS = {"build_config", "build_input_shape", "code"}
ARRAYS_SHOWN = 4


# What keras.Variable is made of: the weights of some releases are of that class, and not of the public one.
VARIABLES = tuple({getattr(keras, "Variable", keras.src.backend.Variable), keras.src.backend.Variable})

def is_marshalled(text):
    """Whether it begins like a function: its type, and how many arguments it has. State has the code, which marshal
    writes differently each time."""
    return text[:2] in ("4w", "4Q", "Yw") and text[3:7] == "AAAA"


@functools.cache
def public_name(cls):
    """keras.layers.Dense for keras.src.layers.core.dense.Dense; None for what is not public."""
    for space in ("layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
                  "optimizers.schedules", "quantizers", "dtype_policies", "random", ""):
        module = keras
        for part in filter(None, space.split(".")):
            module = getattr(module, part, None)
        if getattr(module, cls.__name__, None) is cls:
            return ".".join(filter(None, ["keras", space, cls.__name__]))
    return None


@functools.cache
def parameter_names(cls):
    names = []
    for owner in cls.__mro__:
        if "__init__" not in owner.__dict__ or owner is object:
            continue
        try:
            taken = list(inspect.signature(owner.__dict__["__init__"]).parameters.values())[1:]
        except (TypeError, ValueError):
            break
        names += [p.name for p in taken if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name not in names]
    return names


def array_text(value):
    value = np.asarray(value)
    if value.dtype.kind in "OUS":
        return f"{value.dtype.kind}{value.shape} {value.tolist()!r}"[:400]
    digest = hashlib.sha1(np.ascontiguousarray(value).tobytes()).hexdigest()[:12]
    shown = ", ".join(repr(number.item()) if value.dtype.kind != "V" else "?" for number in value.ravel()[:ARRAYS_SHOWN])
    more = ", ..." if value.size > ARRAYS_SHOWN else ""
    return f"{value.dtype}{value.shape} {digest} [{shown}{more}]"


def code_text(code):
    digest = hashlib.sha1()

    def feed(code):
        digest.update(repr((code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount,
                            code.co_kwonlyargcount)).encode())
        for constant in code.co_consts:
            feed(constant) if isinstance(constant, types.CodeType) else digest.update(repr(constant).encode())

    feed(code)
    return f"code {digest.hexdigest()[:12]}"


def is_keras_object(value):
    module = type(value).__module__ or ""
    return module.startswith("keras.") or hasattr(value, "get_config")


def root_of(error):
    """What was raised first, where others only wrap its words in more words."""
    while True:
        inner = error.__cause__ or error.__context__
        if inner is None or not str(inner) or str(inner) not in str(error):
            return error
        error = inner


def error_of(error):
    """Type, innermost frame of Keras, and message of its root: what a failure is known by; and what it arrived as."""
    root = root_of(error)
    frame = ""
    for entry in traceback.extract_tb(root.__traceback__):
        parts = pathlib.PurePath(entry.filename).parts
        if "keras" in parts and "src" in parts and parts[-1] != "traceback_utils.py":
            frame = "/".join(parts[parts.index("src"):]) + ":" + entry.name
    return {"type": type(root).__name__, "raised": type(error).__name__, "frame": frame, "message": str(root)[:2000]}


class Snapshot:
    """Flattens one object; `leaves` is the result."""

    def __init__(self):
        self.leaves = {}
        self.above = []
        self.layers = {}
        self.variables = []

    def put(self, path, value, depth=0):
        leaves = self.leaves
        if value is None or isinstance(value, (bool, int, str)) and type(value) in (bool, int, str):
            leaves[path] = "code" if type(value) is str and is_marshalled(value) else repr(value)
        elif type(value) is float:
            leaves[path] = repr(value)
        elif isinstance(value, np.generic):
            leaves[path] = f"np.{value.dtype}({value.item()!r})"
        elif isinstance(value, VARIABLES):
            self.variables.append(value)
            leaves[path] = f"variable {array_text(value)}{'' if value.trainable else ' not trainable'}"
        elif isinstance(value, keras.KerasTensor):
            leaves[path] = f"KerasTensor({value.shape}, {value.dtype})"
        elif isinstance(value, np.ndarray) or keras.ops.is_tensor(value):
            leaves[path] = array_text(keras.ops.convert_to_numpy(value))
        elif depth > DEEPEST or any(value is outer for outer in self.above):
            leaves[path] = "..."
        else:
            self.above.append(value)
            self.put_compound(path, value, depth + 1)
            self.above.pop()

    def put_compound(self, path, value, depth):
        leaves = self.leaves
        if isinstance(value, dict):
            leaves[path] = f"dict of {[key for key in value if key not in SKIPPED_KEYS]}"
            for key, item in value.items():
                if key in SKIPPED_KEYS:
                    continue
                self.put(f"{path}[{key!r}]", item, depth)
        elif isinstance(value, (list, tuple)):
            leaves[path] = f"{'list' if isinstance(value, list) else 'tuple'} of {len(value)}"
            for i, item in enumerate(value):
                self.put(f"{path}[{i}]", item, depth)
        elif isinstance(value, (set, frozenset)):
            leaves[path] = f"set {sorted(map(repr, value))}"
        elif isinstance(value, functools.partial):
            leaves[path] = "partial"
            for part in ("func", "args", "keywords"):
                self.put(f"{path}.{part}", getattr(value, part), depth)
        elif isinstance(value, types.FunctionType):
            self.put_function(path, value, depth)
        elif isinstance(value, type):
            leaves[path] = f"class {value.__qualname__}"
        elif isinstance(value, keras.DTypePolicy):
            # A layer's policy of the same name is the same, whichever class spells it.
            leaves[f"{path}.name"] = repr(value.name)
        elif is_keras_object(value):
            self.put_object(path, value, depth)
        else:
            leaves[path] = f"a {type(value).__name__}"

    def put_function(self, path, value, depth):
        if value.__code__.co_filename.startswith(KERAS_FOLDER):
            self.leaves[path] = f"function {value.__module__}.{value.__qualname__}"
            return
        self.leaves[path] = "function"
        self.leaves[f"{path}.__code__.co_code"] = code_text(value.__code__)
        self.put(f"{path}.__defaults__", value.__defaults__, depth)
        self.put(f"{path}.__kwdefaults__", value.__kwdefaults__, depth)
        for i, cell in enumerate(value.__closure__ or ()):
            try:
                self.put(f"{path}.__closure__[{i}].cell_contents", cell.cell_contents, depth)
            except ValueError:
                self.leaves[f"{path}.__closure__[{i}].cell_contents"] = "empty"
        for name in value.__code__.co_names:
            held = value.__globals__.get(name)
            if name in value.__globals__ and not isinstance(held, types.ModuleType):
                self.put(f"{path}.__globals__[{name!r}]", held, depth)

    def put_object(self, path, value, depth):
        if isinstance(value, keras.layers.Layer):
            # The same layer in two places is one layer.
            if id(value) in self.layers:
                self.leaves[path] = f"the same as {self.layers[id(value)]}"
                return
            self.layers[id(value)] = path
        self.leaves[path] = f"<{public_name(type(value)) or type(value).__qualname__}>"
        held = vars(value)
        # What a constructor takes is in effect, or kept under its name.
        names = [name if name in held or hasattr(type(value), name) else f"_{name}" for name in parameter_names(type(value))]
        names += [name for name in held if name[0] != "_"]
        # What the function of a loss or a metric is given.
        names += [name for name in ("_fn_kwargs",) if name in held]
        for name in dict.fromkeys(names):
            # Seed generators are numbered as they come, and nothing goes by their names.
            of_seeds = isinstance(value, keras.random.SeedGenerator) and path != "thing"
            if name in SKIPPED or name == "name" and of_seeds:
                continue
            try:
                item = getattr(value, name)
            except Exception:
                continue
            # What a metric has counted is no part of what it is.
            counted = isinstance(value, keras.metrics.Metric) and isinstance(item, VARIABLES)
            if not counted and not isinstance(item, (types.MethodType, types.BuiltinMethodType)):
                self.put(f"{path}.{name}", item, depth)
        if isinstance(value, keras.layers.Layer):
            for kind in ("_trainable_variables", "_non_trainable_variables"):
                for i, variable in enumerate(getattr(value, kind, [])):
                    self.put(f"{path}.{kind}[{i}]", variable, depth)
            self.put(f"{path}.quantization_mode", getattr(value, "quantization_mode", None), depth)
            for i, layer in enumerate(getattr(value, "layers", None) or getattr(value, "_layers", [])):
                named = "layers" if getattr(value, "layers", None) else "_layers"
                if id(layer) not in self.layers:
                    self.put(f"{path}.{named}[{i}]", layer, depth)
