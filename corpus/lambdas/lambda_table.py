"""The lambdas of this folder: what people write into Lambda layers, form by form.

Plain Python that CPython 3.6 reads. An entry is (name, source, options); options are

    input     a name of INPUTS ("steps")
    closure   values that an enclosing function holds
    globals   values of the module, which no archive stores
    text      what the lambda reads as, where that is not its source (a `def`, a default that is computed)
    runs      False where the lambda moves the batch axis, so that no layer can be made of it: translated, not run

Arrays are {"array": nested list, "dtype": name}.
"""


def array(values, dtype="float32"):
    return {"array": values, "dtype": dtype}


# Name: shape, dtype, seed; rounded so that text is short and every float32 is exact.
INPUTS = {
    "row": ([2, 6], "float32", 1),
    "steps": ([2, 5, 4], "float32", 2),
    "image": ([2, 4, 4, 3], "float32", 3),
    "deep": ([2, 3, 2, 2, 2], "float32", 4),
    "positive": ([2, 6], "positive", 5),
    "ids": ([2, 5], "int32", 6),
}

TABLE = []


def add(name, source, **options):
    assert name not in [entry[0] for entry in TABLE], name
    TABLE.append((name, source, options))


def each(prefix, sources, **options):
    for number, source in enumerate(sources):
        add("%s_%d" % (prefix, number), source, **options)


add("identity", "lambda x: x")
add("identity_other_name", "lambda tensor: tensor")
add("identity_call", "lambda x: tf.identity(x)")

# Arithmetic.
each("arithmetic", [
    "lambda x: x / 127.5 - 1",
    "lambda x: x * 2",
    "lambda x: 1 - x",
    "lambda x: -x",
    "lambda x: x + x * x",
    "lambda x: (x + 1) * (x - 1)",
    "lambda x: x ** 2",
    "lambda x: -x ** 2 + 0.5",
    "lambda x: 2 ** x",
    "lambda x: x * 1e-3 + 1e6",
    "lambda x: x // 0.5 + 3 % 2",
    "lambda x: x * (1 / 3)",
    "lambda x: x + 2 * 3 ** 2 - 7 // 2",
    "lambda x: 255.0 * (x + 1.0) / 2.0",
    "lambda x: x - -3",
    "lambda x: (x + 0.0) * 1.0 + -0.0",
    "lambda x: x * True + 10_000",
    "lambda x: 0.299 * x[..., 0:1] + 0.587 * x[..., 1:2] + 0.114 * x[..., 2:3]",
])
each("comparison", [
    "lambda x: ops.multiply(x > 0, x)",
    "lambda x: ops.multiply(1.0, x >= 0.5)",
    "lambda x: ops.cast(x < 0, 'float32')",
    "lambda x: ops.where(x != 0, 2.0, x)",
    "lambda x: ops.cast(ops.equal(x, x), 'float32')",
])
each("integer", [
    "lambda x: x * 2 + 1",
    "lambda x: x // 2",
    "lambda x: x % 3",
    "lambda x: ops.cast(x, 'float32') / 10",
    "lambda x: ops.one_hot(x, 6)",
    "lambda x: tf.one_hot(x, depth=6)",
    "lambda x: K.cast(K.not_equal(x, 0), 'float32')",
    "lambda x: tf.cast(x, tf.float32) * 0.5",
], input="ids")

# Indices.
each("index", [
    "lambda x: x[:, -1, :]",
    "lambda x: x[:, 0]",
    "lambda x: x[:, 0, 1:3]",
    "lambda x: x[..., :2]",
    "lambda x: x[..., -1]",
    "lambda x: x[:, ::2, :]",
    "lambda x: x[:, ::-1, :]",
    "lambda x: x[:, 3:0:-2]",
    "lambda x: x[:, -3:-1]",
    "lambda x: x[:, 1:, :] - x[:, :-1, :]",
    "lambda x: x[:, None]",
    "lambda x: x[:, :, tf.newaxis, :]",
    "lambda x: x[..., None, :]",
    "lambda x: x[:, np.newaxis, ..., 0]",
    "lambda x: x[(slice(None), 0)]",
    "lambda x: x[:][:, 1][..., 2:]",
    "lambda x: x[:, 2 - 1, 3 * 1]",
    "lambda x: x[:, 10:]",
    "lambda x: x[:, :100, -100:]",
])
add("list_index", "lambda x: ops.take(x, [0, 2], axis=2)")
add("list_index_gather", "lambda x: tf.gather(x, [4, 0, 2], axis=1)")
each("image", [
    "lambda x: x[:, :, :, ::-1]",
    "lambda x: x[:, 1:-1, 1:-1, :]",
    "lambda x: x[:, ::2, ::2]",
    "lambda x: tf.reverse(x, axis=[-1])",
    "lambda x: tf.image.resize(x, (8, 8))",
    "lambda x: tf.image.resize(x, [2, 2], method='nearest')",
    "lambda x: K.resize_images(x, 2, 2, 'channels_last')",
    "lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode='REFLECT')",
    "lambda x: tf.nn.depth_to_space(x[..., :1] + [0.0, 1.0, 2.0, 3.0], 2)",
    "lambda x: tf.nn.space_to_depth(x, block_size=2)",
    "lambda x: tf.image.rgb_to_grayscale(x)",
    "lambda x: tf.reduce_mean(x, axis=[1, 2])",
    "lambda x: K.mean(x, axis=(1, 2), keepdims=True)",
    "lambda x: K.spatial_2d_padding(x, padding=((1, 0), (2, 1)))",
], input="image")

# One framework call.
each("keras_ops", [
    "lambda x: ops.abs(x)",
    "lambda x: ops.relu(x)",
    "lambda x: keras.ops.sum(x, axis=-1)",
    "lambda x: keras.ops.mean(x, axis=1, keepdims=True)",
    "lambda x: ops.max(x, axis=(1, 2))",
    "lambda x: ops.softmax(x)",
    "lambda x: ops.expand_dims(x, -1)",
    "lambda x: ops.squeeze(ops.expand_dims(x, axis=2), axis=2)",
    "lambda x: ops.transpose(x, (0, 2, 1))",
    "lambda x: ops.reshape(x, (-1, 20))",
    "lambda x: ops.reshape(x, (-1, 10, 2))",
    "lambda x: ops.concatenate([x, x * 2], axis=-1)",
    "lambda x: ops.stack([x, -x], axis=1)",
    "lambda x: ops.clip(x, -1.0, 1.0)",
    "lambda x: ops.where(x > 0, x, 0.1 * x)",
    "lambda x: ops.maximum(x, 0.25)",
    "lambda x: ops.cumsum(x, axis=1)",
    "lambda x: ops.argmax(x, axis=-1)",
    "lambda x: ops.flip(x, axis=1)",
    "lambda x: ops.roll(x, 1, axis=1)",
    "lambda x: ops.repeat(x, 2, axis=1)",
    "lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 0]])",
    "lambda x: ops.normalize(x, axis=-1)",
    "lambda x: ops.einsum('bij,bkj->bik', x, x)",
    "lambda x: ops.matmul(x, ops.transpose(x, axes=[0, 2, 1]))",
    "lambda x: ops.sort(x, axis=-1)",
    "lambda x: ops.square(x) + ops.exp(x)",
    "lambda x: ops.tanh(x) * ops.sigmoid(x)",
    "lambda x: ops.std(x, axis=2)",
    "lambda x: ops.logsumexp(x, axis=-1, keepdims=True)",
])
each("backend", [
    "lambda x: K.sum(x, axis=1)",
    "lambda x: K.mean(x, axis=-1, keepdims=True)",
    "lambda x: K.max(x, axis=1)",
    "lambda x: K.expand_dims(x)",
    "lambda x: K.expand_dims(x, axis=1)",
    "lambda x: K.squeeze(K.expand_dims(x, 1), 1)",
    "lambda x: K.permute_dimensions(x, (0, 2, 1))",
    "lambda x: K.concatenate([x, x])",
    "lambda x: K.reverse(x, axes=1)",
    "lambda x: K.repeat_elements(x, 3, axis=2)",
    "lambda x: K.clip(x, 0, 1)",
    "lambda x: K.l2_normalize(x, axis=-1)",
    "lambda x: K.argmax(x)",
    "lambda x: K.softmax(x)",
    "lambda x: K.square(x) * K.sign(x)",
    "lambda x: K.stack([x, x], axis=2)",
    "lambda x: K.batch_flatten(x)",
    "lambda x: K.relu(x, max_value=1.0)",
    "lambda x: K.batch_dot(x, x, axes=2)",
    "lambda x: K.cast(x, 'float32') * K.epsilon()",
    "lambda x: K.exp(x) / K.sum(K.exp(x), axis=-1, keepdims=True)",
    "lambda x: K.sqrt(K.sum(K.square(x), axis=1, keepdims=True))",
])
add("backend_repeat", "lambda x: K.repeat(x, 3)", input="row")
each("tensorflow", [
    "lambda x: tf.reduce_sum(x, axis=1)",
    "lambda x: tf.reduce_mean(x, 1, True)",
    "lambda x: tf.reduce_max(x, axis=-1, keepdims=True)",
    "lambda x: tf.expand_dims(x, axis=-1)",
    "lambda x: tf.expand_dims(x, 1)",
    "lambda x: tf.squeeze(tf.expand_dims(x, 1), [1])",
    "lambda x: tf.transpose(x, perm=[0, 2, 1])",
    "lambda x: tf.concat([x, x], axis=-1)",
    "lambda x: tf.stack([x, x, x], axis=1)",
    "lambda x: tf.split(x, 2, axis=2)[0]",
    "lambda x: tf.split(x, [1, 3], axis=-1)[1]",
    "lambda x: tf.unstack(x, axis=1)[2]",
    "lambda x: tf.math.l2_normalize(x, axis=-1)",
    "lambda x: tf.nn.l2_normalize(x, 2)",
    "lambda x: tf.nn.relu(x)",
    "lambda x: tf.nn.softmax(x, axis=-1)",
    "lambda x: tf.nn.leaky_relu(x, alpha=0.1)",
    "lambda x: tf.where(x > 0, x, tf.zeros_like(x))",
    "lambda x: tf.clip_by_value(x, -0.5, 0.5)",
    "lambda x: tf.maximum(x, 0.0) - tf.minimum(x, 0.0)",
    "lambda x: tf.reverse(x, [1])",
    "lambda x: tf.gather(x, 1, axis=1)",
    "lambda x: tf.tile(x, [1, 2, 1])",
    "lambda x: tf.matmul(x, x, transpose_b=True)",
    "lambda x: tf.einsum('btc,bsc->bts', x, x)",
    "lambda x: tf.pad(x, [[0, 0], [2, 0], [0, 0]])",
    "lambda x: tf.square(tf.subtract(x, 1.0))",
    "lambda x: tf.add(x, x) + tf.multiply(x, 2.0)",
    "lambda x: tf.math.log(tf.abs(x) + 1.0)",
    "lambda x: tf.reduce_sum(tf.square(x), axis=[1, 2], keepdims=True)",
    "lambda x: x - tf.reduce_mean(x, axis=1, keepdims=True)",
    "lambda x: tf.stop_gradient(x)",
    "lambda x: tf.cumsum(x, axis=1)",
    "lambda x: tf.keras.activations.relu(x)",
    "lambda x: tf.exp(-tf.square(x) / (2 * 0.5 ** 2))",
    "lambda x: tf.reshape(x, [-1, x.shape[1] * x.shape[2]])",
])
each("numpy", [
    "lambda x: np.abs(x)",
    "lambda x: np.sqrt(x) + np.log(x)",
    "lambda x: x * np.pi",
    "lambda x: np.exp(-x)",
    "lambda x: x / np.sqrt(2.0)",
    "lambda x: np.maximum(x, 0.5)",
], input="positive")
each("method", [
    "lambda x: keras.activations.relu(x) + keras.activations.sigmoid(x)",
    "lambda x: keras.activations.tanh(x[:, 1:])",
    "lambda x: (x * 2)[:, 0]",
    "lambda x: ops.reshape(x, (-1, x.shape[1] // 5, 20))",
    "lambda x: x / x.shape[-1]",
    "lambda x: x * len(x.shape)",
    "lambda x: K.reshape(x, (-1, K.int_shape(x)[1] * K.int_shape(x)[2]))",
    "lambda x: tf.cast(x > 0, x.dtype)",
    "lambda x: ops.concatenate([x[:, :1], ops.zeros_like(x[:, 1:])], axis=1)",
])

# Builtins and conditionals on static values.
each("builtin", [
    "lambda x: x * int(2.7)",
    "lambda x: x[:, :len((1, 2, 3))]",
    "lambda x: abs(x)",
    "lambda x: x * max(1, 2, 3) - min(4, 5)",
    "lambda x: x + sum([1, 2, 3])",
    "lambda x: x * float(3)",
    "lambda x: x * round(2.4)",
    "lambda x: x[:, list(range(4))[1]:]",
])
each("conditional", [
    "lambda x: x if flag else -x",
    "lambda x: x * (2 if flag else 3)",
    "lambda x: x[:, 1:] if n > 3 else x[:, :1]",
    "lambda x: x + n if n in (1, 2, 3) else x - n",
    "lambda x: x * 2 if not flag else x * 3",
    "lambda x: x if flag and n > 1 else x + 1",
    "lambda x: x if flag is None else x + 1",
    "lambda x: x * (n or 5)",
    "lambda x: x * (flag and n)",
    "lambda x: x if 0 < n < 5 else -x",
    "lambda x: x if mode == 'keep' else -x",
    "lambda x: ops.clip(x, -1.0 if flag else -2.0, 1.5 if flag and n > 9 or mode == 'keep' else not n)",
    "lambda x: x * 2 if flag or n == 7 else x * 3 if n > 5 else x * 4",
], globals={"flag": True, "n": 2, "mode": "keep"})

# Closures, defaults, globals.
add("readme", "lambda x: x[:, -CONV_WIDTH:, :]", globals={"CONV_WIDTH": 3})
add("closure_int", "lambda x: x[:, -width:]", closure={"width": 2})
add("closure_float", "lambda x: x * scale + bias", closure={"scale": 0.5, "bias": -1.25})
add("closure_string", "lambda x: ops.cast(x, dtype)", closure={"dtype": "int32"})
add("closure_list", "lambda x: ops.transpose(x, perm)", closure={"perm": [0, 2, 1]})
add("closure_none", "lambda x: x[:, start:stop]", closure={"start": None, "stop": 3})
add("closure_bool", "lambda x: ops.sum(x, axis=1, keepdims=keep)", closure={"keep": True})
add("closure_array", "lambda x: x * weights", closure={"weights": array([1.0, -2.0, 0.5, 0.25])})
add("closure_array_64", "lambda x: x + table", closure={"table": array([1.5, 2.5, 3.5, 4.5], "float64")})
add("closure_matrix", "lambda x: ops.matmul(x, kernel)",
    closure={"kernel": array([[1.0, 0.5], [0.0, -1.0], [2.0, 0.25], [-0.5, 1.0]])})
add("closure_and_global", "lambda x: x[:, -width:] * SCALE", closure={"width": 2}, globals={"SCALE": 3})
add("default_int", "lambda x, k=3: x * k")
add("default_many", "lambda x, a=2, b=-0.5, c=True: x * a + b if c else x")
add("default_string", "lambda x, mode='nearest': x if mode == 'nearest' else -x")
add("default_none", "lambda x, stop=None: x[:, :stop]")
add("default_tuple", "lambda x, shape=(-1, 20): ops.reshape(x, shape)")
add("default_negative", "lambda x, axis=-1: ops.sum(x, axis=axis)")
add("default_and_closure", "lambda x, i=1: x[:, i] * scale", closure={"scale": 4.0})
add("default_captures_loop", "lambda x, i=i: x[:, i]", globals={"i": 2}, text="lambda x, i=2: x[:, i]")
add("global_float", "lambda x: x / SCALE - SHIFT", globals={"SCALE": 127.5, "SHIFT": 1.0})
add("global_tuple", "lambda x: ops.reshape(x, (-1,) + target)", globals={"target": (10, 2)})
add("global_array", "lambda x: x - MEAN", globals={"MEAN": array([0.5, 1.0, -1.0, 2.0])})
add("global_dimension", "lambda x: x[:, :latent_dim]", globals={"latent_dim": 3}, input="row")
add("global_attribute", "lambda x: x[:, :cfg.width]", globals={"cfg.width": 2})
add("global_alias", "lambda x: KB.sum(x, axis=1)", globals={"KB": {"function": "K"}})
add("global_function", "lambda x: act(x) + 1", globals={"act": {"function": "ops.relu"}})
add("global_function_lambda", "lambda x: twice(x[:, 0])", globals={"twice": {"function": "lambda t: t * 2"}})

# Keyword arguments, unpacking.
add("keywords_all", "lambda x: ops.sum(x=x, axis=2, keepdims=True)")
add("keywords_swapped", "lambda x: ops.clip(x_max=1.0, x_min=-1.0, x=x)")
add("starred", "lambda x: ops.clip(x, *bounds)", globals={"bounds": (-1.0, 1.0)})
add("starred_literal", "lambda x: ops.clip(*(x, 0.0, 1.0))")
add("double_starred", "lambda x: ops.sum(x, **{'axis': 1, 'keepdims': True})",
    text="lambda x: ops.sum(x, axis=1, keepdims=True)")
add("many_arguments", "lambda x: ops.concatenate([%s], axis=1)" % ", ".join("x[:, %d:%d]" % (i % 5, i % 5 + 1) for i in range(30)))
add("many_constants", "lambda x: " + " + ".join("x * %d" % (i + 300) for i in range(12)))
add("wide_argument", "lambda x: x + %s" % " + ".join("%d.5 * x" % i for i in range(300)), input="row")

# Functions of several statements, which tf.keras stores as well.
add("def_locals", "def f(x):\n    mean = ops.mean(x, axis=1, keepdims=True)\n    return (x - mean) * 2",
    text="lambda x: (x - ops.mean(x, axis=1, keepdims=True)) * 2")
add("def_shared", "def f(x):\n    y = ops.exp(x)\n    return y / (1 + y)", text="lambda x: ops.exp(x) / (1 + ops.exp(x))")
add("def_reassigned", "def f(x):\n    x = x * 2\n    x += 1\n    return x", text="lambda x: x * 2 + 1")
add("def_if", "def f(x):\n    if n > 1:\n        x = x * 2\n    return x + 1", globals={"n": 2},
    text="lambda x: (x * 2 if n > 1 else x) + 1")
add("def_if_return", "def f(x):\n    if n > 5:\n        return x\n    return -x", globals={"n": 2},
    text="lambda x: x if n > 5 else -x")
add("def_unpack", "def f(x):\n    a, b = tf.split(x, 2, axis=2)\n    return a * b",
    text="lambda x: tf.split(x, 2, axis=2)[0] * tf.split(x, 2, axis=2)[1]")
add("def_tuple", "def f(x):\n    a, b = x[:, 0], x[:, 1]\n    return a - b", text="lambda x: x[:, 0] - x[:, 1]")
add("def_import", "def f(x):\n    import tensorflow as tf\n    return tf.abs(x)", text="lambda x: tf.abs(x)")
add("def_import_from", "def f(x):\n    from keras import ops\n    return ops.abs(x)", text="lambda x: keras.ops.abs(x)")
add("def_docstring", "def f(x):\n    '''Doubles.'''\n    return x * 2", text="lambda x: x * 2")
add("def_default", "def f(x, scale=0.5):\n    return x * scale", text="lambda x, scale=0.5: x * scale")

# Other ranks.
add("deep_index", "lambda x: x[:, 0, ..., 1]", input="deep")
add("deep_mean", "lambda x: ops.mean(x, axis=[2, 3])", input="deep")
add("deep_transpose", "lambda x: ops.transpose(x, [0, 4, 1, 2, 3])", input="deep")
add("row_expand", "lambda x: x[:, None, :] * x[:, :, None]", input="row")
add("row_reshape", "lambda x: tf.reshape(x, (-1, 2, 3))", input="row")

# What Windows damages: 92 is the byte of a backslash, and Keras overwrites it.
add("windows_code_length", "lambda x: " + " + ".join(["x"] * 16) + " - x * x", input="row")
add("windows_constant", "lambda x: x * 92")
add("windows_unpack", "def f(x):\n    a, b = x.shape[1:]\n    return x * a + b", text="lambda x: x * x.shape[1:][0] + x.shape[1:][1]")

# What the batch axis forbids, yet can be read.
add("unary_plus", "lambda x: +x", runs=False)
add("first_of_batch", "lambda x: x[0]", runs=False)
add("product_of_two", "lambda x: x[0] * x[1]", runs=False)
add("reduce_all", "lambda x: tf.reduce_mean(x)", runs=False)
add("unpack_inputs", "lambda x: ops.add(*x)", runs=False)
add("lists_of_tensors", "lambda x: K.concatenate([x[0], x[1]], axis=-1)", runs=False)
add("sampling", "lambda args: args[0] + K.exp(0.5 * args[1]) * K.random_normal(K.shape(args[0]))", runs=False)
add("no_tensor", "lambda x, y: x if isinstance(x, y) else None", runs=False)
add("dict_argument", "lambda x: f(x, {'a': 1, 'b': [x, (2,)]})", runs=False)
add("identity_test", "lambda x: x is not None and x not in (1, 2)", runs=False)
add("operators", "lambda x: ~x @ x << 2 >> 1 & 3 | k ^ 5", runs=False)
add("chained_methods", "lambda x: x.numpy().astype('float32').mean(axis=0)", runs=False)
add("unpacking", "lambda x: f(x, *a, 1, *b, k=2, **c)", runs=False)
add("keyword_only", "lambda x, *, k=2: x * k", text="lambda x, k: x * k", runs=False)
add("strings", "lambda x: f(x, 'it\\'s', \"two\\n\", 'caf\\u00e9')", runs=False)

# What a function of several statements does besides, and what is inside of it.
add("comprehension", "lambda x: ops.concatenate([x[:, i] * 2 for i in range(3)], axis=-1)")
add("comprehension_if", "lambda x: ops.stack([x[:, i] * w for i, w in enumerate((1.0, 2.0, 3.0)) if w > 1.0], axis=1)")
add("comprehension_not", "lambda x: ops.stack([x[:, i] for i in range(5) if not i % 2], axis=1)")
add("comprehension_nested", "lambda x: ops.concatenate([x[:, i] * j for i in range(2) for j in (1, 2)], axis=-1)")
add("comprehension_inside", "lambda x: ops.concatenate([ops.stack([x[:, i] * j for j in (2, 3)], axis=1) for i in (0, 1)], axis=1)")
add("comprehension_closure", "lambda x: ops.stack([x[:, i] * scale for i in (0, 1)], axis=1)", closure={"scale": 0.5})
add("generator", "lambda x: sum(x[:, i] for i in range(3))", text="lambda x: sum([x[:, i] for i in range(3)])")
add("nested_lambda", "lambda x: (lambda y: y * 2)(x)")
add("nested_lambda_same_name", "lambda x: (lambda x: x * 2)(x + 1)", text="lambda x: (x + 1) * 2")
add("nested_lambda_default", "lambda x: (lambda y, k=3: y * k)(x)")
add("starred_display", "lambda x: ops.reshape(x, (-1, *x.shape[1:], 1))")
add("for_loop", "def f(x):\n    for i in range(3):\n        x = x + i\n    return x", text="lambda x: x + 0 + 1 + 2")
add("loop_append", "def f(x):\n    outs = []\n    for i in range(2):\n        outs.append(x[:, i])\n    return ops.stack(outs, axis=1)",
    text="lambda x: ops.stack([x[:, 0], x[:, 1]], axis=1)")
add("loop_continue", "def f(x):\n    for i in range(4):\n        if i == 2:\n            continue\n        x = x * (i + 1)\n    return x",
    text="lambda x: x * 1 * 2 * 4")
add("loop_nested", "def f(x):\n    for i in (1, 2):\n        for j in (3, 4):\n            x = x * i + j\n    return x",
    text="lambda x: (((x * 1 + 3) * 1 + 4) * 2 + 3) * 2 + 4")
add("inner_def", "def f(x):\n    def scaled(t, *, k=2.0):\n        return t * k\n    return scaled(x) + scaled(x, k=3.0)",
    text="lambda x: x * 2.0 + x * 3.0")
add("inner_closure", "def f(x):\n    k = x.shape[1]\n    def scaled(t):\n        return t * k\n    return scaled(x)",
    text="lambda x: x * 5")
add("starred_names", "def f(x):\n    batch, *rest, last = x.shape\n    return x * rest[0] + last", text="lambda x: x * 5 + 4")
add("deleted", "def f(x):\n    y = x * 2\n    del x\n    return y", text="lambda x: x * 2")
add("unused", "def f(x):\n    n = K.shape(x)[1]\n    print('n', n)\n    return x * 2", text="lambda x: x * 2")
add("raised", "def f(x):\n    if x is None:\n        raise ValueError('none')\n    return x * 2", text="lambda x: x * 2")
add("asserted", "def f(x):\n    assert x.shape[-1] == 4, 'wrong'\n    return x * 2", text="lambda x: x * 2")
add("f_string", "lambda x: ops.einsum(f'b{letter}j->bj{letter}', x)", globals={"letter": "i"},
    text="lambda x: ops.einsum('b' + str(letter) + 'j->bj' + str(letter), x)")

# Refused, with words of the sentence that says why.
REFUSED = [
    ("loop_break", "def f(x):\n    for i in range(3):\n        x = x + i\n        if i == 1:\n            break\n    return x", "loop"),
    ("changed_capture", "def f(x):\n    k = 2\n    g = lambda t: t * k\n    k = 3\n    return g(x)", "changes after"),
    ("captured_loop_variable", "def f(x):\n    gs = []\n    for i in range(3):\n        gs.append(lambda t: t * i)\n    return gs[0](x)", "loop changes"),
    ("changed_argument", "def f(x, items):\n    items.append(x)\n    return x", "changes a list"),
    ("discarded_exec", "def f(x):\n    exec('import os')\n    return x", "thrown away"),
    ("discarded_local", "def f(x):\n    y = open('/etc/passwd')\n    return x", "thrown away"),
    ("import_dunder", "lambda x: __import__('os').system('true')", "__import__"),
    ("import_os", "def f(x):\n    import os\n    return x", "imports"),
    ("attribute_dunder", "lambda x: x.__class__.__bases__[0].__subclasses__()", "__class__"),
    ("dict_comprehension", "lambda x: {i: i for i in x}", "comprehension"),
    ("generator_function", "def f(x):\n    yield x", "generator"),
    ("loop", "def f(x):\n    while x:\n        x = x - 1\n    return x", "loop"),
    ("huge_int", "lambda x: x * 10 ** 30", "64 bits"),
    ("infinite", "lambda x: x * 1e999", "infinite"),
    ("complex_number", "lambda x: x * 2j", "complex"),
    ("bytes", "lambda x: f(x, b'abc')", "bytes"),
    ("exceptions", "def f(x):\n    try:\n        return x\n    except ValueError:\n        return -x", "try"),
    ("with_statement", "def f(x):\n    with open('f') as g:\n        return x", "with"),
    ("global_assigned", "def f(x):\n    global y\n    y = x\n    return x", "assignment"),
    ("attribute_assigned", "def f(x):\n    x.y = 1\n    return x", "assignment"),
    ("item_assigned", "def f(x):\n    x[0] = 1\n    return x", "assignment"),
    ("variadic", "lambda *x: x", "*args"),
    ("no_argument", "lambda: 1", "no argument"),
    ("coroutine", "async def f(x):\n    return x", "coroutine"),
    ("name_beyond_ascii", "lambda x: x * \u03c0", "ASCII"),
    ("set_display", "lambda x: f({x, 1})", "a set"),
]
