"""Archives whose config.json is wrong: as JSON, as a config, or in the graph of a lambda."""

from damage import DEFLATED, zip_of
from refusals import HERE, config, config_text, heavy, heavy_config, members, refused


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


@config("config_unknown_class")
def class_unknown(tree, layers):
    layers[1]["class_name"] = "Densest"


@config("config_unknown_class")
def module_foreign(tree, layers):
    layers[1].update(module="os", class_name="system")


@config("config_type")
def activation_is_an_initializer(tree, layers):
    layers[1]["config"]["activation"] = {
        "module": "keras.initializers", "class_name": "Constant", "registered_name": None, "config": {"value": 0.5}}


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


@config("bytecode_format")
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


@heavy
def input_a_billion_steps_long():
    """Deflated, so that three kilobytes ask for 48 gigabytes."""
    parts = members("flatten")
    parts[1].data = parts[1].data.replace(b"[null, 3, 2, 2]", b"[null, 1000000000, 12]")
    for part in parts:
        part.method = DEFLATED
    return zip_of(parts)


def pool_windows(tree, layers, steps, taps, padding):
    for shape in (layers[0]["config"]["batch_shape"], tree["config"]["build_input_shape"],
                  tree["build_config"]["input_shape"]):
        shape[1:] = [steps, 1]
    layers[1]["config"].update(pool_size=[taps], strides=[1], padding=padding)


@heavy_config("max_pooling1d_same")
def pool_as_long_as_a_long_input(tree, layers):
    """Little to hold, and 2 ** 49 comparisons to make."""
    pool_windows(tree, layers, 1 << 25, 1 << 24, "same")


@heavy_config("max_pooling1d_valid")
def pool_of_a_minute(tree, layers):
    """A little less than 2 ** 30 comparisons."""
    pool_windows(tree, layers, 1 << 18, 1 << 12, "valid")


@heavy_config("max_pooling1d_valid")
def pool_of_an_hour(tree, layers):
    """A little less than 2 ** 39 comparisons."""
    pool_windows(tree, layers, 1 << 20, 1 << 19, "valid")


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
