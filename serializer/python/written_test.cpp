// corpus/lambdas/written.json: lambdas as people write them, as stock Keras stores them. Most come back and compute
// what Keras computed, the others are refused with a sentence, and none computes anything else.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "revive/model/lambda/capture_literal.h"
#include "revive/model/testing/recorded.h"
#include "revive/serializer/keras/lambda_reader.h"
#include "revive/serializer/python/testing.h"

namespace revive {
namespace {

using namespace revive::testing;

enum class Outcome : std::uint8_t { equal, refused, different };

// TensorFlow and NumPy compute some things with 64 bits, which have 32 here.
DType narrowed(DType dtype) {
  if (dtype == DType::float64) return DType::float32;
  if (dtype == DType::int64) return DType::int32;
  return dtype;
}

// Within a tolerance that is in proportion where the values are large.
bool agree(const Tensor& computed, const Value& recorded) {
  constexpr double kTolerance = 1e-5;
  const Tensor x = cast(computed, DType::float32);
  const Tensor y = cast(tensor_of(recorded), DType::float32);
  if (x.dims() != y.dims()) return false;
  const auto dtype = dtype_from_name(recorded.find("dtype")->as_string());
  if (!dtype || (computed.dtype() != *dtype && computed.dtype() != narrowed(*dtype))) return false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double found = static_cast<double>(x.data<float>()[i]);
    const double wanted = static_cast<double>(y.data<float>()[i]);
    if (std::isnan(wanted) ? !std::isnan(found)
                           : !(std::abs(found - wanted) <= kTolerance * std::max(1.0, std::abs(wanted)))) {
      return false;
    }
  }
  return true;
}

Result<Tensor> rescued(const Value& entry, const Tensor& input) {
  LoadOptions options;
  for (const auto& [name, text] : entry.find("bind")->as_object()) {
    auto capture = parse_capture(text.as_string());
    if (!capture) return std::unexpected(capture.error());
    options.bind.emplace_back(name, *std::move(capture));
  }
  Shape shape(input.dims());
  shape[0] = kUnknown;
  LambdaReader reader(options);
  auto made = reader.read("lambda", entry.find("config")->as_object(), "config.json",
                          [&] { return std::optional<TensorType>({input.dtype(), shape}); });
  if (!made) return std::unexpected(made.error());
  REVIVE_RETURN_IF_ERROR(reader.finish());
  return made->graph.evaluate(input);
}

TEST(Written, FourOfFiveComeBackAndNoneIsDifferent) {
  const Value all = read_json("written.json");
  const Value& inputs = *all.find("inputs");
  std::size_t counts[3] = {};
  for (const auto& [name, entry] : all.as_object()) {
    if (name == "inputs") continue;
    const auto computed = rescued(entry, tensor_of(*inputs.find(entry.find("input")->as_string())));
    const Outcome outcome = !computed                                 ? Outcome::refused
                            : agree(*computed, *entry.find("output")) ? Outcome::equal
                                                                      : Outcome::different;
    ++counts[static_cast<std::size_t>(outcome)];
    const std::string& source = entry.find("source")->as_string();
    if (outcome == Outcome::refused) {
      std::printf("refused %s: %s\n    %s\n", name.c_str(), source.c_str(), computed.error().text().c_str());
      EXPECT_FALSE(computed.error().message.empty()) << name;
      expect_recorded("serializer/sentences.txt", "Written " + name, computed.error().text());
    }
    EXPECT_NE(outcome, Outcome::different) << name << ": " << source;
  }
  const std::size_t total = counts[0] + counts[1] + counts[2];
  std::printf("%zu lambdas: %zu equal, %zu refused, %zu different\n", total, counts[0], counts[1], counts[2]);
  EXPECT_GE(total, 300U);
  EXPECT_GE(counts[0] * 5, total * 4);
}

}  // namespace
}  // namespace revive
