// Attributes and methods of tensors and arrays: what NumPy's and JAX' arrays have, and get_shape() of TensorFlow's.
// The value in front of the dot is the first argument.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> method_functions() {
  static constexpr FunctionRow kTable[] = {
      {"Tensor.$", "lambda x: _$(x)", "shape ndim dtype"},
      {"Tensor.get_shape", "lambda x: _shape(x)"},
      {"Tensor.size", "lambda x: math.prod(_shape(x))"},
      {"Tensor.T",
       "lambda x: _refuse('`.T` moves the batch axis; use ops.transpose with the axes in order') if _depends_on_x(x) "
       "else op.transpose(x)"},
      {"Tensor.astype", "lambda x, dtype, copy=True: _array(x, dtype)"},
      {"Tensor.copy", "lambda x: _anew(x)"},
      {"Tensor.at", "lambda x: _refuse('`.at` is followed by an index')"},
      {"Tensor.numpy", "lambda x: x"},
      {"Tensor.item Tensor.tolist", "lambda x: _static(x)"},

      {"Tensor.$", "lambda x, axis=None, dtype=None, out=None, keepdims=False: np.$(x, axis, dtype, out, keepdims)",
       "sum mean prod"},
      {"Tensor.$",
       "lambda x, axis=None, dtype=None, out=None, ddof=0, keepdims=False: np.$(x, axis, dtype, out, ddof, keepdims)",
       "std var"},
      {"Tensor.$", "lambda x, axis=None, out=None, keepdims=False: np.$(x, axis, out, keepdims)", "max min any all"},
      {"Tensor.$", "lambda x, axis=None: np.$(x, axis)", "argmax argmin cumsum cumprod"},
      {"Tensor.clip", "lambda x, min=None, max=None: np.clip(x, min, max)"},
      {"Tensor.round", "lambda x, decimals=0: np.round(x, decimals)"},
      {"Tensor.dot", "lambda x, b: np.dot(x, b)"},

      {"Tensor.reshape", "lambda x, *shape: np.reshape(x, shape[0] if _is_sequence(shape[0]) else shape)"},
      {"Tensor.transpose",
       "lambda x, *axes: np.transpose(x, None if len(axes) == 0 else axes[0] if not _is_number(axes[0]) else axes)"},
      {"Tensor.swapaxes", "lambda x, axis1, axis2: np.swapaxes(x, axis1, axis2)"},
      {"Tensor.squeeze", "lambda x, axis=None: np.squeeze(x, axis)"},
      {"Tensor.flatten Tensor.ravel",
       "lambda x: _refuse('flatten() joins the samples of a batch; keep the batch axis') if _depends_on_x(x) else "
       "op.reshape(x, (-1,))"},
      {"Tensor.repeat", "lambda x, repeats, axis=None: np.repeat(x, repeats, axis)"},
      {"Tensor.take", "lambda x, indices, axis=None: np.take(x, indices, axis)"},
  };
  return kTable;
}

}  // namespace revive
