// keras.backend, as Keras 2 had it and tf.keras.backend still has: K.sum, K.expand_dims, ...
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> backend_functions() {
  static constexpr FunctionRow kTable[] = {
      {"K.$", "lambda x: op.$(x)", "square exp log sin cos tanh sign softplus softsign sigmoid"},
      {"K.$", "lambda x, y: op.$(x, y)", "maximum minimum equal not_equal greater greater_equal less less_equal"},
      // Below zero it is zero.
      {"K.sqrt", "lambda x: op.sqrt(op.maximum(x, 0.0))"},
      {"K.abs", "lambda x: op.absolute(x)"},
      {"K.round", "lambda x: op.round(x)"},
      {"K.pow", "lambda x, a: x ** a"},
      {"K.clip",
       "lambda x, min_value, max_value: op.clip(x, float('-inf') if min_value is None else min_value, "
       "float('inf') if max_value is None else max(min_value, max_value) if _is_number(min_value) and "
       "_is_number(max_value) else max_value)"},
      {"K.cast", "lambda x, dtype: _array(x, dtype)"},
      {"K.cast_to_floatx", "lambda x: _array(x, 'float32')"},

      {"K.$", "lambda x, axis=None, keepdims=False: op.$(x, axis, keepdims)", "max min any all std var"},
      {"K.$", "lambda x, axis=None, keepdims=False: _as_wide(op.$(x, axis, keepdims), x)", "sum prod"},
      {"K.mean",
       "lambda x, axis=None, keepdims=False: op.mean(x, axis, keepdims) if _is_bool(x) else "
       "tf.reduce_mean(x, axis, keepdims)"},
      {"K.$", "lambda x, axis=-1: op.$(x, axis)", "argmax argmin softmax"},
      {"K.$", "lambda x, axis=0: op.$(x, axis)", "cumsum cumprod"},
      {"K.logsumexp", "lambda x, axis=None, keepdims=False: op.logsumexp(x, axis, keepdims)"},

      {"K.reshape", "lambda x, shape: ops.reshape(x, shape)"},
      {"K.batch_flatten", "lambda x: op.reshape(x, (-1, math.prod(_shape(x)[1:])))"},
      {"K.flatten", "lambda x: _refuse('K.flatten joins the samples of a batch; use K.batch_flatten')"},
      {"K.expand_dims", "lambda x, axis=-1: op.expand_dims(x, axis)"},
      {"K.squeeze", "lambda x, axis: op.squeeze(x, axis)"},
      {"K.permute_dimensions", "lambda x, pattern: op.transpose(x, pattern)"},
      {"K.transpose", "lambda x: _refuse('K.transpose moves the batch axis; use K.permute_dimensions')"},
      {"K.reverse", "lambda x, axes: op.flip(x, axes)"},
      {"K.repeat", "lambda x, n: op.repeat(op.expand_dims(x, 1), n, 1)"},
      {"K.repeat_elements", "lambda x, rep, axis: op.repeat(x, rep, axis)"},
      {"K.tile", "lambda x, n: _batch_tile(x, (n,) if _is_number(n) else n)"},
      {"K.concatenate", "lambda tensors, axis=-1: tf.concat(tensors, axis)"},
      {"K.stack", "lambda x, axis=0: tf.stack(x, axis)"},
      {"K.gather", "lambda reference, indices: op.take(reference, indices, 0)"},
      {"K.temporal_padding", "lambda x, padding=(1, 1): ops.pad(x, ((0, 0), padding, (0, 0)))"},
      {"K.spatial_2d_padding",
       "lambda x, padding=((1, 1), (1, 1)), data_format=None: "
       "ops.pad(x, ((0, 0), padding[0], padding[1], (0, 0))) if data_format in (None, 'channels_last') else "
       "ops.pad(x, ((0, 0), (0, 0), padding[0], padding[1]))"},
      {"K.resize_images",
       "lambda x, height_factor, width_factor, data_format, interpolation='nearest': "
       "op.resize(x, size=(_shape(x)[1] * height_factor, _shape(x)[2] * width_factor), interpolation=interpolation) "
       "if data_format == 'channels_last' else _refuse('only images with channels_last are known')"},

      {"K.dot", "lambda x, y: op.matmul(x, y) if _ndim(y) == 2 else op.tensordot(x, y, ((-1,), (_ndim(y) - 2,)))"},
      {"K.batch_dot",
       "lambda x, y, axes=None: op.expand_dims(ops.einsum(_batch_dot_subscripts(x, y, axes), x, y), -1) "
       "if _ndim(x) == 2 and _ndim(y) == 2 else ops.einsum(_batch_dot_subscripts(x, y, axes), x, y)"},
      {"K.bias_add",
       "lambda x, bias, data_format=None: x + bias if data_format in (None, 'channels_last') and _ndim(bias) == 1 else "
       "_refuse('only a bias of one axis for channels_last is known')"},
      // TensorFlow's epsilon is under the root, unlike that of ops.normalize.
      {"K.l2_normalize", "lambda x, axis=None: x * op.rsqrt(op.maximum(op.sum(op.square(x), axis, True), 1e-12))"},

      {"K.switch",
       "lambda condition, then_expression, else_expression: "
       "op.where(_with_axes_of(condition, then_expression), then_expression, else_expression) "
       "if _is_tensor(condition) else then_expression if condition else else_expression"},
      {"K.one_hot", "lambda indices, num_classes: op.one_hot(indices, num_classes)"},
      // What is not above the threshold is multiplied by 0, not replaced by it.
      {"K.relu",
       "lambda x, alpha=0.0, max_value=None, threshold=0.0: op.leaky_relu(x, alpha) if alpha != 0.0 and max_value "
       "is None and threshold == 0 else ((x * (x > threshold) if threshold != 0 else op.relu(x)) if max_value is "
       "None else op.clip((x * (x > threshold) if threshold != 0 else op.relu(x)), 0, _number_like(max_value, x))) "
       "if alpha == 0.0 else ((x * (x > threshold) if threshold != 0 else op.relu(x)) if max_value is None else "
       "op.clip((x * (x > threshold) if threshold != 0 else op.relu(x)), 0, _number_like(max_value, x))) - alpha * "
       "op.relu(-x + threshold if threshold != 0 else -x)"},
      {"K.elu", "lambda x, alpha=1.0: op.elu(x, alpha)"},
      // A steeper line than that of keras.activations.hard_sigmoid.
      {"K.hard_sigmoid", "lambda x: op.clip(0.2 * x + 0.5, 0.0, 1.0)"},
      {"K.dropout",
       "lambda x, level, noise_shape=None, seed=None: _refuse('`K.dropout` draws random numbers, in training or not, "
       "and "
       "a lambda gives the same output every time; use a Dropout layer')"},
      {"K.stop_gradient", "lambda variables: _anew(variables)"},
      {"K.identity", "lambda x: _anew(x)"},
      {"K.pattern_broadcast", "lambda x, broadcastable: x"},

      {"K.shape", "lambda x: _shape_vector(x)"},
      {"K.int_shape", "lambda x: _shape(x)"},
      {"K.ndim", "lambda x: _ndim(x)"},
      {"K.dtype", "lambda x: _dtype(x)"},
      {"K.image_data_format", "lambda _=None: 'channels_last'"},
      {"K.floatx", "lambda _=None: 'float32'"},
      {"K.epsilon", "lambda _=None: 1e-07"},
      {"K.backend", "lambda _=None: 'tensorflow'"},
      {"K.arange",
       "lambda start, stop=None, step=1, dtype='int32': "
       "_arange(0 if stop is None else start, start if stop is None else stop, step, dtype)"},
      {"K.constant",
       "lambda value, dtype=None, shape=None: _array(value, 'float32' if dtype is None else dtype) if shape is None "
       "else tf.constant(value, 'float32' if dtype is None else dtype, shape)"},
      {"K.zeros", "lambda shape, dtype=None: _batch_full(shape, 0, 'float32' if dtype is None else dtype)"},
      {"K.ones", "lambda shape, dtype=None: _batch_full(shape, 1, 'float32' if dtype is None else dtype)"},
      {"K.$", "lambda x, dtype=None: op.$(_as(x, dtype))", "zeros_like ones_like"},
  };
  return kTable;
}

}  // namespace revive
