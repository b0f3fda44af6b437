// jax.nn, with JAX' own defaults. jax.numpy is NumPy under another name.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> jax_functions() {
  static constexpr FunctionRow kTable[] = {
      {"jax.nn.$", "lambda x: op.$(x)",
       "relu relu6 sigmoid softplus tanh silu selu log_sigmoid hard_tanh hard_sigmoid hard_silu"},
      {"jax.nn.soft_sign", "lambda x: op.softsign(x)"},
      {"jax.nn.swish", "lambda x: op.silu(x)"},
      {"jax.nn.hard_swish", "lambda x: op.hard_silu(x)"},
      {"jax.nn.gelu", "lambda x, approximate=True: op.gelu(x, approximate)"},
      {"jax.nn.leaky_relu", "lambda x, negative_slope=0.01: op.leaky_relu(x, negative_slope)"},
      {"jax.nn.$", "lambda x, alpha=1.0: op.$(x, alpha)", "elu celu"},
      {"jax.nn.$", "lambda x, axis=-1: op.$(x, axis)", "log_softmax glu"},
      {"jax.nn.softmax", "lambda x, axis=-1: ops.softmax(x, axis)"},
      {"jax.nn.logsumexp",
       "lambda a, axis=None, b=None, keepdims=False: op.logsumexp(a, axis, keepdims) "
       "if b is None else _refuse('logsumexp is known without b')"},
      {"jax.nn.one_hot", "lambda x, num_classes, axis=-1: op.one_hot(x, num_classes, axis, 'float32')"},
      {"jax.nn.standardize",
       "lambda x, axis=-1, mean=None, variance=None, epsilon=1e-05: (x - op.mean(x, axis, True)) * "
       "op.rsqrt(op.maximum(op.mean(op.square(x), axis, True) - op.square(op.mean(x, axis, True)), 0.0) + epsilon) "
       "if mean is None and variance is None else _refuse('standardize is known without mean and variance')"},
      {"jax.lax.rsqrt", "lambda x: op.rsqrt(x)"},
  };
  return kTable;
}

}  // namespace revive
