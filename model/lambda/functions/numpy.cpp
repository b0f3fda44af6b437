// NumPy, on static values and on tensors, and the constants of `math`. On plain numbers NumPy computes doubles.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> numpy_functions() {
  static constexpr FunctionRow kTable[] = {
      {"np.$", "lambda x: math.$(x) if _is_number(x) else op.$(_wide(x))", "sqrt exp log log2 log10 sin cos tan tanh"},
      {"np.$", "lambda x: op.$(_wide(x))", "log1p expm1 sinh cosh arcsin arccos arctan"},
      {"_wide",
       "lambda x: _refuse('NumPy computes this for 8 bits with 16; cast them first') if not _is_number(x) and "
       "_dtype(x) in ('int8', 'uint8') else _not_bool(x)"},
      {"_not_bool",
       "lambda x: _refuse('NumPy computes this for bools with 8 or 16 bits; cast them first') if _is_bool(x) else x"},
      {"np.$", "lambda x: float(math.$(x)) if _is_number(x) else op.$(x) if _is_float(x) else x", "floor ceil"},
      {"np.$", "lambda x: op.$(_not_bool(x))", "square sign negative"},
      {"np.round", "lambda a, decimals=0, out=None: op.round(_without_out(a, out), decimals)"},
      {"np.abs np.absolute", "lambda x: abs(x)"},
      {"np.fabs", "lambda x: abs(_real(_wide(x)))"},
      {"np.$", "lambda x1, x2: op.$(x1, x2)",
       "add subtract multiply divide true_divide equal not_equal greater greater_equal less "
       "less_equal logical_and logical_or"},
      {"np.mod np.remainder", "lambda x1, x2: op.mod(_wider(x1, x2), x2)"},
      {"_wider",
       "lambda x1, x2: _refuse('NumPy computes this for bools with 8 bits; cast them first') "
       "if _is_bool(x1) and _is_bool(x2) else x1"},
      // An int divided by zero is zero.
      {"np.floor_divide",
       "lambda x1, x2: op.floor_divide(_wider(x1, x2), x2) if _is_number(x2) or _is_float(x1) or _is_float(x2) else "
       "op.where(op.equal(x2, 0), 0, op.floor_divide(_wider(x1, x2), x2))"},
      {"np.power", "lambda x1, x2: _not_bool(x1) ** x2"},
      {"np.maximum", "lambda x1, x2: max(x1, x2) if _is_number(x1) and _is_number(x2) else op.maximum(x1, x2)"},
      {"np.minimum", "lambda x1, x2: min(x1, x2) if _is_number(x1) and _is_number(x2) else op.minimum(x1, x2)"},
      {"np.logical_not", "lambda x: op.logical_not(x)"},
      {"np.clip", "lambda a, a_min=None, a_max=None: _clipped(a, a_min, a_max)"},
      {"np.where", "lambda condition, x, y: op.where(condition, x, y)"},

      {"np.$",
       "lambda a, axis=None, dtype=None, out=None, keepdims=False: math.prod(a) if _is_sequence(a) and axis is None "
       "and "
       "not _depends_on_x(a) "
       "else op.$(_summed_in(_without_out(a, out), dtype), axis, keepdims)",
       "prod"},
      {"np.$",
       "lambda a, axis=None, dtype=None, out=None, keepdims=False: sum(a) if _is_sequence(a) and (axis == 0 if "
       "_depends_on_x(a) else axis is None) "
       "else op.$(_summed_in(_without_out(a, out), dtype), axis, keepdims)",
       "sum"},
      {"np.mean",
       "lambda a, axis=None, dtype=None, out=None, keepdims=False: "
       "sum(a) / len(a) if _is_list_along(a, axis, keepdims) and dtype is None and out is None else "
       "op.mean(_averaged_in(_without_out(a, out), dtype), axis, keepdims)"},
      // Of n elements n - ddof count.
      {"np.var",
       "lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False: "
       "op.var(_averaged_in(_without_out(a, out), dtype), axis, keepdims) if ddof == 0 else "
       "op.var(_averaged_in(_without_out(a, out), dtype), axis, keepdims) * "
       "(_count_along(a, axis) / (_count_along(a, axis) - ddof))"},
      {"np.std",
       "lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False: "
       "op.std(_averaged_in(_without_out(a, out), dtype), axis, keepdims) if ddof == 0 else "
       "op.sqrt(np.var(a, axis, dtype, None, ddof, keepdims))"},
      {"_without_out", "lambda a, out: a if out is None else _refuse('a result in an array of its own is not known')"},
      {"_summed_in",
       "lambda a, dtype: a if dtype is None else _array(a, dtype) if _dtype_name(dtype) != 'bool' else "
       "_refuse('a sum of bools is not known')"},
      {"_averaged_in",
       "lambda a, dtype: a if dtype is None else _array(a, dtype) if _dtype_name(dtype) == 'float32' else "
       "_refuse('only a mean of float32 is known')"},
      {"np.$",
       "lambda a, axis=None, out=None, keepdims=False: functools.reduce(lambda u, v: op.$imum(u, v), a) if "
       "_is_list_along(a, axis, keepdims) and out is None else "
       "op.$(_without_out(a, out), axis, keepdims)",
       "max min"},
      {"np.$", "lambda a, axis=None, out=None, keepdims=False: op.$(_without_out(a, out), axis, keepdims)", "any all"},
      {"np.amax", "lambda a, axis=None, out=None, keepdims=False: op.max(_without_out(a, out), axis, keepdims)"},
      {"np.amin", "lambda a, axis=None, out=None, keepdims=False: op.min(_without_out(a, out), axis, keepdims)"},
      {"np.$", "lambda a, axis=None: op.$(a, axis)", "argmax argmin"},
      {"np.$",
       "lambda a, axis=None: _refuse('NumPy adds up ints of 8 and 16 bits with 64; cast them first') "
       "if _is_narrow(a) else op.$(a, axis)",
       "cumsum cumprod"},

      {"np.reshape", "lambda a, newshape: ops.reshape(a, newshape)"},
      {"np.transpose", "lambda a, axes=None: op.transpose(a, axes)"},
      {"np.swapaxes", "lambda a, axis1, axis2: op.swapaxes(a, axis1, axis2)"},
      {"np.moveaxis", "lambda a, source, destination: op.moveaxis(a, source, destination)"},
      {"np.expand_dims", "lambda a, axis: op.expand_dims(a, axis)"},
      {"np.squeeze", "lambda a, axis=None: ops.squeeze(a, axis)"},
      {"np.concatenate", "lambda arrays, axis=0: ops.concatenate(arrays, axis)"},
      {"np.stack", "lambda arrays, axis=0: ops.stack(arrays, axis)"},
      {"np.split", "lambda ary, indices_or_sections, axis=0: _split_at(ary, indices_or_sections, axis)"},
      {"np.repeat", "lambda a, repeats, axis=None: op.repeat(a, repeats, axis)"},
      {"np.tile", "lambda A, reps: op.tile(A, reps)"},
      {"np.flip", "lambda m, axis=None: op.flip(m, axis)"},
      {"np.roll", "lambda a, shift, axis=None: op.roll(a, shift, axis)"},
      {"np.take",
       "lambda a, indices, axis=None: op.take(a, indices, 0 if axis is None and not _depends_on_x(a) and "
       "_ndim(_array(a, None)) == 1 else axis)"},
      {"np.take_along_axis", "lambda arr, indices, axis=-1: op.take_along_axis(arr, indices, axis)"},
      {"np.select",
       "lambda condlist, choicelist, default=0: functools.reduce(lambda rest, pair: op.where(pair[0], pair[1], rest), "
       "list(zip(condlist, choicelist))[::-1], default)"},
      {"np.inner", "lambda a, b: op.tensordot(a, b, ((-1,), (-1,)))"},
      {"np.sort", "lambda a, axis=-1: op.sort(a, axis)"},
      // Where elements are equal, NumPy's quick sort gives them in any order.
      {"np.argsort",
       "lambda a, axis=-1, kind=None: op.argsort(a, axis) if kind in ('stable', 'mergesort') else "
       "_refuse('`np.argsort` gives equal elements in any order unless its kind is stable; use ops.argsort')"},
      {"np.pad",
       "lambda array, pad_width, mode='constant', constant_values=0: "
       "ops.pad(array, pad_width, mode, constant_values) if mode == 'constant' else ops.pad(array, pad_width, mode)"},
      {"np.dot", "lambda a, b: op.dot(a, b)"},
      {"np.matmul", "lambda x1, x2: op.matmul(x1, x2)"},
      {"np.tensordot", "lambda a, b, axes=2: op.tensordot(a, b, axes)"},

      {"np.shape", "lambda a: _shape(a)"},
      {"np.ndim", "lambda a: _ndim(a)"},
      {"np.array np.asarray", "lambda a, dtype=None: _array_of(a, dtype)"},
      {"np.copy", "lambda a: _anew(a)"},
      {"np.$", "lambda x=0: _array(x, '$')", "float32 int32"},
      {"np.float64 np.float", "lambda x=0.0: float(x)"},
      {"np.int64 np.int", "lambda x=0: int(x)"},
      {"np.bool_ np.bool", "lambda x=False: _array(bool(x), 'bool')"},
      {"np.arange",
       "lambda start, stop=None, step=1, dtype=None: "
       "_arange(0 if stop is None else start, start if stop is None else stop, step, dtype)"},
      {"np.zeros", "lambda shape, dtype='float32': _full(shape, 0, dtype)"},
      {"np.ones", "lambda shape, dtype='float32': _full(shape, 1, dtype)"},
      {"np.full", "lambda shape, fill_value, dtype=None: _full(shape, fill_value, dtype)"},
      {"np.$", "lambda a, dtype=None: op.$(_as(a, dtype))", "zeros_like ones_like"},
      {"np.full_like", "lambda a, fill_value, dtype=None: op.full_like(_as(a, dtype), fill_value)"},
      {"np.$", "'$'", "float16 int8 int16 uint8"},
      {"_as", "lambda x, dtype: x if dtype is None else _array(x, dtype)"},
      {"np.newaxis", "None"},

      {"np.pi math.pi", "3.141592653589793"},
      {"np.e math.e", "2.718281828459045"},
      {"math.tau", "6.283185307179586"},
      {"np.inf math.inf", "float('inf')"},
      {"np.nan math.nan", "float('nan')"},
  };
  return kTable;
}

}  // namespace revive
