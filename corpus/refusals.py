"""What is wrong with each archive of corpus/refusals/, and the error code it must be refused with.

REFUSALS maps a name to a function that returns the archive's bytes, CODES a name to the code. To add one: a
function under @refused, or under @config for a change of config.json alone.
"""

import json
import pathlib
import struct
import zipfile

from damage import DEFLATED, Hdf5, Member, zip_of

HERE = pathlib.Path(__file__).resolve().parent
KERAS = HERE / "keras"

REFUSALS = {}
CODES = {
    # Two zip readers see two models in these, or bytes that neither reads; no script here makes them.
    "gap": "archive_ambiguous",
    "two_readings": "archive_ambiguous",
    "zip64_two_directories": "archive_unsupported",
    "zip64_two_directories_b": "archive_unsupported",
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


def config(code, base="dense"):
    """Registers a change of the parsed config.json."""

    def register(function):
        def make():
            parts = members(base)
            tree = json.loads(parts[1].data)
            function(tree, tree["config"]["layers"])
            parts[1].data = json.dumps(tree).encode()
            return zip_of(parts)

        make.__name__ = function.__name__
        return refused(code)(make)

    return register


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


# --- Container ------------------------------------------------------------------------------------------------


@refused("archive_not_zip")
def not_a_zip():
    return b"This is a note about a model, not a model.\n"


@refused("archive_not_zip")
def hdf5_named_keras():
    return members()[2].data


@refused("archive_not_zip")
def empty():
    return b""


@refused("archive_truncated")
def truncated_in_the_middle():
    whole = zip_of(members())
    return whole[: len(whole) // 2]


@refused("archive_truncated")
def truncated_by_one_byte():
    return zip_of(members())[:-1]


@refused("archive_member_missing")
def config_missing():
    parts = members()
    return zip_of([parts[0], parts[2]])


@refused("archive_member_missing")
def weights_missing():
    return zip_of(members()[:2])


@refused("archive_member_duplicate")
def config_twice():
    parts = members()
    return zip_of([*parts, parts[1]])


@refused("archive_member_unexpected")
def member_unknown():
    return zip_of([*members(), Member("notes.txt", b"hello")])


@refused("archive_member_name")
def member_above_the_archive():
    return zip_of([*members(), Member("assets/../../notes.txt", b"hello")])


@refused("archive_crc")
def crc_wrong():
    parts = members()
    parts[2].crc = 0x12345678
    return zip_of(parts)


@refused("archive_inflate")
def inflated_size_wrong():
    parts = members()
    parts[1].method = DEFLATED
    parts[1].size = len(parts[1].data) + 1
    return zip_of(parts)


@refused("limit_exceeded")
def deflate_bomb():
    parts = members()
    parts[1] = Member("config.json", b" " * (16 << 20), DEFLATED)
    return zip_of(parts)


@refused("archive_unsupported")
def method_unknown():
    parts = members()
    parts[1].method = 99
    return zip_of(parts)


@refused("archive_unsupported")
def member_encrypted():
    parts = members()
    parts[1].flags = 1
    return zip_of(parts)


@refused("archive_unsupported")
def comment_at_the_end():
    return zip_of(members(), comment=b"hello")


@refused("archive_ambiguous")
def bytes_behind():
    return zip_of(members()) + b"\0" * 16


@refused("archive_ambiguous")
def bytes_between_members():
    parts = members()
    parts[2].gap_before = b"\0" * 16
    return zip_of(parts)


@refused("archive_ambiguous")
def local_name_differs():
    parts = members()
    parts[1].local_name = "konfig.json"
    return zip_of(parts)


@refused("archive_ambiguous")
def stored_sizes_differ():
    parts = members()
    parts[2].size = len(parts[2].data) + 4096
    return zip_of(parts)


# --- JSON -----------------------------------------------------------------------------------------------------


@refused("json_syntax")
def json_broken():
    return config_text(lambda text: text.replace(b'"units": 3,', b'"units" 3,'))


@refused("json_syntax")
def json_ends_early():
    return config_text(lambda text: text[:-1])


@refused("json_syntax")
def json_goes_on():
    return config_text(lambda text: text + b" {}")


@refused("limit_exceeded")
def json_too_deep():
    return config_text(lambda text: b"[" * 10_000 + b"]" * 10_000)


@refused("json_duplicate_key")
def json_key_twice():
    return config_text(lambda text: text.replace(b'"units": 3,', b'"units": 3, "units": 3,'))


@refused("json_encoding")
def json_not_utf8():
    return config_text(lambda text: text.replace(b'"name": "dense"', b'"name": "dense\xff"'))


@refused("json_encoding")
def json_half_a_surrogate_pair():
    return config_text(lambda text: text.replace(b'"name": "dense"', b'"name": "dense\\ud83e"'))


@refused("config_type")
def json_is_a_list():
    return config_text(lambda text: b"[" + text + b"]")


# --- Config ---------------------------------------------------------------------------------------------------


@config("config_unknown_class")
def class_unknown(tree, layers):
    layers[1]["class_name"] = "Densest"


@config("config_unknown_class")
def module_foreign(tree, layers):
    layers[1].update(module="os", class_name="system")


@config("config_unsupported")
def activation_is_a_layer(tree, layers):
    layers[1]["config"]["activation"] = {
        "module": "keras.layers", "class_name": "ReLU", "registered_name": None,
        "config": {"name": "re_lu", "trainable": True, "dtype": "float32", "max_value": 0.5}}


@config("config_unknown_key")
def field_unknown(tree, layers):
    layers[1]["config"]["unit"] = 3


@config("config_missing_key")
def units_missing(tree, layers):
    del layers[1]["config"]["units"]


@config("config_type")
def units_float(tree, layers):
    layers[1]["config"]["units"] = 2.0


@config("config_type")
def units_text(tree, layers):
    layers[1]["config"]["units"] = "3"


@config("config_type")
def units_true(tree, layers):
    layers[1]["config"]["units"] = True


@config("config_value")
def units_negative(tree, layers):
    layers[1]["config"]["units"] = -3


@config("limit_exceeded")
def units_huge(tree, layers):
    layers[1]["config"]["units"] = 1_000_000_000_000


@config("config_value")
def activation_unknown(tree, layers):
    layers[1]["config"]["activation"] = "relu7"


@config("config_bytecode")
def activation_bytecode(tree, layers):
    layers[1]["config"]["activation"] = {"class_name": "__lambda__", "config": {"value": ["4wEA\n", None, None]}}


@config("config_duplicate_name", "stack_compiled")
def layer_name_twice(tree, layers):
    layers[2]["config"]["name"] = layers[1]["config"]["name"]


@config("config_type")
def layers_is_an_object(tree, layers):
    tree["config"]["layers"] = {"0": layers[0], "1": layers[1]}


@config("config_rule", "conv1d_valid_strides")
def strides_and_dilation(tree, layers):
    layers[1]["config"]["dilation_rate"] = [2]


@config("layer_input", "conv1d_valid_strides")
def kernel_longer_than_input(tree, layers):
    for shape in (layers[0]["config"]["batch_shape"], layers[1]["build_config"]["input_shape"]):
        shape[1] = 2
    tree["config"]["build_input_shape"][1] = tree["build_config"]["input_shape"][1] = 2


@refused("limit_exceeded")
def input_a_billion_steps_long():
    """Deflated, so that three kilobytes ask for 48 gigabytes."""
    parts = members("flatten")
    parts[1].data = parts[1].data.replace(b"[null, 3, 2, 2]", b"[null, 1000000000, 12]")
    for part in parts:
        part.method = DEFLATED
    return zip_of(parts)


@config("limit_exceeded", "max_pooling1d_same")
def pool_as_long_as_a_long_input(tree, layers):
    """Little to hold, and 2 ** 49 comparisons to make."""
    for shape in (layers[0]["config"]["batch_shape"], tree["config"]["build_input_shape"],
                  tree["build_config"]["input_shape"]):
        shape[1:] = [1 << 25, 1]
    layers[1]["config"].update(pool_size=[1 << 24], strides=[1], padding="same")


@config("limit_exceeded", "embedding")
def embedding_of_more_rows_than_memory(tree, layers):
    layers[1]["config"]["input_dim"] = 1 << 62


@config("config_rule", "conv1d_causal")
def dilation_beyond_any_input(tree, layers):
    layers[1]["config"].update(kernel_size=[2], strides=[1], dilation_rate=[(1 << 63) - 1])


@config("config_value")
def input_axis_negative(tree, layers):
    layers[0]["config"]["batch_shape"][1] = -4


@config("layer_input", "flatten")
def reshape_does_not_divide(tree, layers):
    layers[1].update(class_name="Reshape")
    layers[1]["config"]["target_shape"] = [5, -1]
    del layers[1]["config"]["data_format"]


@config("model_not_built")
def input_shape_nowhere(tree, layers):
    del layers[0], layers[0]["build_config"], tree["config"]["build_input_shape"], tree["build_config"]


# --- Lambdas --------------------------------------------------------------------------------------------------


def first_operation(layers):
    return next(node for node in layers[1]["config"]["layers"] if node["inbound_nodes"])


def first_reference(node):
    return node["inbound_nodes"][0]["args"][0]["config"]["keras_history"]


@config("graph_structure", "lambda_arithmetic")
def graph_producer_missing(tree, layers):
    first_reference(first_operation(layers))[0] = "nobody"


@config("graph_structure", "lambda_arithmetic")
def graph_cycle(tree, layers):
    node = first_operation(layers)
    first_reference(node)[0] = layers[1]["config"]["output_layers"][0]


@config("graph_structure", "lambda_arithmetic")
def graph_output_missing(tree, layers):
    layers[1]["config"]["output_layers"][0] = "nobody"


@config("config_duplicate_name", "lambda_arithmetic")
def graph_name_twice(tree, layers):
    layers[1]["config"]["layers"].append(first_operation(layers))


@config("graph_unknown_op", "lambda_arithmetic")
def graph_op_unknown(tree, layers):
    first_operation(layers)["class_name"] = "Squash"


@config("graph_argument", "lambda_arithmetic")
def graph_operand_text(tree, layers):
    first_operation(layers)["inbound_nodes"][0]["args"][1] = "2.5"


@config("graph_argument", "lambda_arithmetic")
def graph_operand_missing(tree, layers):
    first_operation(layers)["inbound_nodes"][0]["args"].pop()


@config("graph_argument", "lambda_last_steps")
def graph_slice_step_zero(tree, layers):
    first_operation(layers)["inbound_nodes"][0]["args"][1][1]["config"]["step"] = 0


@config("graph_argument", "lambda_last_steps")
def graph_index_text(tree, layers):
    first_operation(layers)["inbound_nodes"][0]["args"][1][1] = "last"


@refused("expression_free_name")
def lambda_bytecode():
    """rescues/last_steps.keras as Keras saved it; here nothing beside it says what CONV_WIDTH is."""
    return (HERE / "rescues" / "last_steps.keras").read_bytes()


# --- Weights --------------------------------------------------------------------------------------------------


@config("weights_missing")
def weights_of_a_layer_missing(tree, layers):
    second = json.loads(json.dumps(layers[1]))
    second["config"]["name"] = "second"
    second["build_config"] = {"input_shape": [None, 3]}
    layers.append(second)


@config("weights_count")
def weights_one_too_many(tree, layers):
    layers[1]["config"]["use_bias"] = False


@config("weights_count", "dense_no_bias")
def weights_one_too_few(tree, layers):
    layers[1]["config"]["use_bias"] = True


@config("weights_shape")
def weights_of_another_width(tree, layers):
    layers[1]["config"]["units"] = 4


@refused("weights_shape")
def weights_transposed():
    def change(file):
        space = file.message(file.header("layers/dense/vars/0"), Hdf5.DATASPACE)
        for first in (space + 8, space + 24):
            rows, columns = file.u64(first), file.u64(first + 8)
            file.put_u64(first, columns)
            file.put_u64(first + 8, rows)

    return weights(change)


@refused("hdf5_signature")
def hdf5_signature_wrong():
    return weights(lambda file: b"\x89hdf" + file.data[4:])


@refused("hdf5_unsupported")
def hdf5_superblock_of_version_2():
    def change(file):
        file.data[8] = 2

    return weights(change)


@refused("hdf5_out_of_bounds")
def hdf5_cut_short():
    return weights(lambda file: file.data[: len(file.data) // 2])


@refused("hdf5_out_of_bounds")
def hdf5_data_past_the_end():
    def change(file):
        layout = file.message(file.header("layers/dense/vars/0"), Hdf5.LAYOUT)
        file.put_u64(layout + 2, len(file.data) - 8)

    return weights(change)


@refused("hdf5_structure")
def hdf5_dimensions_beyond_the_data():
    def change(file):
        space = file.message(file.header("layers/dense/vars/0"), Hdf5.DATASPACE)
        for at in (space + 8, space + 24):
            file.put_u64(at, 1 << 40)

    return weights(change)


@refused("hdf5_shared_bytes")
def hdf5_two_datasets_on_one_place():
    def change(file):
        kernel, bias = (file.message(file.header(f"layers/dense/vars/{n}"), Hdf5.LAYOUT) for n in (0, 1))
        file.put_u64(bias + 2, file.u64(kernel + 2))

    return weights(change)


@refused("hdf5_shared_bytes")
def hdf5_group_inside_itself():
    def change(file):
        file.put_u64(file.entry("layers/dense") + 8, file.header("layers"))
        file.data[file.entry("layers/dense") + 16 : file.entry("layers/dense") + 40] = struct.pack(
            "<LLQQ", 1, 0, *struct.unpack_from("<QQ", file.data, file.message(file.header("layers"), Hdf5.SYMBOL_TABLE))
        )

    return weights(change)


@refused("hdf5_unsupported")
def hdf5_soft_link():
    def change(file):
        entry = file.entry("layers/dense/vars/1")
        # A soft link keeps the offset of its target's name in the scratch space; 0 is a name that is there.
        file.data[entry + 8 : entry + 40] = struct.pack("<QLLLLQ", 2**64 - 1, 2, 0, 0, 0, 0)

    return weights(change)


@refused("hdf5_unsupported")
def hdf5_chunked():
    def change(file):
        file.data[file.message(file.header("layers/dense/vars/0"), Hdf5.LAYOUT) + 1] = 2

    return weights(change)


@refused("hdf5_unsupported")
def hdf5_opaque():
    def change(file):
        datatype = file.message(file.header("layers/dense/vars/0"), Hdf5.DATATYPE)
        # Class 5, no tag, four bytes: what was a float is now nothing in particular.
        file.data[datatype : datatype + 8] = bytes([0x15, 0, 0, 0, 4, 0, 0, 0])

    return weights(change)
