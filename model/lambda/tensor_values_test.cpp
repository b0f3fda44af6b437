// What operators make of tensors of each dtype beside each kind of value, for each backend that a lambda may be written
// for, in static_values.txt. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/model/model_test --gtest_filter='TensorValues.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "revive/model/lambda/graph_testing.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/said.h"

namespace revive::testing {
namespace {

constexpr const char* kFile = "model/lambda/static_values.txt";

// A text, which names a function of the backend, where there is one.
struct Written {
  std::string_view backend;
  std::string_view text;
  bool of_any_backend = false;
};

constexpr Written kWritten[] = {{"Keras", "{}"},
                                {"TensorFlow", "({}, tf.abs)[0]"},
                                {"JAX", "({}, jnp.abs)[0]", true},
                                {"any", "{}", true},
                                {"NumPy", "(np.square(x), {})[1]", true}};

constexpr std::string_view kSymbols[] = {"+", "*", "/", "//", "%", "**", "&", "<<", "@", "<", "=="};

constexpr std::string_view kBeside[] = {"2",
                                        "0",
                                        "-3",
                                        "True",
                                        "0.5",
                                        "0.3",
                                        "n",
                                        "k",
                                        "x",
                                        "x > 0",
                                        "ops.cast(x, 'float16')",
                                        "ops.cast(x, 'int8')",
                                        "b",
                                        "z",
                                        "h",
                                        "l",
                                        "d",
                                        "t",
                                        "i0",
                                        "[0.5, 1]",
                                        "jnp.array(2)",
                                        "np.float32(2)",
                                        "'a'"};

TEST(TensorValues, AreCombinedAsRecorded) {
  const Captures captures = {{"b", Tensor::from<float>({2}, {1, 2})},
                             {"z", Tensor::from<std::int32_t>({2}, {1, 0})},
                             {"h", cast(Tensor::from<float>({2}, {1, 2}), DType::float16)},
                             {"l", Tensor::from<std::int64_t>({2}, {1, 2})},
                             {"d", Tensor::from<double>({2}, {1, 2})},
                             {"t", cast(Tensor::from<std::int32_t>({2}, {1, 0}), DType::boolean)},
                             {"i0", Tensor::from<std::int32_t>({}, {3})},
                             {"n", Value(3)},
                             {"k", Value(0.5)}};
  Said said;
  for (const DType dtype : {DType::boolean, DType::uint8, DType::int32, DType::float16, DType::float32}) {
    const TensorType x{dtype, {kUnknown, 2}};
    for (const Written& written : kWritten) {
      Said part;
      for (const std::string_view symbol : kSymbols) {
        for (const std::string_view beside : kBeside) {
          for (const std::string& operation :
               {fmt::format("x {} ({})", symbol, beside), fmt::format("({}) {} x", beside, symbol)}) {
            const auto made = make_expression(fmt::format(fmt::runtime(written.text), operation), captures,
                                              {.input = x, .limits = {}, .of_any_backend = written.of_any_backend});
            if (made) {
              part.add_to_sum(operation + told(made->graph, x));
            } else {
              part.add_to_sum(operation + made.error().text());
              said.add(made.error());
            }
          }
        }
      }
      part.expect(kFile, fmt::format("tensors of {} for {}", name_of(dtype), written.backend));
    }
  }
  said.expect(kFile, "tensors");
}

}  // namespace
}  // namespace revive::testing
