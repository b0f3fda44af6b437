import json

import keras
import numpy as np

x = np.linspace(-1, 1, 48, dtype='float32').reshape(2, 6, 4)


def make():
    x = inputs = keras.Input((6, 4))
    x = keras.layers.AdditiveAttention(seed=keras.random.SeedGenerator(7))([x, x])
    model = keras.Model(inputs, x)
    return model


def use(thing, **how):
    return thing(x, **how)


def told(value):
    """What is compared: kind, bits and spelling, not identity."""
    if isinstance(value, str) and value[:2] in ("4w", "4Q", "Yw") and value[3:7] == "AAAA":
        # A marshalled function, which is written differently each time.
        return "code"
    if isinstance(value, (bool, int, float, str, bytes, type(None))):
        return type(value).__name__, repr(value)
    if isinstance(value, dict):
        return "dict", sorted(map(repr, set(value) - {"build_config", "build_input_shape", "code"}))
    if isinstance(value, (list, tuple)):
        return "list" if isinstance(value, list) else "tuple", len(value)
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        array = np.asarray(value)
        return array.dtype, array.shape, array.tobytes()
    return type(value).__name__, getattr(value, "__qualname__", "")


def look(thing):
    keras.utils.set_random_seed(0)
    try:
        return told(None)
    except (AttributeError, KeyError, IndexError, TypeError):
        return "missing"


def build():
    keras.config.enable_unsafe_deserialization()
    keras.utils.set_random_seed(0)
    thing = make()
    use(thing)
    return thing


# What a user hands to load_model: what this program defines by name, and does not register.
custom = {name: value for name, value in globals().items()
          if callable(value) and getattr(value, '__module__', '') == '__main__'
          and keras.saving.get_registered_name(value) == getattr(value, '__name__', '')}
thing = build()
thing.save('model.h5')
again = keras.saving.load_model('model.h5', custom_objects=dict(custom), safe_mode=False)
