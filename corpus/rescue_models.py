"""Models whose lambdas Keras stores as Python: what corpus/rescues/ holds.

RESCUES maps a name to the source of a script and to what `revive` is told to load its archive. The script is
compiled under the name "NAME.py" and run as a module of its own, so its globals are globals and its bytecode holds no
machine's path; it leaves `model`. Most of these archives stock Keras cannot load, or loads and cannot run.
"""

from dataclasses import dataclass, field


@dataclass
class Rescue:
    source: str
    bind: dict = field(default_factory=dict)
    lambdas: dict = field(default_factory=dict)
    # On which Keras runs; the script has `tf` where it is tensorflow.
    backend: str = "jax"


RESCUES = {
    # The README's bug: the width is a global of the module.
    "last_steps": Rescue(
        """
CONV_WIDTH = 3
model = Sequential([Input((10, 4)), Lambda(lambda x: x[:, -CONV_WIDTH:, :], name="last_steps")])
""",
        bind={"CONV_WIDTH": "3"},
    ),
    "closure_cells": Rescue(
        """
def make(width, scale, bias):
    return Sequential([Input((6, 3)), Lambda(lambda x: x[:, :width] * scale + bias)])

model = make(4, 0.5, np.array([1.5, -2.0, 0.25], "float32"))
"""
    ),
    # Every lambda reads the one variable, which is 2 when the loop is over.
    "loop_variable": Rescue(
        """
def make():
    return Sequential([Input((9, 2))] + [Lambda(lambda x: x[:, i:] + float(i)) for i in range(3)])

model = make()
"""
    ),
    # Keras stores the loop variable of each as a default, and cannot load it again.
    "loop_variable_as_default": Rescue(
        """
model = Sequential([Input((9, 2))] + [Lambda(lambda x, i=i: x[:, i:] + float(i)) for i in range(3)])
"""
    ),
    "arguments": Rescue(
        """
model = Sequential([Input((4,)), Lambda(lambda x, factor, offset=1.0: x * factor + offset, arguments={"factor": 2.5})])
"""
    ),
    "two_layers_with_globals": Rescue(
        """
WIDTH = 2
SHIFT = (0.5, -1.0, 2.0)
model = Sequential([
    Input((5, 3)),
    Lambda(lambda x: x[:, WIDTH:], name="cut"),
    Dense(3, name="mixed"),
    Lambda(lambda x: ops.tanh(x) + np.array(SHIFT, "float32"), name="shifted"),
])
""",
        bind={"WIDTH": "2", "SHIFT": "(0.5, -1.0, 2.0)"},
    ),
    "axis_keyword": Rescue(
        """
model = Sequential([Input((5, 3)), Dense(4), Lambda(lambda x: ops.mean(x, axis=1)), Dense(2)])
"""
    ),
    "shape_of_the_input": Rescue(
        """
model = Sequential([Input((5, 4)), Lambda(lambda x: ops.reshape(x, (-1, x.shape[1] * x.shape[2] // 2, 2)))])
"""
    ),
    # The name that is stored is no name of an activation, so stock Keras does not know it either.
    "function_of_keras": Rescue(
        """
model = Sequential([Input((4,)), Lambda(ops.square)])
""",
        bind={"square": "lambda x: ops.square(x)"},
    ),
    # An activation is known by its name; gelu is the exact one, as its default in Keras is.
    "named_keras_activation_gelu": Rescue(
        """
model = Sequential([Input((4,)), Lambda(keras.activations.gelu, name="lam")])
"""
    ),
    # keras.ops.normalize is another function.
    "named_user_function_normalize": Rescue(
        """
def normalize(x):
    return x * 4.0 - 2.0

model = Sequential([Input((4,)), Lambda(normalize, name="lam")])
""",
        lambdas={"lam": "lambda x: x * 4.0 - 2.0"},
    ),
    "named_registered_function": Rescue(
        """
@keras.saving.register_keras_serializable("my")
def my_act(x):
    return 2.0 * ops.tanh(x)

model = Sequential([Input((4,)), Lambda(my_act, name="lam")])
""",
        bind={"my>my_act": "lambda x: 2.0 * ops.tanh(x)"},
    ),
    # No body is stored, and nobody knows it.
    "function_of_the_user": Rescue(
        """
def scaled(x):
    return x * 3.0 - 1.0

model = Sequential([Input((4,)), Lambda(scaled, name="scaled")])
""",
        lambdas={"scaled": "lambda x: x * 3.0 - 1.0"},
    ),
    "conditional_on_a_global": Rescue(
        """
LAST_ONLY = True
model = Sequential([Input((6, 2)), Lambda(lambda x: x[:, -1] if LAST_ONLY else x[:, 0])])
""",
        bind={"LAST_ONLY": "True"},
    ),
    # The activation is a second layer here.
    "dense_activation_lambda": Rescue(
        """
model = Sequential([Input((4,)), Dense(2, activation=lambda t: t * 2)])
"""
    ),
    # The very tensor that comes in goes out, so its mask reaches the LSTM.
    "mask_through_identity_lambda": Rescue(
        """
model = Sequential([Input((4,), dtype="int32"), Embedding(3, 2, mask_zero=True), Lambda(lambda x: x), LSTM(2)])
"""
    ),
    # Of TensorFlow's functions that compute nothing some hand on the tensor, and others make one without a mask.
    "mask_through_tf_cast": Rescue(
        """
model = Sequential([Input((4,), dtype="int32"), Embedding(3, 2, mask_zero=True),
                    Lambda(lambda x: tf.cast(x, tf.float32)), LSTM(2)])
""",
        backend="tensorflow",
    ),
    "mask_ends_at_tf_identity": Rescue(
        """
model = Sequential([Input((4,), dtype="int32"), Embedding(3, 2, mask_zero=True), Lambda(lambda x: tf.identity(x)), LSTM(2)])
""",
        backend="tensorflow",
    ),
    "mask_ends_at_tf_stop_gradient": Rescue(
        """
model = Sequential([Input((4,), dtype="int32"), Embedding(3, 2, mask_zero=True), Lambda(lambda x: tf.stop_gradient(x)), LSTM(2)])
""",
        backend="tensorflow",
    ),
    "closure_list_of_arrays": Rescue(
        """
def make(ws):
    return Sequential([Input((4,)), Lambda(lambda x: x * ws[0] + ws[1])])

model = make([np.arange(4, dtype="float32"), np.ones(4, "float32")])
"""
    ),
    "arguments_function": Rescue(
        """
model = Sequential([Input((4,)), Lambda(lambda x, f: f(x), arguments={"f": keras.activations.relu})])
"""
    ),
    "alias_of_module": Rescue(
        """
F = keras.ops
model = Sequential([Input((4,)), Lambda(lambda x: F.relu(x))])
""",
        bind={"F": "keras.ops"},
    ),
    "preprocess_input": Rescue(
        """
model = Sequential([Input((4,)), Lambda(lambda x: tf.keras.applications.mobilenet_v2.preprocess_input(x), name="lam")])
""",
        backend="tensorflow",
    ),
}
