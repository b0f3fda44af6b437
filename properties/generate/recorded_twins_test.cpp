// All twins of a few nodes, in twins.txt, in their order: a generator that leaves some out still draws others. After a
// change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='RecordedTwins.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "revive/model/graph/op.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/twins.h"
#include "revive/properties/print/python_text.h"

namespace revive::properties {
namespace {

std::string text_of(const Argument& argument) {
  const auto bound = [](std::optional<std::int64_t> number) {
    return number ? std::to_string(*number) : std::string();
  };
  if (const auto* const ref = argument.get<NodeRef>()) return fmt::format("%{}", ref->index);
  if (const auto* const value = argument.get<Value>()) return python_literal(*value);
  if (const auto* const array = argument.get<Tensor>()) return python_array(*array);
  if (const auto* const slice = argument.get<Slice>()) {
    return fmt::format("{}:{}:{}", bound(slice->start), bound(slice->stop), bound(slice->step));
  }
  const auto* const list = argument.get<Argument::List>();
  if (list == nullptr) return "...";
  std::string text;
  for (const Argument& item : *list) text += (text.empty() ? "" : ", ") + text_of(item);
  return "[" + text + "]";
}

std::string text_of(const Node& node) {
  std::string text;
  for (const Argument& argument : node.arguments) text += (text.empty() ? "" : ", ") + text_of(argument);
  for (const Value& setting : node.settings) text += "; " + python_literal(setting);
  return "(" + text + ")";
}

struct Named {
  std::string_view name;
  std::string_view function;
  std::vector<Argument> arguments;
  std::vector<Value> settings = {};
};

std::vector<Named> nodes() {
  constexpr std::int64_t kSmall = std::int64_t{1} << 30;
  const NodeRef x{0};
  const auto part = [](Slice slice) { return Argument(Argument::List{Argument(Slice{}), Argument(slice)}); };
  const auto beside = [&](Value value) { return std::vector<Argument>{x, std::move(value)}; };
  return {
      {"nothing", "negative", {x}},
      {"the first result", "negative", {NodeRef{1}}},
      {"the second result", "negative", {NodeRef{2}}},
      {"a whole slice", "get_item", {x, part({})}},
      {"a slice", "get_item", {x, part({1, 3, 2})}},
      {"a slice backwards", "get_item", {x, part({-1, {}, -1})}},
      {"a slice of no step", "get_item", {x, part({0, -1, {}})}},
      {"a slice of long steps", "get_item", {x, part({{}, {}, kSmall})}},
      {"a slice of far bounds", "get_item", {x, part({kSmall, -kSmall, 1})}},
      {"an index", "get_item", {x, Argument(Argument::List{Argument(Slice{}), Argument(Value(0)), Ellipsis{}})}},
      {"two tensors", "concatenate", {Argument(Argument::List{x, NodeRef{3}})}, {Value(1)}},
      {"a tensor twice", "concatenate", {Argument(Argument::List{x, x})}, {Value(1)}},
      {"an int", "add", beside(Value(2))},
      {"an int of 0", "add", beside(Value(0))},
      {"a large int", "add", beside(Value(kSmall - 1))},
      {"too large an int", "add", beside(Value(kSmall))},
      {"a large int below 0", "add", beside(Value(1 - kSmall))},
      {"too large an int below 0", "add", beside(Value(-kSmall))},
      {"a float", "add", beside(Value(2.5))},
      {"a whole float", "add", beside(Value(3.0))},
      {"a float of 0", "add", beside(Value(-0.0))},
      {"nan", "add", beside(Value(std::numeric_limits<double>::quiet_NaN()))},
      {"infinity", "add", beside(Value(std::numeric_limits<double>::infinity()))},
      {"a large whole float", "add", beside(Value(999'999'999.0))},
      {"too large a whole float", "add", beside(Value(1e9))},
      {"a large whole float below 0", "add", beside(Value(-999'999'999.0))},
      {"too large a whole float below 0", "add", beside(Value(-1e9))},
      {"an array", "add", {x, Tensor::from<float>({3}, {1, 7, -0.5F})}},
      {"an array of one", "add", {x, Tensor::from<float>({1}, {0})}},
      {"an array of ints", "take", {x, Tensor::from<std::int32_t>({2}, {0, 5})}, {Value(1)}},
      {"an empty array", "add", {x, Tensor(DType::float32, {0})}},
      {"axes", "sum", {x}, {Value(Value::Array{1, -1}), Value(false)}},
      {"no axis", "sum", {x}, {Value(), Value(true)}},
      {"float32", "cast", {x}, {Value("float32")}},
      {"int32", "cast", {x}, {Value("int32")}},
      {"bool", "cast", {x}, {Value("bool")}},
      {"reflect", "pad", {x}, {Value("reflect")}},
      {"symmetric", "pad", {x}, {Value("symmetric")}},
      {"nearest", "pad", {x}, {Value("nearest")}},
      {"bilinear", "pad", {x}, {Value("bilinear")}},
      {"another string", "pad", {x}, {Value("constant")}},
  };
}

TEST(RecordedTwins, AreAsRecorded) {
  for (const Named& each : nodes()) {
    std::string text;
    for (const Twins& twins : twins_of({find_op_function(each.function), each.arguments, each.settings})) {
      text += fmt::format("{}{}:", text.empty() ? "" : " | ", twins.component);
      for (const Node& node : twins.nodes) text += " " + text_of(node);
    }
    expect_recorded("properties/generate/twins.txt", std::string(each.name), text);
  }
}

}  // namespace
}  // namespace revive::properties
