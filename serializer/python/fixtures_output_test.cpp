// corpus/lambdas: every lambda, as every version of CPython compiles it, computes what the real function computed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "revive/serializer/python/testing.h"

namespace revive {
namespace {

using namespace revive::testing;

// The largest distance, in proportion where the values are large.
double distance(const Tensor& a, const Tensor& b) {
  const Tensor x = cast(a, DType::float32);
  const Tensor y = cast(b, DType::float32);
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = static_cast<double>(y.data<float>()[i]);
    const double off = std::abs(static_cast<double>(x.data<float>()[i]) - expected) / std::max(1.0, std::abs(expected));
    largest = std::isnan(off) ? HUGE_VAL : std::max(largest, off);
  }
  return largest;
}

class FixtureOutputs : public ::testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(Python, FixtureOutputs, ::testing::ValuesIn(kPythonVersions),
                         [](const auto& instance) { return "3_" + std::string(instance.param.substr(2)); });

TEST_P(FixtureOutputs, ComputeWhatTheRealFunctionsDid) {
  std::size_t ran = 0;
  for (const auto& [name, config] : compiled(GetParam()).as_object()) {
    const Value& entry = *table().find(name);
    const Value* const output = entry.find("output");
    if (output == nullptr) continue;
    const auto lambda = read_lambda(config);
    ASSERT_TRUE(lambda) << name << ": " << lambda.error().text();
    Captures captures = captures_of(*entry.find("globals"));
    captures.insert(captures.end(), lambda->bound.begin(), lambda->bound.end());
    const Value& input = *table().find("inputs")->find(entry.find("input")->as_string());
    const auto expression = make_expression(lambda->tree, captures, options_for(input));
    if (!expression) {
      ADD_FAILURE() << name << ": " << expression.error().text() << "\n" << lambda->text;
      continue;
    }
    const auto computed = expression->graph.evaluate(tensor_of(input));
    if (!computed) {
      ADD_FAILURE() << name << ": " << computed.error().text() << "\n" << lambda->text;
      continue;
    }
    const Tensor expected = tensor_of(*output);
    EXPECT_EQ(computed->dims(), expected.dims()) << name << "\n" << lambda->text;
    if (computed->dims() != expected.dims()) continue;
    EXPECT_LE(distance(*computed, expected), 1e-6) << name << "\n" << lambda->text;
    ++ran;
  }
  EXPECT_GE(ran, 150U);
}

}  // namespace
}  // namespace revive
