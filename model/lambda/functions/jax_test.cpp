// jax.nn, by JAX 0.10.
#include "revive/model/lambda/functions/testing.h"

namespace revive {

std::span<const FunctionCase> jax_cases() {
  static const FunctionCase kCases[] = {
      {"jax.nn.gelu(x)", {2, 3}, kSigned, {2, 3}, kFloat, {-0.1322858, 0.345714, 1.117714, -0.1700394}},
      {"jax.nn.leaky_relu(x)", {2, 3}, kSigned, {2, 3}, kFloat, {-0.0125, 0.5, 1.25, -0.0075}},
      {"jax.nn.one_hot(x, 4)", {2, 3}, kInts, {2, 3, 4}, kFloat, {1, 0, 0, 0}},
      {"jax.nn.softmax(x, axis=-1)", {2, 3}, kSigned, {2, 3}, kFloat, {0.1127192, 0.6486542, 0.6652409, 0.09003057}},
      {"jax.nn.celu(x, 0.5) + jax.nn.hard_tanh(x)", {2, 3}, kSigned, {2, 3}, kFloat, {-1.458957, 1, 2.25, -1.138435}},
      {"jax.nn.glu(x)", {2, 4}, kSigned, {2, 2}, kFloat, {-0.4719259, 0.3886499, 0.1827646, -0.375}},
  };
  return kCases;
}

TEST(Functions, JaxNetworks) {
  for (const FunctionCase& row : jax_cases()) check_function_case(row);
}

}  // namespace revive
