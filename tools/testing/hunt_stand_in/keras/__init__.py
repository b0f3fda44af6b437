"""A stand-in for Keras: everything can be called, half floats come back as floats, and functions cannot be saved."""

import sys
import types

half = False
holds_code = False


class Thing:
    layers = ()
    shape = (2, 4)
    variables = ()

    def __init__(self, *args, **how):
        global half, holds_code
        self.loaded = False
        half = half or how.get("dtype") == "float16"
        holds_code = holds_code or callable(how.get("activation"))

    def __call__(self, *args, **how):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __add__(self, other):
        return self

    __mul__ = __getitem__ = __add__

    def __reduce__(self):
        return loaded, ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Thing()

    @property
    def dtype(self):
        return "float16" if half and not self.loaded else "float32"

    def save(self, path, **how):
        if holds_code:
            raise TypeError("cannot save 'f' of 3")
        with open(path, "w") as file:
            file.write("saved")

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return loaded()


def loaded(*args, **how):
    thing = Thing()
    thing.loaded = True
    return thing


class Space(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("load_model", "deserialize_keras_object", "clone_model", "model_from_json"):
            return loaded
        if name == "serialize_keras_object":
            return lambda thing: {}
        return Thing if name[0].isupper() else Space(name) if name.islower() and "_" not in name else Thing


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Thing if name[0].isupper() else Space(name)


sys.modules[__name__ + ".ops"] = Space("ops")
