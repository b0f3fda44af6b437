// TensorFlow: tf.*, tf.math.*, tf.nn.*, tf.image.*, tf.linalg.*, TensorFlow 1's names among them.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> tensorflow_functions() {
  static constexpr FunctionRow kTable[] = {
      // Element by element.
      {"tf.$ tf.math.$", "lambda x: op.$(x)",
       "square sqrt rsqrt exp expm1 log log1p sin cos tan sinh cosh floor ceil sign erf negative reciprocal"},
      {"tf.$ tf.math.$ tf.nn.$", "lambda x: op.$(x)", "tanh sigmoid"},
      {"tf.abs tf.math.abs", "lambda x: _magnitude(x) if isinstance(x, dict) else op.absolute(x)"},
      {"tf.round tf.math.round", "lambda x: op.round(x)"},
      {"tf.asin tf.math.asin", "lambda x: op.arcsin(x)"},
      {"tf.acos tf.math.acos", "lambda x: op.arccos(x)"},
      {"tf.atan tf.math.atan", "lambda x: op.arctan(x)"},
      {"tf.asinh tf.math.asinh", "lambda x: op.arcsinh(x)"},
      {"tf.acosh tf.math.acosh", "lambda x: op.arccosh(x)"},
      {"tf.atanh tf.math.atanh", "lambda x: op.arctanh(x)"},
      {"tf.is_$ tf.math.is_$", "lambda x: op.is$(x)", "nan inf finite"},
      {"tf.$ tf.math.$", "lambda x, y: op.$(x, y)",
       "add subtract multiply maximum minimum equal not_equal greater greater_equal less less_equal logical_and "
       "logical_or"},
      {"tf.logical_xor tf.math.logical_xor", "lambda x, y: op.logical_xor(x, y)"},
      {"tf.logical_not tf.math.logical_not", "lambda x: op.logical_not(x)"},
      {"tf.mul", "lambda x, y: op.multiply(x, y)"},
      {"tf.sub", "lambda x, y: op.subtract(x, y)"},
      {"tf.divide tf.math.divide tf.truediv tf.math.truediv tf.div tf.realdiv", "lambda x, y: x / y"},
      {"tf.floordiv tf.math.floordiv", "lambda x, y: x // y"},
      {"tf.mod tf.math.mod tf.math.floormod tf.floormod", "lambda x, y: x % y"},
      {"tf.pow tf.math.pow", "lambda x, y: x ** y"},
      {"tf.math.atan2 tf.atan2", "lambda y, x: op.arctan2(y, x)"},
      {"tf.math.divide_no_nan", "lambda x, y: op.divide_no_nan(x, y)"},
      {"tf.math.squared_difference tf.squared_difference", "lambda x, y: op.square(x - y)"},
      {"tf.add_n tf.math.add_n", "lambda inputs: sum(inputs[1:], inputs[0])"},
      {"tf.clip_by_value",
       "lambda t, clip_value_min, clip_value_max: op.maximum(op.minimum(t, clip_value_max), clip_value_min)"},

      // Reductions; TensorFlow 1 had more names for their arguments.
      {"tf.reduce_$ tf.math.reduce_$",
       "lambda input_tensor, axis=None, keepdims=False, name=None, reduction_indices=None, keep_dims=False: "
       "op.$(op.stack(input_tensor, 1), 1) if _is_list_along(input_tensor, axis, keepdims) else "
       "op.$(input_tensor, reduction_indices if axis is None else axis, keepdims or keep_dims)",
       "max min any all logsumexp"},
      // A sum stays as wide as what is added.
      {"tf.reduce_$ tf.math.reduce_$",
       "lambda input_tensor, axis=None, keepdims=False, name=None, reduction_indices=None, keep_dims=False: "
       "_as_wide(op.$(op.stack(input_tensor, 1), 1), input_tensor[0]) if _is_list_along(input_tensor, axis, keepdims) "
       "else _as_wide(op.$(input_tensor, reduction_indices if axis is None else axis, keepdims or keep_dims), "
       "input_tensor)",
       "sum prod"},
      {"_as_wide", "lambda made, x: _array(made, _dtype(x)) if _is_narrow(x) else made"},
      // A list of tensors is one tensor with an axis in front, and the batch may not move behind it.
      {"_is_list_along",
       "lambda x, axis, keepdims: _is_sequence(x) and _depends_on_x(x) and axis == 0 and not keepdims"},
      // Of ints it is an int: the sum divided towards zero.
      {"tf.reduce_mean tf.math.reduce_mean",
       "lambda input_tensor, axis=None, keepdims=False, name=None, reduction_indices=None, keep_dims=False: "
       "_mean(op.stack(input_tensor, 1), 1, False) if _is_list_along(input_tensor, axis, keepdims) else "
       "_mean(input_tensor, reduction_indices if axis is None else axis, keepdims or keep_dims)"},
      {"_mean",
       "lambda x, axis, keepdims: _refuse('TensorFlow adds up ints of 8 and 16 bits without room; cast them first') "
       "if _is_narrow(x) else _quotient(op.sum(x, axis, keepdims), _count_along(x, axis)) if _is_int(x) else "
       "op.mean(x, axis, keepdims)"},
      {"_quotient", "lambda sum, count: op.sign(sum) * (op.absolute(sum) // count)"},
      {"tf.math.reduce_std", "lambda input_tensor, axis=None, keepdims=False: op.std(input_tensor, axis, keepdims)"},
      {"tf.math.reduce_variance",
       "lambda input_tensor, axis=None, keepdims=False: op.var(input_tensor, axis, keepdims)"},
      {"tf.math.reduce_euclidean_norm",
       "lambda input_tensor, axis=None, keepdims=False: "
       "_refuse('TensorFlow adds up ints of 8 and 16 bits without room; cast them first') if _is_narrow(input_tensor) "
       "else op.cast(_norm(input_tensor, axis, keepdims), 'int32') if _is_int(input_tensor) else "
       "_norm(input_tensor, axis, keepdims)"},
      {"_norm", "lambda x, axis, keepdims: op.sqrt(op.sum(op.square(x), axis, keepdims))"},
      {"tf.norm tf.linalg.norm",
       "lambda tensor, ord='euclidean', axis=None, keepdims=False: "
       "ops.norm(tensor, None if ord == 'euclidean' else ord, axis, keepdims or False) if not _is_exact(tensor) else "
       "_refuse('TensorFlow knows some norms of ints, which are ints; cast them first')"},
      {"tf.nn.moments",
       "lambda x, axes, shift=None, keepdims=False: (_mean(x, axes, keepdims), "
       "_mean(op.square(x - _mean(x, axes, True)), axes, keepdims) if _is_int(x) else op.var(x, axes, keepdims))"},
      {"tf.$ tf.math.$",
       "lambda input, axis=None, output_type='int32', dimension=None, name=None: "
       "op.$(input, axis if axis is not None else 0 if dimension is None else dimension)",
       "argmax argmin"},
      {"tf.$ tf.math.$",
       "lambda x, axis=0, exclusive=False, reverse=False: "
       "op.flip(tf.$(op.flip(x, axis), axis, exclusive), axis) if reverse else "
       "op.$(_delayed(x, axis % _ndim(x), 1 if '$' == 'cumprod' else 0), axis) if exclusive else op.$(x, axis)",

       "cumsum cumprod"},

      // Shapes.
      {"tf.reshape", "lambda tensor, shape: ops.reshape(tensor, shape)"},
      {"tf.expand_dims",
       "lambda input, axis=None, name=None, dim=None: op.expand_dims(input, dim if axis is None else axis)"},
      {"tf.squeeze",
       "lambda input, axis=None, name=None, squeeze_dims=None: "
       "ops.squeeze(input, squeeze_dims if axis is None else axis)"},
      {"tf.transpose", "lambda a, perm=None, conjugate=False: op.transpose(a, perm)"},
      {"tf.linalg.matrix_transpose", "lambda a: op.swapaxes(a, -1, -2)"},
      {"tf.tile", "lambda input, multiples: _batch_tile(input, multiples)"},
      {"tf.repeat", "lambda input, repeats, axis=None: op.repeat(input, repeats, axis)"},
      {"tf.reverse", "lambda tensor, axis: op.flip(tensor, axis)"},
      {"tf.roll", "lambda input, shift, axis: op.roll(input, shift, axis)"},
      {"tf.broadcast_to", "lambda input, shape: _batch_broadcast(_array(input, None), shape)"},
      {"tf.concat", "lambda values, axis: _joined(values) if _has_lengths(values) else ops.concatenate(values, axis)"},
      {"tf.stack tf.pack",
       "lambda values, axis=0: _joined(values) if _has_lengths(values) else ops.stack(values, axis) if "
       "_depends_on_x(values) or axis != 0 or _ndim(values[0]) != 0 else _array(values, None)"},
      {"tf.nn.sigmoid_cross_entropy_with_logits",
       "lambda labels, logits: op.maximum(logits, 0.0) - logits * labels + op.log1p(op.exp(-op.absolute(logits)))"},
      {"tf.nn.softmax_cross_entropy_with_logits",
       "lambda labels, logits, axis=-1: -op.sum(labels * op.log_softmax(logits + op.zeros_like(labels), axis), axis)"},
      {"tf.unstack tf.unpack",
       "lambda value, num=None, axis=0: list(value) if _has_lengths(value) else _unstack(value, num, axis)"},
      {"tf.split", "lambda value, num_or_size_splits, axis=0, num=None: _split_sizes(value, num_or_size_splits, axis)"},
      {"tf.pad",
       "lambda tensor, paddings, mode='CONSTANT', constant_values=0: "
       "ops.pad(tensor, paddings, 'constant', constant_values) if _lower_case(mode) == 'constant' else "
       "ops.pad(tensor, paddings, _lower_case(mode))"},
      {"tf.slice", "lambda input_, begin, size: _slice_of(input_, begin, size)"},
      {"tf.nn.depth_to_space tf.depth_to_space",
       "lambda input, block_size, data_format='NHWC': "
       "op.reshape(op.transpose(op.reshape(input, (-1, input.shape[1], input.shape[2], block_size, block_size, "
       "input.shape[3] // block_size ** 2)), (0, 1, 3, 2, 4, 5)), (-1, input.shape[1] * block_size, "
       "input.shape[2] * block_size, input.shape[3] // block_size ** 2)) if data_format == 'NHWC' else "
       "_refuse('only the data format NHWC is known')"},
      {"tf.nn.space_to_depth tf.space_to_depth",
       "lambda input, block_size, data_format='NHWC': "
       "op.reshape(op.transpose(op.reshape(input, (-1, input.shape[1] // block_size, block_size, "
       "input.shape[2] // block_size, block_size, input.shape[3])), (0, 1, 3, 2, 4, 5)), "
       "(-1, input.shape[1] // block_size, input.shape[2] // block_size, input.shape[3] * block_size ** 2)) "
       "if data_format == 'NHWC' else _refuse('only the data format NHWC is known')"},

      // Choice, order, indices.
      {"tf.where",
       "lambda condition, x=None, y=None: "
       "_refuse('tf.where without x and y gives a shape that only the run knows') if x is None else "
       "op.where(condition, x, y)"},
      {"tf.gather",
       "lambda params, indices, validate_indices=None, axis=0, batch_dims=0, name=None: "
       "op.take(params, indices, 0 if axis is None else axis) if batch_dims == 0 else "
       "_gathered(params, indices, axis, batch_dims)"},
      // Without a dtype that of the values.
      {"tf.one_hot",
       "lambda indices, depth, on_value=None, off_value=None, axis=None, dtype=None: "
       "op.one_hot(indices, depth, -1 if axis is None else axis, 'float32' if dtype is None else _dtype_name(dtype)) "
       "if on_value is None and off_value is None else "
       "_chosen(op.one_hot(indices, depth, -1 if axis is None else axis, 'bool'), on_value, off_value, dtype)"},
      {"_chosen",
       "lambda chosen, on, off, dtype: _array(op.where(chosen, 1.0 if on is None and isinstance(off, float) else "
       "1 if on is None else on, 0.0 if off is None and isinstance(on, float) else 0 if off is None else off), dtype)"},
      {"tf.sort",
       "lambda values, axis=-1, direction='ASCENDING': op.sort(values, axis) if direction == 'ASCENDING' else "
       "op.flip(op.sort(values, axis), axis)"},
      {"tf.argsort",
       "lambda values, axis=-1, direction='ASCENDING', stable=False: op.argsort(values, axis) "
       "if direction == 'ASCENDING' else op.argsort(-values, axis)"},
      {"tf.boolean_mask",
       "lambda tensor, mask, axis=None: "
       "op.take(tensor, _array([i for i, kept in enumerate(_static(mask)) if kept], 'int32'), axis) "
       "if not _depends_on_x(mask) and _ndim(_array(mask, None)) == 1 and axis is not None else "
       "_refuse('tf.boolean_mask gives a shape that only the run knows; use tf.where')"},

      // Types and constants.
      {"tf.cast", "lambda x, dtype: _array(x, dtype)"},
      {"tf.to_float", "lambda x: _array(x, 'float32')"},
      {"tf.to_int32", "lambda x: _array(x, 'int32')"},
      {"tf.shape", "lambda input, out_type='int32': _shape_vector(input)"},
      {"tf.rank", "lambda input: _ndim(input)"},
      {"tf.size", "lambda input: math.prod(_shape(input))"},
      {"tf.identity tf.stop_gradient", "lambda input: _anew(input)"},
      {"tf.convert_to_tensor", "lambda value, dtype=None: _array(value, dtype)"},
      {"tf.constant",
       "lambda value, dtype=None, shape=None: _array(value, dtype) if shape is None else "
       "_full(shape, value, dtype) if _is_number(value) else op.reshape(_array(value, dtype), shape)"},
      {"tf.zeros", "lambda shape, dtype='float32': _batch_full(shape, 0, dtype)"},
      {"tf.ones", "lambda shape, dtype='float32': _batch_full(shape, 1, dtype)"},
      {"tf.fill", "lambda dims, value: _batch_full(dims, value, None)"},
      {"tf.$", "lambda input, dtype=None: op.$(_as(input, dtype))", "zeros_like ones_like"},
      {"tf.range",
       "lambda start, limit=None, delta=1, dtype=None: "
       "_arange(0 if limit is None else start, start if limit is None else limit, delta, dtype)"},
      {"tf.$", "'$'", "float32 int32 bool float64 float16 int64 int8 int16 uint8"},
      {"tf.newaxis", "None"},
      {"tf.image.ResizeMethod.BILINEAR", "'bilinear'"},
      {"tf.image.ResizeMethod.NEAREST_NEIGHBOR", "'nearest'"},
      {"tf.image.ResizeMethod.$", "_lower_case('$')", "BICUBIC AREA LANCZOS3 LANCZOS5"},

      // Linear algebra.
      {"tf.matmul tf.linalg.matmul",
       "lambda a, b, transpose_a=False, transpose_b=False: "
       "op.matmul(op.swapaxes(a, -1, -2) if transpose_a else a, op.swapaxes(b, -1, -2) if transpose_b else b)"},
      {"tf.tensordot tf.linalg.tensordot", "lambda a, b, axes: op.tensordot(a, b, axes)"},

      // Networks.
      {"tf.nn.$", "lambda features: op.$(features)", "relu elu selu softplus softsign"},
      {"tf.nn.relu6", "lambda features: op.clip(features, 0, 6)"},
      {"tf.math.$", "lambda features: op.$(features)", "softplus softsign"},
      {"tf.math.reciprocal_no_nan", "lambda x: op.divide_no_nan(1.0, x)"},
      {"tf.math.log_sigmoid tf.log_sigmoid", "lambda x: op.log_sigmoid(x)"},
      {"tf.nn.leaky_relu", "lambda features, alpha=0.2: op.leaky_relu(features, alpha)"},
      {"tf.nn.gelu", "lambda features, approximate=False: op.gelu(features, approximate)"},
      {"tf.nn.silu tf.nn.swish",
       "lambda features, beta=1.0: op.silu(features) if beta == 1.0 else "
       "features * op.sigmoid(beta * features)"},
      {"tf.nn.crelu", "lambda features, axis=-1: op.concatenate([op.relu(features), op.relu(-features)], axis)"},
      {"tf.nn.softmax tf.math.softmax",
       "lambda logits, axis=-1, name=None, dim=None: op.softmax(logits, dim if dim is not None else -1 if axis is None "
       "else axis)"},
      {"tf.nn.log_softmax tf.math.log_softmax",
       "lambda logits, axis=-1: op.log_softmax(logits, -1 if axis is None else axis)"},
      {"tf.nn.l2_normalize tf.math.l2_normalize tf.linalg.l2_normalize",
       "lambda x, axis=None, epsilon=1e-12, name=None, dim=None: "
       "x * op.rsqrt(op.maximum(op.sum(op.square(x), dim if axis is None else axis, True), epsilon))"},
      {"tf.nn.bias_add",
       "lambda value, bias, data_format=None: K.bias_add(value, bias, None if data_format in "
       "(None, 'NHWC', 'N...C') else data_format)"},

      // Images.
      {"tf.image.resize",
       "lambda images, size, method='bilinear', preserve_aspect_ratio=False, antialias=False: "
       "op.resize(images, size=size, interpolation=method) if not preserve_aspect_ratio and not antialias and "
       "method in ('bilinear', 'nearest') else "
       "_resampled(images, size, method, antialias) if not preserve_aspect_ratio else "
       "_refuse('tf.image.resize is known without preserve_aspect_ratio')"},
      {"tf.image.flip_left_right", "lambda image: op.flip(image, -2)"},
      {"tf.image.flip_up_down", "lambda image: op.flip(image, -3)"},
      {"tf.image.rgb_to_grayscale", "lambda images: op.sum(images * [0.2989, 0.587, 0.114], -1, True)"},
      {"tf.image.grayscale_to_rgb", "lambda images: op.repeat(images, 3, -1)"},
  };
  return kTable;
}

}  // namespace revive
