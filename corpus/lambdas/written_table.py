"""Lambdas as people write them, which stock Keras saves and then computes: the share that revive brings back is tested.

An entry is (name, family, input, source, options). The family says which backend Keras runs on, and what the names
mean: "tf" (tf.*, K.*), "jax" (jnp.*, jax.nn.*, keras.ops.*), "numpy" (np.*, keras.ops.*). Options are

    closure    source of the arguments that an enclosing function is called with, by name
    globals    source of module globals, by name; what revive is told of them stands in `bind`
    bind       what --bind is given for a global that is no module and no function of the language
    arguments  source of the Lambda's `arguments`
    keras2     True where tf_keras saves it, which stores a `def` as bytecode
"""

# Name: shape behind the batch, what it holds.
INPUTS = {
    "row": ((6,), "float32"),
    "steps": ((5, 4), "float32"),
    "square": ((4, 4), "float32"),
    "image": ((6, 6, 3), "unit"),
    "small_image": ((4, 4, 3), "pixels"),
    "gray": ((4, 4, 1), "unit"),
    "ids": ((5,), "int32"),
    "one": ((1,), "float32"),
    "positive": ((6,), "unit"),
    "deep": ((2, 3, 4), "float32"),
}

TABLE = []


def add(family, kind, prefix, sources, **options):
    for number, source in enumerate(sources):
        TABLE.append(("%s_%s_%d" % (family, prefix, number), family, kind, source, options))


def one(family, kind, name, source, **options):
    TABLE.append(("%s_%s" % (family, name), family, kind, source, options))


# Slices, shapes and arithmetic under TensorFlow.
add("tf", "steps", "slice", [
    "lambda x: x[:, -1, :]",
    "lambda x: x[:, 0]",
    "lambda x: x[..., :2]",
    "lambda x: x[:, ::-1, :]",
    "lambda x: x[:, 1:, :] - x[:, :-1, :]",
    "lambda x: x[:, :, None]",
    "lambda x: x[:, tf.newaxis, :, :]",
    "lambda x: x[:, :x.shape[1] // 2, :]",
    "lambda x: tf.slice(x, [0, 1, 0], [-1, 2, -1])",
    "lambda x: tf.strided_slice(x, [0, 1, 0], [2, 4, 4], [1, 2, 1])",
    "lambda x: tf.split(x, 2, axis=-1)[0]",
    "lambda x: tf.unstack(x, axis=1)[-1]",
    "lambda x: tf.gather(x, [0, 2], axis=1)",
    "lambda x: tf.gather(x, tf.constant([1, 1, 3]), axis=2)",
    "lambda x: x[:, -3:, :]",
    "lambda x: x[:, 0, :] * x[:, -1, :]",
    "lambda x: tf.concat([x[:, :1, :], x], axis=1)",
])
add("tf", "steps", "shape", [
    "lambda x: tf.reshape(x, (-1, 20))",
    "lambda x: tf.reshape(x, [-1, x.shape[1] * x.shape[2]])",
    "lambda x: tf.reshape(x, (-1, *x.shape[1:]))",
    "lambda x: tf.reshape(x, [tf.shape(x)[0], -1])",
    "lambda x: tf.reshape(x, (tf.shape(x)[0], 2, 10))",
    "lambda x: tf.reshape(x, tf.concat([tf.shape(x)[:1], [10, 2]], 0))",
    "lambda x: K.reshape(x, (-1, K.int_shape(x)[1] * K.int_shape(x)[2]))",
    "lambda x: K.reshape(x, (K.shape(x)[0], -1))",
    "lambda x: tf.transpose(x, [0, 2, 1])",
    "lambda x: tf.expand_dims(x, -1)",
    "lambda x: K.expand_dims(x, axis=1)",
    "lambda x: tf.squeeze(tf.expand_dims(x, 1), axis=1)",
    "lambda x: K.permute_dimensions(x, (0, 2, 1))",
    "lambda x: tf.tile(x, [1, 2, 1])",
    "lambda x: tf.repeat(x, 2, axis=1)",
    "lambda x: K.repeat_elements(x, 2, axis=2)",
    "lambda x: tf.pad(x, [[0, 0], [1, 1], [0, 0]])",
    "lambda x: K.temporal_padding(x, (1, 2))",
    "lambda x: tf.stack([x, x], axis=1)",
    "lambda x: K.batch_flatten(x)",
    "lambda x: tf.broadcast_to(x[:, :1, :], tf.shape(x))",
    "lambda x: tf.reverse(x, axis=[1])",
    "lambda x: tf.roll(x, shift=1, axis=1)",
    "lambda x: tf.ensure_shape(x, (None, 5, 4)) * 2.0",
])
add("tf", "row", "math", [
    "lambda x: x * 2.0 + 1.0",
    "lambda x: x / 255.0",
    "lambda x: (x - 0.5) * 2",
    "lambda x: tf.square(x)",
    "lambda x: x ** 2 + x",
    "lambda x: tf.sin(x) + tf.cos(x)",
    "lambda x: tf.exp(-tf.square(x))",
    "lambda x: tf.sqrt(tf.abs(x) + 1e-6)",
    "lambda x: tf.math.log1p(tf.abs(x))",
    "lambda x: tf.sign(x) * tf.math.log(1.0 + tf.abs(x))",
    "lambda x: tf.clip_by_value(x, -1.0, 1.0)",
    "lambda x: K.clip(x, 0, 1)",
    "lambda x: tf.maximum(x, 0.0)",
    "lambda x: tf.where(x > 0, x, 0.1 * x)",
    "lambda x: tf.math.floormod(x, 1.0)",
    "lambda x: tf.math.rint(x * 3.0)",
    "lambda x: tf.math.xlogy(tf.abs(x), tf.abs(x) + 1.0)",
    "lambda x: tf.math.xdivy(x, tf.abs(x) + 1.0)",
    "lambda x: tf.math.multiply_no_nan(x, tf.cast(x > 0, tf.float32))",
    "lambda x: tf.math.divide_no_nan(x, tf.nn.relu(x))",
    "lambda x: tf.math.erf(x) - tf.math.erfc(x)",
    "lambda x: tf.math.cumsum(x, axis=1)",
    "lambda x: tf.cumsum(x, axis=-1, exclusive=True)",
    "lambda x: tf.cumsum(x, axis=1, reverse=True)",
    "lambda x: tf.clip_by_norm(x, 1.0, axes=[1])",
    "lambda x: tf.math.squared_difference(x, 1.0)",
    "lambda x: tf.math.polyval([1.0, 2.0, 3.0], x)",
    "lambda x: tf.math.scalar_mul(2.0, x)",
    "lambda x: K.pow(K.abs(x), 0.5)",
    "lambda x: 1.0 - x",
    "lambda x: -x",
    "lambda x: tf.add(x, 1.0)",
    "lambda x: tf.multiply(x, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])",
    "lambda x: tf.sin(2 * np.pi * x)",
    "lambda x: x * np.sqrt(2.0)",
    "lambda x: x + np.log(3.0)",
    "lambda x: tf.identity(x)",
    "lambda x: tf.cast(x, tf.float32)",
    "lambda x: tf.cast(x > 0.5, tf.float32)",
    "lambda x: K.cast(K.greater(x, 0), 'float32')",
    "lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32)",
    "lambda x: tf.stop_gradient(x) + x",
    "lambda x: x * K.epsilon() + x",
    "lambda x: K.round(x) + K.sign(x)",
    "lambda x: tf.math.atan2(x, tf.ones_like(x))",
    "lambda x: tf.nn.l2_normalize(x, axis=1)",
    "lambda x: K.l2_normalize(x, axis=-1)",
    "lambda x: x / tf.norm(x, axis=-1, keepdims=True)",
    "lambda x: tf.linalg.normalize(x, axis=1)[0]",
    "lambda x: x / (tf.reduce_max(tf.abs(x), axis=1, keepdims=True) + 1e-8)",
    "lambda x: (x - tf.reduce_mean(x, axis=1, keepdims=True)) / tf.math.reduce_std(x, axis=1, keepdims=True)",
])
add("tf", "steps", "reduce", [
    "lambda x: tf.reduce_mean(x, axis=1)",
    "lambda x: tf.reduce_sum(x, axis=[1, 2])",
    "lambda x: tf.reduce_max(x, axis=-1)",
    "lambda x: K.sum(x, axis=1)",
    "lambda x: K.mean(x, axis=-1, keepdims=True)",
    "lambda x: K.max(x, axis=1)",
    "lambda x: K.std(x, axis=1)",
    "lambda x: tf.math.reduce_variance(x, axis=1)",
    "lambda x: tf.reduce_logsumexp(x, axis=-1)",
    "lambda x: tf.nn.moments(x, axes=[1])[1]",
    "lambda x: tf.norm(x, axis=2)",
    "lambda x: tf.norm(x, ord=1, axis=2)",
    "lambda x: tf.norm(x, ord=np.inf, axis=2)",
    "lambda x: K.sqrt(K.sum(K.square(x), axis=-1))",
    "lambda x: tf.reduce_any(x > 1.0, axis=1)",
    "lambda x: tf.argmax(x, axis=-1)",
    "lambda x: K.argmax(x)",
    "lambda x: tf.math.count_nonzero(x > 0, axis=1)",
    "lambda x: tf.nn.top_k(x, k=2)[0]",
    "lambda x: tf.math.top_k(x, k=3).values",
    "lambda x: tf.nn.top_k(x, 2).indices",
    "lambda x: tf.reduce_mean(tf.nn.top_k(tf.transpose(x, [0, 2, 1]), k=3)[0], axis=-1)",
    "lambda x: tf.sort(x, axis=1)",
    "lambda x: tf.sort(x, axis=-1, direction='DESCENDING')",
    "lambda x: K.concatenate([K.mean(x, axis=1), K.max(x, axis=1)], axis=-1)",
    "lambda x: tf.concat([tf.reduce_mean(x, 1), tf.math.reduce_std(x, 1)], -1)",
])
add("tf", "row", "activation", [
    "lambda x: tf.nn.relu(x)",
    "lambda x: tf.nn.leaky_relu(x, alpha=0.1)",
    "lambda x: tf.nn.softmax(x)",
    "lambda x: tf.nn.gelu(x)",
    "lambda x: x * tf.sigmoid(x)",
    "lambda x: x * tf.nn.tanh(tf.math.softplus(x))",
    "lambda x: K.relu(x, alpha=0.2, max_value=1.0)",
    "lambda x: K.elu(x)",
    "lambda x: K.hard_sigmoid(x)",
    "lambda x: K.softmax(x)",
    "lambda x: tf.keras.activations.swish(x)",
    "lambda x: tf.nn.log_softmax(x)",
    "lambda x: tf.nn.elu(x) + tf.nn.selu(x)",
    "lambda x: tf.nn.crelu(x)",
    "lambda x: tf.nn.softmax(x / 0.5, axis=-1)",
    "lambda x: tf.keras.activations.gelu(x, approximate=True)",
    "lambda x: tf.nn.relu6(x + 3) / 6",
    "lambda x: tf.nn.swish(x)",
])
add("tf", "image", "image", [
    "lambda x: x / 127.5 - 1.0",
    "lambda x: x[..., ::-1]",
    "lambda x: x - tf.constant([0.485, 0.456, 0.406])",
    "lambda x: (x - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]",
    "lambda x: tf.image.resize(x, (3, 3))",
    "lambda x: tf.image.resize(x, [12, 12], method='nearest')",
    "lambda x: tf.image.resize(x, (9, 9), method='bicubic')",
    "lambda x: tf.image.resize(x, (3, 3), method='area')",
    "lambda x: tf.image.resize(x, (3, 3), antialias=True)",
    "lambda x: tf.image.resize(x, (9, 7), method='lanczos3')",
    "lambda x: tf.image.resize(x, tf.shape(x)[1:3] * 2)",
    "lambda x: K.resize_images(x, 2, 2, 'channels_last')",
    "lambda x: tf.image.rgb_to_grayscale(x)",
    "lambda x: tf.image.flip_left_right(x)",
    "lambda x: tf.image.flip_up_down(x)",
    "lambda x: tf.image.central_crop(x, 0.5)",
    "lambda x: tf.image.crop_to_bounding_box(x, 1, 2, 3, 4)",
    "lambda x: tf.image.pad_to_bounding_box(x, 1, 1, 8, 9)",
    "lambda x: tf.image.resize_with_crop_or_pad(x, 4, 8)",
    "lambda x: tf.image.per_image_standardization(x)",
    "lambda x: tf.image.adjust_brightness(x, 0.1)",
    "lambda x: tf.image.adjust_contrast(x, 1.5)",
    "lambda x: tf.image.adjust_gamma(x, 2.0)",
    "lambda x: tf.image.adjust_saturation(x, 0.5)",
    "lambda x: tf.image.rgb_to_hsv(x)",
    "lambda x: tf.image.hsv_to_rgb(x)",
    "lambda x: tf.image.rgb_to_yuv(x)",
    "lambda x: tf.image.yuv_to_rgb(x)",
    "lambda x: tf.image.rgb_to_yiq(x)",
    "lambda x: tf.image.rot90(x)",
    "lambda x: tf.image.rot90(x, k=3)",
    "lambda x: tf.image.transpose(x)",
    "lambda x: tf.image.total_variation(x)",
    "lambda x: tf.image.image_gradients(x)[0]",
    "lambda x: tf.image.extract_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')",
    "lambda x: tf.image.extract_patches(x, sizes=[1, 3, 3, 1], strides=[1, 2, 2, 1], rates=[1, 1, 1, 1], padding='SAME')",
    "lambda x: tf.nn.depth_to_space(tf.concat([x, x[..., :1]], -1), 2)",
    "lambda x: tf.nn.space_to_depth(x, 2)",
    "lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], 'REFLECT')",
    "lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode='SYMMETRIC')",
    "lambda x: tf.nn.local_response_normalization(x)",
    "lambda x: tf.nn.local_response_normalization(x, depth_radius=1, bias=2.0, alpha=0.1, beta=0.75)",
    "lambda x: tf.nn.max_pool2d(x, 2, 2, 'VALID')",
    "lambda x: tf.nn.avg_pool2d(x, ksize=3, strides=2, padding='SAME')",
    "lambda x: tf.nn.max_pool(x, [1, 3, 3, 1], [1, 1, 1, 1], 'SAME')",
    "lambda x: K.pool2d(x, (2, 2), strides=(2, 2), pool_mode='avg')",
    "lambda x: tf.reduce_mean(x, axis=[1, 2])",
    "lambda x: K.mean(x, axis=[1, 2], keepdims=True)",
    "lambda x: 0.299 * x[..., 0] + 0.587 * x[..., 1] + 0.114 * x[..., 2]",
    "lambda x: tf.concat([x, tf.reduce_max(x, axis=-1, keepdims=True)], axis=-1)",
    "lambda x: tf.image.convert_image_dtype(x, tf.float32)",
    "lambda x: K.spatial_2d_padding(x)",
])
one("tf", "image", "blur", "lambda x: tf.nn.depthwise_conv2d(x, kernel, [1, 1, 1, 1], 'SAME')",
    closure={"kernel": "np.ones((3, 3, 3, 1), 'float32') / 9.0"})
one("tf", "gray", "edges", "lambda x: tf.nn.conv2d(x, kernel, strides=1, padding='VALID')",
    closure={"kernel": "np.arange(18, dtype='float32').reshape(3, 3, 1, 2) / 9.0 - 1.0"})
one("tf", "steps", "conv1d", "lambda x: tf.nn.conv1d(x, kernel, stride=1, padding='SAME')",
    closure={"kernel": "np.arange(24, dtype='float32').reshape(3, 4, 2) / 12.0 - 1.0"})
add("tf", "square", "matrix", [
    "lambda x: tf.matmul(x, x, transpose_b=True)",
    "lambda x: tf.linalg.matmul(x, tf.eye(4))",
    "lambda x: x + tf.eye(4)",
    "lambda x: tf.linalg.diag_part(x)",
    "lambda x: tf.linalg.trace(x)",
    "lambda x: tf.linalg.band_part(x, -1, 0)",
    "lambda x: tf.linalg.band_part(x, 0, -1)",
    "lambda x: tf.linalg.band_part(x, 1, 1)",
    "lambda x: tf.linalg.matvec(x, x[:, 0])",
    "lambda x: tf.einsum('bij,bjk->bik', x, x)",
    "lambda x: tf.einsum('...ij->...ji', x)",
    "lambda x: K.batch_dot(x, x, axes=[2, 2])",
    "lambda x: K.dot(x, K.constant([[1.0], [2.0], [3.0], [4.0]]))",
    "lambda x: tf.tensordot(x, tf.constant([1.0, 2.0, 3.0, 4.0]), axes=1)",
    "lambda x: tf.linalg.inv(x + 10.0 * tf.eye(4))",
    "lambda x: tf.linalg.det(x)",
    "lambda x: tf.norm(x, axis=[1, 2])",
    "lambda x: tf.norm(x, ord='fro', axis=[-2, -1])",
    "lambda x: tf.nn.softmax(tf.matmul(x, x, transpose_b=True) / tf.sqrt(4.0), axis=-1)",
    "lambda x: x * tf.linalg.band_part(tf.ones((4, 4)), -1, 0)",
    "lambda x: tf.where(tf.linalg.band_part(tf.ones((4, 4)), -1, 0) > 0, x, -1e9)",
])
one("tf", "row", "diag", "lambda x: tf.linalg.diag(x)")
one("tf", "row", "linspace", "lambda x: x * tf.linspace(0.0, 1.0, 6)")
one("tf", "row", "range", "lambda x: x + tf.range(6, dtype=tf.float32)")
one("tf", "row", "outer", "lambda x: tf.expand_dims(x, 2) * tf.expand_dims(x, 1)")
one("tf", "row", "rfft", "lambda x: tf.abs(tf.signal.rfft(x))")
add("tf", "ids", "ids", [
    "lambda x: tf.one_hot(x, 6)",
    "lambda x: K.one_hot(x, 6)",
    "lambda x: tf.cast(x, tf.float32)",
    "lambda x: tf.cast(tf.not_equal(x, 0), tf.float32)",
    "lambda x: tf.cast(tf.math.equal(x, 0), tf.float32)[:, tf.newaxis, tf.newaxis, :]",
    "lambda x: x + 1",
    "lambda x: x % 2",
    "lambda x: x // 2",
    "lambda x: tf.reduce_sum(tf.one_hot(x, 6), axis=1)",
    "lambda x: tf.where(x == 0, -1, x)",
    "lambda x: tf.nn.embedding_lookup(tf.constant([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0], [8.0, 9.0], [1.0, 1.0]]), x)",
    "lambda x: tf.reduce_sum(tf.cast(x > 0, tf.int32), axis=1)",
    "lambda x: tf.sequence_mask(x[:, 0], maxlen=6)",
    "lambda x: K.cast(x, 'float32') / 5.0",
    "lambda x: 1 - tf.cast(x == 0, tf.int32)",
])
one("tf", "ids", "embedding_table", "lambda x: tf.gather(table, x)",
    closure={"table": "np.arange(12, dtype='float32').reshape(6, 2)"})
one("tf", "one", "periodic", "lambda x: tf.concat([tf.sin(x), tf.cos(x)], axis=-1)")
one("tf", "steps", "class_token", "lambda x: tf.concat([tf.zeros((tf.shape(x)[0], 1, 4)), x], 1)")
one("tf", "steps", "positions", "lambda x: x + tf.cast(tf.range(tf.shape(x)[1]), tf.float32)[:, None]")

# Closures, defaults, arguments, globals.
one("tf", "row", "closure_scale", "lambda x: x * scale + bias", closure={"scale": "0.5", "bias": "-1.25"})
one("tf", "row", "closure_array", "lambda x: (x - mean) / std",
    closure={"mean": "np.arange(6, dtype='float32')", "std": "np.full(6, 2.0, 'float32')"})
one("tf", "row", "closure_array64", "lambda x: x * tf.constant(w, dtype=tf.float32)", closure={"w": "np.linspace(0, 1, 6)"})
one("tf", "row", "closure_list", "lambda x: tf.gather(x, indices, axis=1)", closure={"indices": "[0, 2, 4]"})
one("tf", "row", "closure_arrays", "lambda x: x * ws[0] + ws[1]",
    closure={"ws": "[np.arange(6, dtype='float32'), np.ones(6, 'float32')]"})
one("tf", "row", "closure_dict", "lambda x: x * cfg['scale'] + cfg['shift']", closure={"cfg": "{'scale': 2.0, 'shift': 0.5}"})
one("tf", "row", "closure_dict_arrays", "lambda x: tf.matmul(x, p['w']) + p['b']",
    closure={"p": "{'w': np.arange(12, dtype='float32').reshape(6, 2), 'b': np.ones(2, 'float32')}"})
one("tf", "row", "closure_tuple", "lambda x: tf.reshape(x, (-1,) + shape)", closure={"shape": "(2, 3)"})
one("tf", "row", "closure_T", "lambda x: tf.matmul(x, W.T)", closure={"W": "np.arange(12, dtype='float32').reshape(2, 6)"})
one("tf", "row", "closure_shape", "lambda x: x[:, :W.shape[0]] * W.sum()", closure={"W": "np.ones((3, 2), 'float32')"})
one("tf", "row", "closure_astype", "lambda x: x * w.astype('float32')", closure={"w": "np.arange(6)"})
one("tf", "row", "closure_lambda", "lambda x: f(x) + 1.0", closure={"f": "lambda t: t * 3.0"})
one("tf", "row", "closure_activation", "lambda x: act(x) * 2.0", closure={"act": "keras.activations.relu"})
one("tf", "row", "closure_len", "lambda x: x * len(names)", closure={"names": "['a', 'b', 'c']"})
one("tf", "steps", "closure_int", "lambda x: x[:, i]", closure={"i": "2"})
one("tf", "row", "default_scale", "lambda x, s=3.0: x * s")
one("tf", "row", "default_tuple", "lambda x, shape=(-1, 2, 3): tf.reshape(x, shape)")
one("tf", "row", "default_array", "lambda x, w=w: x * w", globals={"w": "np.arange(6, dtype='float32')"})
one("tf", "row", "arguments", "lambda x, factor, offset: x * factor + offset", arguments="{'factor': 2.5, 'offset': 1.0}")
one("tf", "row", "arguments_array", "lambda x, w: x * w", arguments="{'w': np.arange(6, dtype='float32')}")
one("tf", "row", "arguments_list", "lambda x, idx: tf.gather(x, idx, axis=1)", arguments="{'idx': [1, 3]}")
one("tf", "row", "arguments_function", "lambda x, f: f(x)", arguments="{'f': keras.activations.relu}")
one("tf", "steps", "global", "lambda x: x[:, -WIDTH:, :]", globals={"WIDTH": "3"}, bind={"WIDTH": "3"})
one("tf", "row", "global_alias", "lambda x: F.relu(x)", globals={"F": "keras.ops"}, bind={"F": "keras.ops"})
one("tf", "row", "mask_none", "lambda x, mask=None: x * 2.0")
one("tf", "row", "mask_ignored", "lambda x, mask: x * 2.0 if mask is None else x")
one("tf", "row", "training", "lambda x, training=None: x * 2.0 if training else x * 3.0")
one("tf", "row", "train_phase", "lambda x: K.in_train_phase(x * 2.0, x * 3.0)")
one("tf", "row", "dtype_np", "lambda x: x * np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], dtype=np.float32)")
one("tf", "row", "np_constant", "lambda x: x * tf.constant(np.arange(6), dtype=tf.float32)")

# What Python itself does.
add("tf", "steps", "python", [
    "lambda x: tf.stack([x[:, i] * i for i in range(5)], axis=1)",
    "lambda x: tf.concat([x[:, i:i + 2] for i in range(4)], axis=1)",
    "lambda x: tf.add_n([x[:, i] for i in range(x.shape[1])])",
    "lambda x: sum(x[:, i] for i in range(5))",
    "lambda x: sum([x[:, i] * w for i, w in enumerate([0.5, 1.0, 2.0])])",
    "lambda x: tf.concat([x ** p for p in (1, 2, 3)], -1)",
    "lambda x: tf.stack([f(x) for f in [tf.sin, tf.cos]], axis=-1)",
    "lambda x: tf.concat([f(2.0 ** i * x) for i in range(3) for f in (tf.sin, tf.cos)], axis=-1)",
    "lambda x: tf.concat([x[:, i:i + 1] for i in range(5) if i % 2 == 0], axis=1)",
    "lambda x: (lambda y: y * y + 1.0)(x[:, 0])",
    "lambda x: tf.add(*tf.split(x, 2, axis=-1))",
    "lambda x: x[0] if isinstance(x, list) else x * 2",
    "lambda x: x if x.shape[1] == 5 else -x",
    "lambda x: x * (2 if x.shape[-1] > 3 else 3)",
    "lambda x: tf.reduce_mean(x, axis=list(range(1, len(x.shape))))",
    "lambda x: tf.concat(list(map(lambda i: x[:, i], [0, 2])), axis=-1)",
    "lambda x: tf.transpose(x, [0] + list(range(2, len(x.shape))) + [1])",
    "lambda x: tf.reshape(x, (-1, int(np.prod(x.shape[1:]))))",
    "lambda x: tf.stack([a * b for a, b in zip(tf.unstack(x, axis=1), [1.0, 2.0, 3.0, 4.0, 5.0])], axis=1)",
    "lambda x: tf.concat([t for t in reversed(tf.split(x, 2, axis=-1))], axis=-1)",
    "lambda x: x[:, :max(1, x.shape[1] - 2)]",
    "lambda x: tf.image.resize(x[..., None], [d * 2 for d in x.shape[1:3]])",
])
KERAS2 = [
    ("steps", "normalize", "def f(x):\n    mean = tf.reduce_mean(x, axis=1, keepdims=True)\n    std = tf.math.reduce_std(x, axis=1, keepdims=True)\n    return (x - mean) / (std + 1e-6)"),
    ("steps", "last", "def f(x):\n    return x[:, -1, :]"),
    ("row", "unused", "def f(x):\n    grid = K.shape(x)[1:2]\n    n = K.int_shape(x)[-1]\n    return x * 2"),
    ("row", "deleted", "def f(x):\n    y = x * 2\n    del x\n    return y"),
    ("row", "printed", "def f(x):\n    print('shape', x.shape)\n    return x + 1.0"),
    ("row", "asserted", "def f(x):\n    assert x.shape[-1] == 6, 'bad shape'\n    return x * 2.0"),
    ("row", "raised", "def f(x):\n    if len(x.shape) != 2:\n        raise ValueError(f'expected 2 axes, got {len(x.shape)}')\n    return x * 3.0"),
    ("steps", "looped", "def f(x):\n    outs = []\n    for i in range(3):\n        outs.append(x[:, i] * float(i + 1))\n    return K.concatenate(outs, axis=-1)"),
    ("row", "powers", "def f(x):\n    total = x\n    for p in range(2, 5):\n        total = total + x ** p\n    return total"),
    ("steps", "attention", "def f(x):\n    scores = tf.matmul(x, x, transpose_b=True)\n    scores = scores / tf.math.sqrt(tf.cast(tf.shape(x)[-1], tf.float32))\n    weights = tf.nn.softmax(scores, axis=-1)\n    return tf.matmul(weights, x)"),
    ("row", "rbf", "def f(x):\n    diff = K.expand_dims(x) - K.constant([0.0, 0.5, 1.0])\n    return K.exp(-1 * K.sum(K.square(diff), axis=1))"),
    ("steps", "statistics", "def f(x):\n    mean, var = tf.nn.moments(x, axes=[1])\n    return tf.concat([mean, tf.sqrt(var + 1e-6)], axis=-1)"),
    ("image", "preprocess", "def f(x):\n    x = x / 127.5\n    x -= 1.0\n    return x[..., ::-1]"),
    ("steps", "inner_def", "def f(x):\n    def scaled(t, k=2.0):\n        return t * k\n    return scaled(x[:, 0]) + scaled(x[:, 1], k=3.0)"),
    ("steps", "branch", "def f(x):\n    if x.shape[1] is None:\n        return x\n    else:\n        return x[:, :2]"),
    ("steps", "unpacked", "def f(x):\n    _, steps, features = x.shape\n    return tf.reshape(x, (-1, steps * features))"),
    ("steps", "int_shape", "def f(x):\n    shape = K.int_shape(x)\n    return K.reshape(x, (-1, shape[1] * shape[2]))"),
    ("row", "imports", "def f(x):\n    import tensorflow as tf\n    from tensorflow.keras import backend as K\n    return K.abs(tf.sin(x))"),
    ("image", "channels", "def f(x):\n    r, g, b = tf.unstack(x, axis=-1)\n    return tf.stack([b, g, r], axis=-1)"),
    ("steps", "doc", "def f(x):\n    '''Mean and max over time.'''\n    avg = K.mean(x, axis=1)\n    mx = K.max(x, axis=1)\n    return K.concatenate([avg, mx])"),
    ("steps", "gem", "def f(x):\n    p = 3.0\n    return tf.pow(tf.reduce_mean(tf.pow(tf.maximum(x, 1e-6), p), axis=1), 1.0 / p)"),
    ("square", "cosine", "def f(x):\n    n = tf.math.l2_normalize(x, axis=-1)\n    return tf.matmul(n, n, transpose_b=True)"),
    ("steps", "rest", "def f(x):\n    batch, *rest = x.shape\n    return tf.reshape(x, [-1, rest[0] * rest[1]])"),
    ("steps", "comprehension", "def f(x):\n    parts = [x[:, i] for i in range(x.shape[1])]\n    return tf.add_n(parts) / len(parts)"),
    ("row", "nested_if", "def f(x):\n    y = x * 2\n    if x.shape[-1] > 4:\n        if x.shape[-1] > 5:\n            y = y + 1\n        else:\n            y = y - 1\n    return y"),
    ("row", "continue", "def f(x):\n    for i in range(4):\n        if i == 2:\n            continue\n        x = x + float(i)\n    return x"),
    ("row", "augmented", "def f(x):\n    x *= 2.0\n    x += 1.0\n    x /= 3.0\n    return x"),
    ("steps", "extend", "def f(x):\n    outs = [x[:, 0]]\n    outs.extend([x[:, 1], x[:, 2]])\n    return tf.stack(outs, axis=1)"),
    ("row", "kwargs", "def f(x, **kwargs):\n    return x * 2.0"),
    ("steps", "name_scope", "def f(x):\n    return tf.reduce_sum(x, axis=1, name='summed')"),
]
for kind, name, source in KERAS2:
    one("tf", kind, "keras2_" + name, source, keras2=True)

# keras.ops under JAX, and JAX itself.
add("jax", "steps", "ops", [
    "lambda x: ops.mean(x, axis=1)",
    "lambda x: keras.ops.max(x, axis=-1, keepdims=True)",
    "lambda x: ops.reshape(x, (-1, 20))",
    "lambda x: ops.reshape(x, (-1, *x.shape[1:], 1))",
    "lambda x: ops.transpose(x, (0, 2, 1))",
    "lambda x: ops.concatenate([x, ops.square(x)], axis=-1)",
    "lambda x: ops.softmax(x, axis=-1)",
    "lambda x: ops.softmax(x, axis=(1, 2))",
    "lambda x: ops.einsum('bij,bkj->bik', x, x)",
    "lambda x: ops.top_k(x, 2)[0]",
    "lambda x: ops.where(x > 0, x, ops.zeros_like(x))",
    "lambda x: ops.take(x, [0, 1], axis=1)",
    "lambda x: ops.expand_dims(x, 1)",
    "lambda x: ops.stack([ops.sin(x), ops.cos(x)], axis=-1)",
    "lambda x: ops.cumsum(x, axis=1)",
    "lambda x: ops.average(x, axis=1, weights=[1.0, 2.0, 3.0, 4.0, 5.0])",
    "lambda x: ops.quantile(x, 0.3, axis=1)",
    "lambda x: ops.norm(x, axis=-1)",
    "lambda x: ops.norm(x, ord='fro', axis=(1, 2))",
    "lambda x: ops.norm(x, ord=float('inf'), axis=-1)",
    "lambda x: ops.linspace(0.0, 1.0, 4) * x",
    "lambda x: ops.matmul(x, ops.eye(4))",
    "lambda x: ops.max_pool(x, 2)",
    "lambda x: ops.average_pool(x, 2, strides=1, padding='same')",
    "lambda x: ops.cast(x > 0, 'float32') * 2.0",
    "lambda x: ops.pad(x, [[0, 0], [1, 1], [0, 0]])",
    "lambda x: ops.split(x, 2, axis=-1)[1]",
    "lambda x: ops.repeat(x, 2, axis=1)",
    "lambda x: ops.logsumexp(x, axis=-1)",
    "lambda x: ops.fori_loop(0, 3, lambda i, y: y * 2.0, x)",
    "lambda x: ops.slice(x, (0, 1, 0), (2, 2, 4)) if False else x",
    "lambda x: ops.diff(x, axis=1)",
    "lambda x: ops.flip(x, axis=1)",
    "lambda x: ops.var(x, axis=1) + ops.std(x, axis=1)",
    "lambda x: ops.argmax(x, axis=-1)",
    "lambda x: ops.one_hot(ops.argmax(x, axis=-1), 4)",
    "lambda x: ops.sum(x, axis=1) / x.shape[1]",
    "lambda x: ops.moveaxis(x, 1, 2)",
    "lambda x: ops.stack([x[:, i] for i in range(x.shape[1])], axis=1)",
    "lambda x: keras.activations.gelu(x)",
    "lambda x: ops.gelu(x)",
    "lambda x: x.mean(axis=1)",
    "lambda x: x.reshape((-1, 20))",
    "lambda x: x.sum(axis=-1, keepdims=True)",
    "lambda x: x.transpose((0, 2, 1))",
    "lambda x: jnp.sin(x) + jnp.cos(x)",
    "lambda x: jnp.concatenate([x, -x], axis=-1)",
    "lambda x: jax.nn.relu(x) - jax.nn.softplus(x)",
    "lambda x: jnp.einsum('bij,bij->bi', x, x)",
    "lambda x: jnp.mean(x, axis=(1, 2))",
])
add("jax", "image", "image", [
    "lambda x: ops.image.resize(x, (3, 3))",
    "lambda x: ops.image.rgb_to_grayscale(x)",
    "lambda x: ops.image.extract_patches(x, 2)",
    "lambda x: ops.image.crop_images(x, top_cropping=1, left_cropping=1, target_height=3, target_width=4)",
    "lambda x: ops.mean(x, axis=(1, 2))",
    "lambda x: ops.max_pool(x, (2, 2), strides=(1, 1), padding='same')",
    "lambda x: x[:, 1:-1, 1:-1, :]",
])
add("numpy", "steps", "numpy", [
    "lambda x: np.mean(x, axis=1)",
    "lambda x: np.abs(x) ** 0.5",
    "lambda x: np.concatenate([x, x], axis=-1)",
    "lambda x: np.transpose(x, (0, 2, 1))",
    "lambda x: np.where(x > 0, x, 0.0)",
    "lambda x: np.clip(x, -1.0, 1.0)",
    "lambda x: np.einsum('bij->bji', x)",
    "lambda x: np.einsum('bij,bkj', x, x)",
    "lambda x: x.astype('float32').sum(axis=1)",
    "lambda x: x.max(axis=-1) - x.min(axis=-1)",
    "lambda x: x.reshape(-1, 20)",
    "lambda x: x.swapaxes(1, 2)",
    "lambda x: x.clip(0.0, 1.0)",
    "lambda x: np.quantile(x, 0.5, axis=1)",
    "lambda x: np.average(x, axis=-1)",
    "lambda x: np.rint(x * 2.0)",
    "lambda x: np.stack([x[:, i] for i in (0, 2)], axis=1)",
    "lambda x: np.log1p(np.exp(x))",
    "lambda x: np.flip(x, axis=1)",
    "lambda x: np.cumsum(x, axis=1)",
    "lambda x: np.linalg.norm(x, axis=-1)",
    "lambda x: x @ np.eye(4, dtype='float32')",
    "lambda x: ops.mean(x, axis=1)",
    "lambda x: (x - np.mean(x, axis=1, keepdims=True)) / np.std(x, axis=1, keepdims=True)",
])
one("numpy", "steps", "items_of_captures", "lambda x: x * scale.item() + table.tolist()[1][0]",
    closure={"scale": "np.array(0.5, 'float32')", "table": "np.array([[1.0, 2.0], [0.25, 4.0]])"})
