// jax.nn, with JAX' own defaults. jax.numpy is NumPy under another name.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> jax_functions() {
  static constexpr FunctionRow kTable[] = {
      {"jax.nn.$", "lambda x: op.$(x)",
       "relu relu6 sigmoid softplus tanh silu selu log_sigmoid hard_sigmoid hard_silu"},
      {"jax.nn.soft_sign", "lambda x: op.softsign(x)"},
      {"jax.nn.swish", "lambda x: op.silu(x)"},
      {"jax.nn.hard_swish", "lambda x: op.hard_silu(x)"},
      {"jax.nn.gelu", "lambda x, approximate=True: op.gelu(x, approximate)"},
      {"jax.nn.leaky_relu", "lambda x, negative_slope=0.01: op.leaky_relu(x, negative_slope)"},
      {"jax.nn.hard_tanh", "lambda x: op.clip(x, -1, 1)"},
      {"jax.nn.elu", "lambda x, alpha=1.0: op.elu(x, alpha)"},
      {"jax.nn.celu", "lambda x, alpha=1.0: op.maximum(x, 0.0) + alpha * op.expm1(op.minimum(x, 0.0) / alpha)"},
      {"jax.nn.log_softmax", "lambda x, axis=-1: op.log_softmax(x, axis)"},
      {"jax.nn.glu", "lambda x, axis=-1: _gated(*ops.split(x, 2, axis))"},
      {"_gated", "lambda x, gate: x * op.sigmoid(gate)"},
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
