// Matrices, statistics and order, under the names of all four families, made of ops that every Keras 3 has.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> algebra_functions() {
  static constexpr FunctionRow kTable[] = {
      // Constant matrices.
      {"_eye",
       "lambda n, m, k, dtype: _array([[1 if j - i == k else 0 for j in range(n if m is None else m)] "
       "for i in range(n)], 'float32' if dtype is None else dtype)"},
      {"tf.eye tf.linalg.eye",
       "lambda num_rows, num_columns=None, batch_shape=None, dtype='float32': "
       "_eye(num_rows, num_columns, 0, dtype) if batch_shape is None else _refuse('tf.eye knows no batch_shape')"},
      {"K.eye", "lambda size, dtype=None: _eye(size, None, 0, dtype)"},
      {"ops.eye np.eye", "lambda N, M=None, k=0, dtype=None: _eye(N, M, k, dtype)"},
      {"ops.identity np.identity", "lambda n, dtype=None: _eye(n, None, 0, dtype)"},
      {"_linspace",
       "lambda start, stop, num, endpoint: _array([float(start) + i * (float(stop) - float(start)) / "
       "max(num - (1 if endpoint else 0), 1) if i < num - 1 or not endpoint else float(stop) for i in range(num)], "
       "'float32')"},
      {"tf.linspace tf.linalg.linspace", "lambda start, stop, num: _linspace(start, stop, num, True)"},
      {"ops.linspace np.linspace", "lambda start, stop, num=50, endpoint=True: _linspace(start, stop, num, endpoint)"},

      // The last two axes as matrices.
      {"_diagonal_mask",
       "lambda rows, columns: _array([[i == j for j in range(columns)] for i in range(rows)], 'bool')"},
      {"tf.linalg.diag tf.matrix_diag",
       "lambda diagonal: op.where(_diagonal_mask(diagonal.shape[-1], diagonal.shape[-1]), "
       "op.expand_dims(diagonal, -1), _zero_of(op.expand_dims(diagonal, -1)))"},
      {"_zero_of", "lambda x: op.zeros_like(x)"},
      {"tf.linalg.diag_part tf.matrix_diag_part",
       "lambda input: op.take(op.reshape(input, (-1, *input.shape[1:-2], input.shape[-2] * input.shape[-1])), "
       "_array([i * (input.shape[-1] + 1) for i in range(min(input.shape[-2], input.shape[-1]))], 'int32'), -1) "
       "if _ndim(input) >= 3 else _refuse('of one matrix whose rows are samples there is no diagonal')"},
      {"tf.linalg.set_diag tf.matrix_set_diag",
       "lambda input, diagonal: op.where(_diagonal_mask(input.shape[-2], input.shape[-1]), op.expand_dims(diagonal, "
       "-1 if input.shape[-2] <= input.shape[-1] else -2), input) "
       "if _ndim(input) >= 3 else _refuse('of one matrix whose rows are samples there is no diagonal')"},
      {"tf.linalg.trace tf.trace", "lambda x: _as_wide(op.sum(tf.linalg.diag_part(x), -1), x)"},
      {"ops.diagonal",
       "lambda x, offset=0, axis1=0, axis2=1: tf.linalg.diag_part(x) if offset == 0 and _ndim(x) >= 3 and "
       "(axis1 % _ndim(x), axis2 % _ndim(x)) == (_ndim(x) - 2, _ndim(x) - 1) else "
       "_refuse('only the diagonal of the last two axes is known')"},
      {"np.diagonal", "lambda a, offset=0, axis1=0, axis2=1: ops.diagonal(a, offset, axis1, axis2)"},
      {"np.trace", "lambda a, offset=0, axis1=0, axis2=1: ops.trace(a, offset, axis1, axis2)"},
      {"ops.trace", "lambda x, offset=0, axis1=0, axis2=1: op.sum(ops.diagonal(x, offset, axis1, axis2), -1)"},
      {"tf.linalg.band_part tf.matrix_band_part",
       "lambda input, num_lower, num_upper: op.where(_array([[(num_lower < 0 or i - j <= num_lower) and "
       "(num_upper < 0 or j - i <= num_upper) for j in range(input.shape[-1])] for i in range(input.shape[-2])], "
       "'bool'), input, _zero_of(input))"},
      {"tf.linalg.matvec",
       "lambda a, b, transpose_a=False: op.squeeze(op.matmul(op.swapaxes(a, -1, -2) if transpose_a else a, "
       "op.expand_dims(b, -1)), -1)"},
      {"tf.linalg.det tf.matrix_determinant", "lambda input: op.det(input)"},
      {"tf.linalg.inv tf.matrix_inverse",
       "lambda input, adjoint=False: op.swapaxes(op.inv(input), -1, -2) if adjoint else op.inv(input)"},
      {"np.linalg.$", "lambda a: op.$(a)", "det inv"},
      {"tf.linalg.adjoint", "lambda matrix: op.swapaxes(matrix, -1, -2)"},
      {"tf.linalg.cross",
       "lambda a, b: op.concatenate([a[..., 1:2] * b[..., 2:3] - a[..., 2:3] * b[..., 1:2], "
       "a[..., 2:3] * b[..., 0:1] - a[..., 0:1] * b[..., 2:3], "
       "a[..., 0:1] * b[..., 1:2] - a[..., 1:2] * b[..., 0:1]], -1)"},
      {"tf.linalg.normalize",
       "lambda tensor, ord='euclidean', axis=None: (tensor / tf.norm(tensor, ord, axis, True), "
       "tf.norm(tensor, ord, axis, True))"},

      // Order.
      // The least int has no negative.
      {"_top_k",
       "lambda x, k: (op.flip(op.sort(x, -1), -1)[..., :k], op.argsort(-1 - x if _is_int(x) else -x, -1)[..., :k])"},
      {"tf.math.top_k tf.nn.top_k tf.top_k", "lambda input, k=1, sorted=True: ops.top_k(input, k, sorted)"},
      {"ops.top_k",
       "lambda x, k, sorted=True: _refuse('top_k gives them in any order unless they are sorted') if not sorted else "
       "_refuse('top_k of unsigned ints is not known') if _dtype(x) in ('uint8', 'uint16', 'uint32') else "
       "_refuse('top_k expects k from 0 to the length of the last axis') "
       "if k < 0 or not _has_lengths(x.shape[-1]) and k > x.shape[-1] else _top_k(x, k)"},
      // Between the two items around the place, once sorted.
      {"_quantile",
       "lambda x, q, axis, keepdims: _refuse('a difference of ints of 8 or 16 bits overflows in NumPy; cast them "
       "first') "
       "if _is_narrow(x) else _between(op.sort(x, axis), q * (x.shape[axis] - 1), axis, keepdims) "
       "if _is_number(q) and axis is not None and _is_number(axis) else "
       "_refuse('a quantile is known for one q along one axis')"},
      {"_between",
       "lambda x, place, axis, keepdims: _item(x, int(math.floor(place)), axis, keepdims) + "
       "(_item(x, int(math.ceil(place)), axis, keepdims) - _item(x, int(math.floor(place)), axis, keepdims)) * "
       "(place - math.floor(place))"},
      {"_item",
       "lambda x, index, axis, keepdims: op.take(x, _array([index], 'int32'), axis) if keepdims else "
       "op.take(x, _array(index, 'int32'), axis)"},
      {"ops.quantile",
       "lambda x, q, axis=None, method='linear', keepdims=False: _quantile(x, q, axis, keepdims) "
       "if method == 'linear' else _refuse('a quantile is known by linear interpolation')"},
      {"np.quantile",
       "lambda a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False: "
       "ops.quantile(_without_out(a, out), q, axis, method, keepdims)"},
      {"np.percentile",
       "lambda a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False: "
       "ops.quantile(_without_out(a, out), q / 100, axis, method, keepdims)"},

      // Statistics.
      {"ops.average",
       "lambda x, axis=None, weights=None: op.mean(x, axis) if weights is None else "
       "op.sum(x * _along(weights, x, axis), axis) / op.sum(op.ones_like(x) * _along(weights, x, axis), axis)"},
      {"np.average", "lambda a, axis=None, weights=None: ops.average(a, axis, weights)"},
      {"_along",
       "lambda weights, x, axis: weights if _ndim(_array(weights, None)) == _ndim(x) else "
       "op.reshape(_array(weights, None), [-1 if i == axis % _ndim(x) else 1 for i in range(_ndim(x))])"},
      {"tf.math.count_nonzero tf.count_nonzero",
       "lambda input, axis=None, keepdims=None, dtype='int64': "
       "_array(op.sum(op.cast(op.not_equal(input, 0), 'int32'), axis, keepdims or False), dtype)"},
      {"tf.nn.batch_normalization",
       "lambda x, mean, variance, offset, scale, variance_epsilon: "
       "_refuse('TensorFlow rounds the factors for ints') if not _is_float(x) else "
       "(x - mean) * (op.rsqrt(_array(variance, None) + variance_epsilon) if scale is None else "
       "op.rsqrt(_array(variance, None) + variance_epsilon) * scale) + (0.0 if offset is None else offset)"},
      {"tf.clip_by_norm",
       "lambda t, clip_norm, axes=None: t * clip_norm / "
       "op.maximum(op.sqrt(op.sum(op.square(t), axes, True)), clip_norm)"},

      // Element by element.
      {"tf.math.rint tf.rint", "lambda x: op.round(x)"},
      {"np.rint", "lambda x: op.round(_real(_wide(x)))"},
      {"tf.math.xlogy", "lambda x, y: op.where(op.equal(x, 0.0), 0.0, x * op.log(y))"},
      {"tf.math.xlog1py", "lambda x, y: op.where(op.equal(x, 0.0), 0.0, x * op.log1p(y))"},
      {"tf.math.xdivy", "lambda x, y: op.where(op.equal(x, 0.0), 0.0, x / y)"},
      {"tf.math.multiply_no_nan", "lambda x, y: op.where(op.equal(y, 0.0), 0.0, x * y)"},
      // 1 - erf(x) has no digits left where it is small. W. Press et al., Numerical Recipes, the Chebyshev fit of erfc,
      // right to 1.2e-7 of the value everywhere.
      {"tf.math.erfc",
       "lambda x: op.where(x < 0.0, 2.0 - _erfc(op.absolute(x), 1.0 / (1.0 + 0.5 * op.absolute(x))), "
       "_erfc(op.absolute(x), 1.0 / (1.0 + 0.5 * op.absolute(x))))"},
      {"_erfc",
       "lambda x, t: t * op.exp(functools.reduce(lambda sum, c: sum * t + c, [0.17087277, -0.82215223, 1.48851587, "
       "-1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223]) - x * x)"},
      {"tf.math.scalar_mul", "lambda scalar, x: scalar * x"},
      {"tf.math.accumulate_n", "lambda inputs: sum(inputs[1:], inputs[0])"},
      {"tf.math.polyval", "lambda coeffs, x: functools.reduce(lambda total, c: total * x + c, coeffs)"},
      {"np.hypot", "lambda x1, x2: op.sqrt(op.square(_real(_wide(x1))) + op.square(_real(_wide(x2))))"},
      {"np.$", "lambda x: op.$(x)", "isnan isinf isfinite"},
      {"np.$", "lambda x: op.$(_wide(x))", "arcsinh arccosh arctanh"},
      // Made of what every Keras 3 has.
      {"np.exp2", "lambda x: 2.0 ** _wide(x)"},
      {"np.cbrt", "lambda x: op.sign(_real(_wide(x))) * op.absolute(_real(_wide(x))) ** (1.0 / 3.0)"},
      {"np.$", "lambda x1, x2: op.$(_wide(x1), _wide(x2))", "arctan2 logaddexp"},
      {"np.reciprocal",
       "lambda x: op.reciprocal(x) if _is_float(x) else _refuse('of ints NumPy gives the quotient without its "
       "fraction, which divides by zero')"},
      {"np.trunc", "lambda x: op.sign(x) * op.floor(op.absolute(x)) if _is_float(x) else x"},
      {"np.deg2rad np.radians", "lambda x: _wide(x) * 0.017453292519943295"},
      {"np.rad2deg np.degrees", "lambda x: _wide(x) * 57.29577951308232"},

      // Shapes.
      {"tf.ensure_shape", "lambda x, shape: _anew(x)"},
      {"tf.nn.embedding_lookup", "lambda params, ids: op.take(params, ids, 0)"},
      {"tf.sequence_mask",
       "lambda lengths, maxlen=None, dtype='bool': ops.cast(op.less(_array(range(maxlen), 'int32'), "
       "op.cast(op.expand_dims(lengths, -1), 'int32')), dtype) if maxlen is not None else "
       "_refuse('tf.sequence_mask without maxlen gives a shape that only the run knows')"},
      {"np.hstack", "lambda tup: ops.concatenate(tup, 1)"},
      {"np.dstack", "lambda tup: ops.concatenate(tup, 2)"},
      {"np.fliplr", "lambda m: op.flip(m, 1)"},
      {"np.broadcast_to", "lambda array, shape: op.broadcast_to(_array(array, None), shape)"},
      {"np.$", "lambda m, k=0: op.$(m, k)", "tril triu"},
      {"np.diff", "lambda a, n=1, axis=-1: op.diff(a, n, axis)"},
      {"np.median",
       "lambda a, axis=None, out=None, overwrite_input=False, keepdims=False: "
       "op.median(_without_out(a, out), axis, keepdims)"},
      {"np.count_nonzero",
       "lambda a, axis=None, keepdims=False: op.sum(op.cast(op.not_equal(a, 0), 'int32'), axis, keepdims)"},
      {"np.ptp", "lambda a, axis=None: op.max(a, axis) - op.min(a, axis)"},
      // Beyond the end some backends move the start, and others cut the result short.
      {"ops.slice",
       "lambda inputs, start_indices, shape: inputs[tuple([slice(start, None if size is None or size == -1 else "
       "start + size if length is not None and start + size <= length else "
       "_refuse('a slice beyond the end of an axis is another one on each backend')) "
       "for start, size, length in zip(start_indices, shape, inputs.shape)])]"},
      {"ops.rsqrt", "lambda x: op.rsqrt(x)"},

      // x behind one item of `fill`, without its last item.
      {"_delayed",
       "lambda x, axis, fill: ops.pad(x, [(1, 0) if i == axis else (0, 0) for i in range(_ndim(x))], 'constant', fill)"
       "[tuple([slice(0, -1) if i == axis else slice(None) for i in range(_ndim(x))])]"},
      {"_gathered",
       "lambda params, indices, axis, batch_dims: op.take_along_axis(params, indices, 1) if batch_dims == 1 and "
       "_ndim(params) == 2 and _ndim(indices) == 2 and axis in (None, 0, 1, -1) else "
       "op.take_along_axis(params, op.repeat(op.expand_dims(indices, -1), params.shape[2], -1), 1) "
       "if batch_dims == 1 and _ndim(params) == 3 and _ndim(indices) == 2 and axis in (None, 0, 1, -2) else "
       "op.squeeze(_gathered(params, op.expand_dims(indices, -1), axis, 1), 1) "
       "if batch_dims == 1 and _ndim(indices) == 1 and axis in (None, 0, 1) else "
       "_refuse('tf.gather with batch_dims is known for one index along the axis behind the batch')"},
      {"tf.gather_nd",
       "lambda params, indices, batch_dims=0: _gathered(params, op.squeeze(indices, -1), None, batch_dims)"},
      {"np.linalg.norm", "lambda x, ord=None, axis=None, keepdims=False: ops.norm(x, ord, axis, keepdims)"},
      {"ops.softmax", "lambda x, axis=-1: op.softmax(x, axis) if not _is_sequence(axis) else _softmax_over(x, axis)"},
      {"_softmax_over",
       "lambda x, axes: op.exp(x - op.max(x, axes, True)) / op.sum(op.exp(x - op.max(x, axes, True)), axes, True)"},

      // Real Fourier transforms, as products with cosines and sines. A complex tensor is its two parts.
      {"_waves",
       "lambda x, function, sign: op.matmul(x, _array([[sign * function(6.283185307179586 * ((i * k) % n) / n) "
       "for k in range(n // 2 + 1)] for n in (x.shape[-1],) for i in range(n)], 'float32'))"},
      {"ops.rfft",
       "lambda x, fft_length=None: (_waves(x, math.cos, 1.0), _waves(x, math.sin, -1.0)) if fft_length is None else "
       "_refuse('ops.rfft is known without fft_length')"},
      {"tf.signal.rfft np.fft.rfft", "lambda x: {'real': _waves(x, math.cos, 1.0), 'imag': _waves(x, math.sin, -1.0)}"},
      {"tf.signal.frame",
       "lambda signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1: "
       "_refuse('tf.signal.frame is known along the last axis and without padding') if pad_end or pad_value != 0 or "
       "axis % _ndim(signal) != _ndim(signal) - 1 or signal.shape[-1] < frame_length else "
       "op.take(signal, [[i * frame_step + j for j in range(frame_length)] "
       "for i in range(1 + (signal.shape[-1] - frame_length) // frame_step)], -1)"},
      {"tf.signal.hann_window",
       "lambda window_length, periodic=True, dtype='float32': _hann(window_length, window_length - 1 + "
       "(1 - window_length % 2 if periodic else 0), dtype)"},
      {"_hann",
       "lambda length, period, dtype: _array([1.0 if length == 1 else 0.5 - 0.5 * math.cos(6.283185307179586 * i / "
       "period) for i in range(length)], dtype)"},
      {"tf.signal.stft",
       "lambda signals, frame_length, frame_step, fft_length=None, window_fn=tf.signal.hann_window, pad_end=False: "
       "tf.signal.rfft(_lengthened(tf.signal.frame(signals, frame_length, frame_step, pad_end) * "
       "(1.0 if window_fn is None else window_fn(frame_length)), min([2 ** k for k in range(17) if 2 ** k >= "
       "frame_length]) if fft_length is None else fft_length))"},
      {"_lengthened",
       "lambda x, length: x[..., :length] if x.shape[-1] >= length else "
       "ops.pad(x, [(0, 0)] * (_ndim(x) - 1) + [(0, length - x.shape[-1])])"},
      {"tf.meshgrid np.meshgrid ops.meshgrid",
       "lambda x, y, indexing='xy': _refuse('a grid is known of two vectors that do not depend on the input') if "
       "_depends_on_x(x) or _depends_on_x(y) or _ndim(x) != 1 or _ndim(y) != 1 else "
       "_grid(_array(x, None), _array(y, None), len(_array(x, None)), len(_array(y, None)), indexing)"},
      {"_grid",
       "lambda x, y, nx, ny, indexing: [op.broadcast_to(op.expand_dims(x, 0), (ny, nx)), "
       "op.broadcast_to(op.expand_dims(y, 1), (ny, nx))] if indexing == 'xy' else "
       "[op.broadcast_to(op.expand_dims(x, 1), (nx, ny)), op.broadcast_to(op.expand_dims(y, 0), (nx, ny))]"},
      {"tf.math.$ tf.$ np.$",
       "lambda x: x['$'] if isinstance(x, dict) else _refuse('only what a Fourier transform gives is complex')",
       "real imag"},
      {"_magnitude", "lambda x: op.sqrt(op.square(x['real']) + op.square(x['imag']))"},

      // Choices that are made while the model is built.
      {"tf.cond ops.cond", "lambda pred, true_fn=None, false_fn=None: true_fn() if pred else false_fn()"},
      {"ops.fori_loop",
       "lambda lower, upper, body_fun, init_val: functools.reduce(lambda state, i: body_fun(i, state), "
       "range(lower, upper), init_val)"},
      {"K.in_train_phase", "lambda x, alt, training=None: alt() if callable(alt) else alt"},
      {"K.in_test_phase", "lambda x, alt, training=None: x() if callable(x) else x"},
      {"K.learning_phase", "lambda _=None: 0"},
      {"K.print_tensor", "lambda x, message='': x"},
      {"tf.debugging.check_numerics", "lambda tensor, message: _anew(tensor)"},
  };
  return kTable;
}

}  // namespace revive
