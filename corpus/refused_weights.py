"""Archives whose weights do not fit the model, or whose HDF5 file is wrong."""

import json
import struct

from damage import Hdf5
from refusals import config, refused, weights


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
