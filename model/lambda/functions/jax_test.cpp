// jax.nn, by JAX 0.10.
#include "revive/model/lambda/functions/testing.h"

namespace revive {

std::span<const FunctionCase> jax_cases() {
  static const FunctionCase kCases[] = {
      {"x.at[:, 0].set(0.5)", {2, 3, 4}, kSigned, {2, 3, 4}, kFloat, {0.5, 0, 0.5, 0.5}},
      {"x.at[:, 1:, ::2].add(1.5)", {2, 3, 4}, kSigned, {2, 3, 4}, kFloat, {-1.25, 0, 0.25, 0.5}},
      {"x.at[..., -1].set(x[..., 0])", {2, 3, 4}, kSigned, {2, 3, 4}, kFloat, {-1.25, 0.25, 0.5, 0.75}},
      {"x.at[:, ::-1].set(x)", {2, 3}, kSigned, {2, 3}, kFloat, {-0.5, 0.5, -0.75, 1.25}},
      {"x.at[:, [0, 2]].multiply(2)", {2, 3}, kSigned, {2, 3}, kFloat, {-2.5, 0.5, 2.5, -1.5}},
      {"x.at[:, 1].set([1.0, 2.0, 3.0, 4.0])", {2, 3, 4}, kSigned, {2, 3, 4}, kFloat, {-1.25, 4, 0.25, 0.5}},
      {"x.at[:, [2, 0], 0].add(x[:, :2, 1])", {2, 3, 4}, kSigned, {2, 3, 4}, kFloat, {-2, 0, 0.25, 0.5}},
      {"x.at[:, 1].set(7)", {2, 3}, kInts, {2, 3}, kInt, {0, 7, 1, 0}},
      {"x.at[:, 1].add(x[:, 0])", {2, 3}, kInts, {2, 3}, kInt, {0, 2, 1, 0}},
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
