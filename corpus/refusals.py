"""How the archives of corpus/refusals/ are declared: a function each, under the error code that it must be refused with.

REFUSALS maps a name to a function that returns the archive's bytes, CODES a name to the code. The functions stand in
refused_containers.py, refused_configs.py and refused_weights.py, by what is wrong. To add one: a function there under
@refused, or under @config for a change of config.json alone.

HEAVY has those of corpus/heavy/, which load and save and ask for too much to be run: @heavy, @heavy_config.
"""

import json
import pathlib
import zipfile

from damage import Hdf5, Member, zip_of

HERE = pathlib.Path(__file__).resolve().parent
KERAS = HERE / "keras"

REFUSALS = {}
HEAVY = {}
CODES = {
    # Two zip readers see two models in these, or bytes that neither reads; no script here makes them.
    "gap": "archive_ambiguous",
    "two_readings": "archive_ambiguous",
    "zip64_two_directories": "archive_ambiguous",
    "zip64_two_directories_b": "archive_ambiguous",
    # A layer of the program that saved the model, which has no module.
    "classes_of_the_user": "config_unknown_class",
    # Nine megabytes of [] and of 0 where a config has a list of integers, deflated to fifty kilobytes.
    "json_empties_deflated": "limit_exceeded",
    "json_zeros_deflated": "limit_exceeded",
    # A dataset that no layer owns is carried, but here it stands where a group is written.
    "dataset_where_a_layer_has_its_group": "weights_missing",
    # Where the name of a function stands, there is none: "x * 0 + ops.tanh" and "".
    "named_function_is_expression": "config_unsupported",
    "named_function_empty": "config_unsupported",
    # It drops in training or not, each time something else.
    "K_dropout_at_inference": "expression_type",
    # x[:] behind a mask: on JAX it is x, elsewhere a tensor without the mask.
    "mask_at_a_whole_slice": "expression_type",
    # Samples that a reshape mixes.
    "unbatch_reshape": "graph_argument",
}


def refused(code):
    def register(function):
        REFUSALS[function.__name__] = function
        CODES[function.__name__] = code
        return function

    return register


def members(name="dense"):
    """The three members of a stock archive, by their place."""
    with zipfile.ZipFile(KERAS / f"{name}.keras") as archive:
        return [Member(item, archive.read(item)) for item in ("metadata.json", "config.json", "model.weights.h5")]


def heavy(function):
    HEAVY[function.__name__] = function
    return function


def changes_config(base, register_archive):
    def register(function):
        def make():
            parts = members(base)
            tree = json.loads(parts[1].data)
            function(tree, tree["config"]["layers"])
            parts[1].data = json.dumps(tree).encode()
            return zip_of(parts)

        make.__name__ = function.__name__
        return register_archive(make)

    return register


def config(code, base="dense"):
    """Registers a change of the parsed config.json that is refused."""
    return changes_config(base, refused(code))


def heavy_config(base):
    """Registers a change of the parsed config.json that asks for too much to be run."""
    return changes_config(base, heavy)


def config_text(text):
    parts = members()
    parts[1].data = text(parts[1].data)
    return zip_of(parts)


def weights(change, base="dense"):
    """The archive with its weights changed by `change(Hdf5)`, which may return other bytes."""
    parts = members(base)
    file = Hdf5(parts[2].data)
    parts[2].data = bytes(change(file) or file.data)
    return zip_of(parts)
