// keras.ops where a function is more than its op (the others are the op itself), and keras.activations.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> keras_functions() {
  static constexpr FunctionRow kTable[] = {
      // Other names of ops.
      {"ops.abs", "lambda x: op.absolute(x)"},
      {"ops.hard_swish", "lambda x: op.hard_silu(x)"},
      {"ops.swish", "lambda x: op.silu(x)"},

      // Where Keras' function takes more forms than the op.
      {"ops.cast", "lambda x, dtype: _array(x, dtype)"},
      {"ops.concatenate", "lambda xs, axis=0: op.concatenate(_tensors(xs), axis)"},
      {"ops.stack", "lambda x, axis=0: op.stack(_tensors(x), axis)"},
      {"ops.reshape", "lambda x, newshape: op.reshape(x, _target_shape(x, newshape))"},
      {"ops.squeeze",
       "lambda x, axis=None: op.squeeze(x, axis) if axis is not None else "
       "op.squeeze(x, _unit_axes(x)) if len(_unit_axes(x)) > 0 else x"},
      {"ops.split", "lambda x, indices_or_sections, axis=0: _split_at(x, indices_or_sections, axis)"},
      {"ops.unstack", "lambda x, num=None, axis=0: _unstack(x, num, axis)"},
      {"ops.hstack", "lambda xs: ops.concatenate(xs, 1)"},
      {"ops.pad",
       "lambda x, pad_width, mode='constant', constant_values=None: op.pad(x, constant_values, pad_width, mode)"},
      {"ops.prod", "lambda x, axis=None, keepdims=False, dtype=None: op.prod(x, axis, keepdims, dtype)"},
      {"ops.moments",
       "lambda x, axes, keepdims=False, synchronized=False: "
       "(ops.mean(x, axes, keepdims), ops.var(x, axes, keepdims))"},
      // Of vectors along one axis, of matrices over two.
      {"ops.norm",
       "lambda x, ord=None, axis=None, keepdims=False: "
       "op.sqrt(op.sum(op.square(_real(x)), axis, keepdims)) if ord is None else _matrix_norm(_real(x), ord, axis, "
       "keepdims) if _is_sequence(axis) and len(axis) == 2 else _vector_norm(_real(x), ord, axis, keepdims)"},
      {"_vector_norm",
       "lambda x, ord, axis, keepdims: op.sqrt(op.sum(op.square(x), axis, keepdims)) if ord == 2 else "
       "op.sum(op.absolute(x), axis, keepdims) if ord == 1 else "
       "op.max(op.absolute(x), axis, keepdims) if ord == float('inf') else "
       "op.min(op.absolute(x), axis, keepdims) if ord == float('-inf') else "
       "op.sum(op.absolute(x) ** ord, axis, keepdims) ** (1.0 / ord) if _is_number(ord) and ord > 0 else "
       "_refuse('a norm of a vector is known for 1, 2, another number above 0, and infinity')"},
      {"_matrix_norm",
       "lambda x, ord, axis, keepdims: op.sqrt(op.sum(op.square(x), axis, keepdims)) if ord == 'fro' else "
       "op.max(op.sum(op.absolute(x), axis[0], True), axis, keepdims) if ord == 1 else "
       "op.max(op.sum(op.absolute(x), axis[1], True), axis, keepdims) if ord == float('inf') else "
       "_refuse('a norm of a matrix is known for 1, infinity and fro; the others need singular values')"},
      {"_real", "lambda x: op.cast(x, 'float32') if _is_exact(x) and not _is_number(x) else x"},
      {"ops.image.resize",
       "lambda images, size, interpolation='bilinear', antialias=False, crop_to_aspect_ratio=False, "
       "pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, data_format='channels_last': "
       "_refuse('only images with channels_last are known') if data_format not in (None, 'channels_last') else "
       "_refuse('only the fill mode constant is known') if fill_mode != 'constant' else "
       "op.resize(_cropped_to_aspect(images, size) if crop_to_aspect_ratio else _padded_to_aspect(images, size, "
       "fill_value) if pad_to_aspect_ratio else images, size=size, interpolation=interpolation, antialias=antialias)"},

      // Bits. To Keras a number is an int32, to the others one of the ints beside it.
      {"ops.$", "lambda x, y: _of_bits('$', _array(x, None), _array(y, None))",
       "bitwise_and bitwise_or bitwise_xor left_shift right_shift"},
      {"ops.bitwise_$", "lambda x, y: ops.$(x, y)", "left_shift right_shift"},
      {"ops.bitwise_invert", "lambda x: op.bitwise_not(x)"},
      {"np.bitwise_and tf.bitwise.bitwise_and", "lambda x, y: x & y"},
      {"np.bitwise_or tf.bitwise.bitwise_or", "lambda x, y: x | y"},
      {"np.bitwise_xor tf.bitwise.bitwise_xor", "lambda x, y: x ^ y"},
      {"np.left_shift tf.bitwise.left_shift", "lambda x, y: x << y"},
      {"np.right_shift tf.bitwise.right_shift", "lambda x, y: x >> y"},
      {"np.bitwise_not np.invert tf.bitwise.invert", "lambda x: ~x"},

      {"ops.get_item", "lambda x, key: x[key]"},
      {"ops.clip", "lambda x, x_min, x_max: _clipped(x, x_min, x_max)"},
      {"_clipped",
       "lambda x, low, high: op.clip(x, low, high) if low is not None and high is not None else "
       "op.minimum(x, high) if high is not None else op.maximum(x, low)"},
      {"ops.broadcast_to", "lambda x, shape: _batch_broadcast(_array(x, None), shape)"},
      {"ops.tile", "lambda x, repeats: _batch_tile(x, repeats)"},

      // Types and constants.
      {"ops.shape", "lambda x: _lengths(x)"},
      {"ops.ndim", "lambda x: _ndim(x)"},
      {"ops.size", "lambda x: math.prod(_shape(x))"},
      {"ops.dtype", "lambda x: _dtype(x)"},
      {"ops.array ops.convert_to_tensor", "lambda x, dtype=None: _array(x, dtype)"},
      {"ops.arange",
       "lambda start, stop=None, step=1, dtype=None: "
       "_arange(0 if stop is None else start, start if stop is None else stop, step, dtype)"},
      {"ops.zeros", "lambda shape, dtype='float32': _batch_full(shape, 0, 'float32' if dtype is None else dtype)"},
      {"ops.ones", "lambda shape, dtype='float32': _batch_full(shape, 1, 'float32' if dtype is None else dtype)"},
      {"ops.full", "lambda shape, fill_value, dtype=None: _batch_full(shape, fill_value, dtype)"},
      {"ops.stop_gradient jax.lax.stop_gradient", "lambda variable: _perhaps_anew(variable)"},

      // The activations, which are ops under the names that layers know them by.
      {"keras.activations.$", "lambda x: op.$(x)",
       "relu6 selu softplus softsign sigmoid tanh silu hard_sigmoid hard_silu hard_tanh log_sigmoid tanh_shrink "
       "sparse_plus sparse_sigmoid"},
      {"keras.activations.relu",
       "lambda x, negative_slope=0.0, max_value=None, threshold=0.0: _refuse('relu is of numbers') if _is_bool(x) else "
       "op.leaky_relu(x, negative_slope) if "
       "negative_slope != 0.0 and max_value is None and threshold == 0 else ((op.where(x > _number_like(threshold, "
       "x), x, 0) if threshold != 0 else op.relu(x)) if max_value is None else op.clip((op.where(x > "
       "_number_like(threshold, x), x, 0) if threshold != 0 else op.relu(x)), 0, _number_like(max_value, x))) if "
       "negative_slope == 0.0 else ((op.where(x > _number_like(threshold, x), x, 0) if threshold != 0 else "
       "op.relu(x)) if max_value is None else op.clip((op.where(x > _number_like(threshold, x), x, 0) if threshold "
       "!= 0 else op.relu(x)), 0, _number_like(max_value, x))) - negative_slope * op.relu(-x + threshold if "
       "threshold != 0 else -x)"},
      {"keras.activations.linear", "lambda x: x"},
      {"keras.activations.exponential", "lambda x: op.exp(x)"},
      {"keras.activations.swish", "lambda x: op.silu(x)"},
      {"keras.activations.hard_swish", "lambda x: op.hard_silu(x)"},
      {"keras.activations.mish", "lambda x: x * op.tanh(op.softplus(x))"},
      {"keras.activations.gelu", "lambda x, approximate=False: op.gelu(x, approximate)"},
      {"keras.activations.leaky_relu", "lambda x, negative_slope=0.2: op.leaky_relu(x, negative_slope)"},
      {"keras.activations.$", "lambda x, alpha=1.0: op.$(x, alpha)", "elu celu"},
      {"keras.activations.$", "lambda x, axis=-1: op.$(x, axis)", "softmax log_softmax sparsemax glu"},
      {"keras.activations.$", "lambda x, threshold=0.5: op.$(x, threshold)", "hard_shrink soft_shrink"},
      {"keras.activations.threshold", "lambda x, threshold, default_value: op.threshold(x, threshold, default_value)"},
      {"keras.activations.squareplus", "lambda x, b=4: op.squareplus(x, b)"},

      {"keras.utils.normalize", "lambda x, axis=-1, order=2: op.normalize(x, axis, order)"},
      {"ops.layer_normalization",
       "lambda x, gamma=None, beta=None, axis=-1, epsilon=None: _refuse('of ints it gives ints') if _is_exact(x) else "
       "(x - op.mean(x, axis, True)) * "
       "op.rsqrt(op.var(x, axis, True) + (1e-07 if epsilon is None else epsilon)) if gamma is None and beta is None "
       "else _refuse('ops.layer_normalization is known without gamma and beta')"},
      {"ops.rms_normalization",
       "lambda x, scale=None, axis=-1, epsilon=None: _refuse('of ints it gives ints') if _is_exact(x) else x * "
       "op.rsqrt(op.mean(op.square(x), axis, True) + "
       "(1e-07 if epsilon is None else epsilon)) if scale is None else "
       "_refuse('ops.rms_normalization is known without a scale')"},
      {"keras.config.image_data_format", "lambda _=None: 'channels_last'"},
      {"keras.config.floatx", "lambda _=None: 'float32'"},
      {"keras.config.epsilon", "lambda _=None: 1e-07"},

      // What the models of keras.applications want to see; the others take images as they are.
      {"_caffe", "lambda x, data_format: _channels_last(x, data_format)[..., ::-1] - [103.939, 116.779, 123.68]"},
      {"_torch",
       "lambda x, data_format: (_channels_last(x, data_format) / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, "
       "0.225]"},
      {"keras.applications.$.preprocess_input", "lambda x, data_format=None: x / 127.5 - 1.0",
       "inception_resnet_v2 inception_v3 mobilenet mobilenet_v2 nasnet resnet_v2 xception"},
      {"keras.applications.$.preprocess_input", "lambda x, data_format=None: _caffe(x, data_format)",
       "resnet resnet50 vgg16 vgg19"},
      {"keras.applications.densenet.preprocess_input", "lambda x, data_format=None: _torch(x, data_format)"},
      {"keras.applications.imagenet_utils.preprocess_input",
       "lambda x, data_format=None, mode='caffe': x / 127.5 - 1.0 if mode == 'tf' else _torch(x, data_format) if "
       "mode == 'torch' else _caffe(x, data_format) if mode == 'caffe' else _refuse('the mode is caffe, tf or torch')"},
  };
  return kTable;
}

}  // namespace revive
