"""The snapshots of one case: what is looked at, at which stage, and what of it differs."""

import keras
import numpy as np

from hunt_snapshot import Snapshot, error_of


def variables_of(thing):
    """What a call may change: the variables of a layer, the state of a generator that another object holds."""
    if isinstance(thing, keras.layers.Layer):
        return thing.variables
    return [held.state for held in vars(thing).values() if isinstance(held, keras.random.SeedGenerator)]


# Where a value cannot be changed in place, it is kept as it is: assign() would give it the dtype of its variable.
KEEPS_VALUES = keras.backend.backend() in ("numpy", "jax")


def lay_in_rows(variables):
    """The last bits of NumPy's sums depend on how an array lies in memory, which is no part of what is saved: a matrix that
    an initializer transposed is laid out as the one that a file gives back."""
    for variable in variables:
        if isinstance(variable._value, np.ndarray) and not variable._value.flags.c_contiguous:
            variable._value = np.asarray(variable._value, order="C")


def held_values(variables):
    lay_in_rows(variables)
    if KEEPS_VALUES:
        return [(variable, variable._value) for variable in variables]
    return [(variable, keras.ops.convert_to_numpy(variable).copy()) for variable in variables]


def give_back(variable, value):
    if KEEPS_VALUES:
        variable._value = value
    else:
        variable.assign(value)


# What a call of the thing adds to its snapshot.
OF_CALL = ("use(", "getattr(use(", "thing.losses")


def difference(first, leaves):
    changed = {path: leaf for path, leaf in leaves.items() if first.get(path) != leaf}
    changed.update((path, None) for path in first if path not in leaves)
    return changed


def put_config(snapshot, thing, method):
    try:
        snapshot.put(f"thing.{method}()", getattr(thing, method)())
    except Exception:
        # What saving says of it is what counts.
        pass


class Snapshots:
    """The snapshots of one case, each kept once."""

    def __init__(self):
        self.distinct = []

    def plain(self, value):
        snapshot = Snapshot()
        snapshot.put("config", value)
        return snapshot.leaves

    def take_seeds(self, stage, other):
        """Seeds that nobody gave are drawn anew each time: those of another execution stand for them in `stage`."""
        leaves = {**self.distinct[stage]}
        leaves.update((path, leaf) for path, leaf in self.distinct[other].items() if path.endswith(".seed"))
        self.distinct.append(leaves)
        return len(self.distinct) - 1

    def told(self):
        """The first one whole, of the others what differs from it: null where a path is missing."""
        if not self.distinct:
            return []
        first = self.distinct[0]
        return [first] + [difference(first, leaves) for leaves in self.distinct[1:]]

    def add(self, thing, use, stages, stage, training=False, compiled=True, weights_only=False,
            is_compiled=False):
        """The index of the snapshot of `thing`. What raises on the way becomes `stage`/call of `stages`."""
        snapshot = Snapshot()
        if training:
            self.call(snapshot, thing, "use(thing, training=True)", lambda: use(thing, training=True), stages, stage)
        else:
            self.put_all(snapshot, thing, use, stages, stage, compiled, weights_only)
        if is_compiled:
            snapshot.put("thing.compiled", thing.compiled)
        return self.index_of(snapshot.leaves)

    def index_of(self, leaves):
        if leaves not in self.distinct:
            self.distinct.append(leaves)
        return self.distinct.index(leaves)

    def without_training(self, index):
        """This snapshot, as it is of a thing that is not compiled."""
        compiled = ("thing.optimizer", "thing.get_compile_config()")
        return self.index_of({path: leaf for path, leaf in self.distinct[index].items() if not path.startswith(compiled)})

    def is_still(self, index, thing):
        """Whether a thing that was not made anew is as it was in this snapshot, so that it need not be called to see it."""
        snapshot = Snapshot()
        self.put_state(snapshot, thing, compiled=True)
        first = self.distinct[index]
        return (all(first.get(path) == leaf for path, leaf in snapshot.leaves.items()) and
                all(path in snapshot.leaves or path.startswith(OF_CALL) for path in first))

    def put_all(self, snapshot, thing, use, stages, stage, compiled, weights_only):
        if not weights_only:
            self.put_state(snapshot, thing, compiled)
        if weights_only:
            for i, weight in enumerate(thing.weights):
                snapshot.put(f"thing.weights[{i}]", weight)
        if use:
            self.call(snapshot, thing, "use(thing)", lambda: use(thing), stages, stage)
            if isinstance(thing, keras.layers.Layer) and not weights_only:
                try:
                    snapshot.put("thing.losses", list(thing.losses))
                except Exception as error:
                    # A loss that cannot be computed may be so before saving as well.
                    snapshot.leaves["thing.losses"] = f"raises {type(error).__name__}"

    @staticmethod
    def put_state(snapshot, thing, compiled):
        snapshot.put("thing", thing)
        if isinstance(thing, keras.Model) and compiled and getattr(thing, "optimizer", None) is not None:
            snapshot.put("thing.optimizer", thing.optimizer)
            for i, variable in enumerate(thing.optimizer.variables):
                snapshot.put(f"thing.optimizer.variables[{i}]", variable)
            put_config(snapshot, thing, "get_compile_config")
        put_config(snapshot, thing, "get_config")

    @staticmethod
    def call(snapshot, thing, path, function, stages, stage):
        # A call may change what the object holds (seeds, states), and a snapshot must not.
        held = held_values(snapshot.variables + list(variables_of(thing)))
        try:
            result = function()
        except Exception as error:
            stages[f"{stage}/call"] = {"error": error_of(error)}
            return
        finally:
            for variable, value in held:
                give_back(variable, value)
        snapshot.put(path, result)
        if keras.ops.is_tensor(result):
            snapshot.put(f"getattr({path}, '_keras_mask', None)", getattr(result, "_keras_mask", None))
