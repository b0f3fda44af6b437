"""Every public class of the installed Keras with the parameters that it takes, by introspection."""

import ast
import importlib
import inspect
import textwrap

import keras

from hunt_snapshot import public_name

NAMESPACES = ["layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
              "optimizers.schedules", "quantizers", "dtype_policies", "random"]


def given_to_super(constructor):
    """How many positional arguments super().__init__() gets, and which by name: nobody else can give those."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(constructor)))
    except (OSError, SyntaxError):
        return 0, set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
            positional = sum(not isinstance(argument, ast.Starred) for argument in call.args)
            return positional, {keyword.arg for keyword in call.keywords if keyword.arg}
    return 0, set()


def parameters_of(cls):
    """name -> (owner, default); what **kwargs stands for is what the next class up the MRO takes."""
    found = {}
    positional, named_above = 0, set()
    for owner in cls.__mro__:
        if "__init__" not in owner.__dict__ or owner is object:
            continue
        constructor = owner.__dict__["__init__"]
        taken = list(inspect.signature(constructor).parameters.values())[1:]
        spoken_for = named_above | {parameter.name for parameter in taken[:positional]}
        positional, named_above = given_to_super(constructor)
        exported = owner is cls or public_name(owner)
        for parameter in taken:
            named = parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
            # A base class that is not public takes what only its subclasses say.
            if named and exported and parameter.name not in found and parameter.name not in spoken_for:
                found[parameter.name] = (owner, parameter.default)
        if not any(parameter.kind == parameter.VAR_KEYWORD for parameter in taken):
            break
    return found


def owner_of(cls, parameter, found):
    """The public class highest up the MRO that takes the parameter by its name: what goes wrong with it, goes wrong there
    most often."""
    for owner in reversed(cls.__mro__):
        if owner is not object and "__init__" in owner.__dict__ and public_name(owner):
            if parameter in inspect.signature(owner.__dict__["__init__"]).parameters:
                return owner
    return found


def default_of(default):
    if default is inspect.Parameter.empty:
        return {}
    return {"default": repr(default), "type": type(default).__name__}


def classes(modules):
    """(name, kind, class) of every public class, each once, under its own name where it has several."""
    found = []
    seen = set()
    for space in [f"keras.{name}" for name in NAMESPACES] + list(modules):
        module = keras if space.startswith("keras.") else importlib.import_module(space)
        for part in space.split(".")[1:] if module is keras else []:
            module = getattr(module, part, None)
        names = [name for name in dir(module) if name[0] != "_" and inspect.isclass(getattr(module, name))]
        for name in sorted(names, key=lambda name: (getattr(module, name).__name__ != name, name)):
            cls = getattr(module, name)
            if cls in seen:
                continue
            seen.add(cls)
            kind = "layers" if issubclass(cls, keras.layers.Layer) else space.split(".")[-1]
            found.append((f"{space}.{name}", kind, cls))
    return sorted(found, key=lambda entry: entry[0])


def api(modules):
    described = []
    for name, kind, cls in classes(modules):
        try:
            parameters = parameters_of(cls)
        except (TypeError, ValueError):
            # A class whose constructor cannot be looked into.
            continue
        described.append({"name": name, "kind": kind,
                          "parameters": [{"name": parameter, "owner": owner_of(cls, parameter, owner).__name__,
                                          **default_of(default)}
                                         for parameter, (owner, default) in parameters.items()]})
    return {"classes": described}
