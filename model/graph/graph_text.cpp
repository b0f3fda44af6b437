// A graph as an expression of x, for people to read.
#include <fmt/format.h>

#include "revive/model/graph/graph.h"
#include "revive/model/graph/op.h"
#include "revive/model/tensor/element.h"

namespace revive {
namespace {

constexpr std::size_t kMaxLength = 2000;
constexpr std::size_t kMaxElements = 8;

std::string text_of(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string text_of(const Tensor& array) {
  if (array.size() > kMaxElements || array.rank() != 1) {
    return fmt::format("array({}, {})", to_string(array.dims()), name_of(array.dtype()));
  }
  std::string text = "[";
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i != 0) text += ", ";
    const Value element = element_of(array, i);
    text += element.is_real()   ? text_of(element.as_real())
            : element.is_int()  ? std::to_string(element.as_int())
            : element.as_bool() ? "True"
                                : "False";
  }
  return text + "]";
}

std::string text_of(const Value& value) {
  if (value.is_null()) return "None";
  if (value.is_bool()) return value.as_bool() ? "True" : "False";
  return value.is_real() ? text_of(value.as_real()) : value.brief();
}

std::string text_of(const Slice& slice) {
  const auto bound = [](const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : ""; };
  return bound(slice.start) + ":" + bound(slice.stop) + (slice.step ? ":" + bound(slice.step) : "");
}

// `outer` strips the brackets of a list, as the key of an index is written.
std::string text_of(const Argument& argument, const std::vector<std::string>& values, bool outer = false) {
  if (const NodeRef* const ref = argument.get<NodeRef>()) return values[ref->index];
  if (const Slice* const slice = argument.get<Slice>()) return text_of(*slice);
  if (argument.get<Ellipsis>() != nullptr) return "...";
  if (const Tensor* const array = argument.get<Tensor>()) return text_of(*array);
  if (const Value* const value = argument.get<Value>()) return text_of(*value);
  std::string text;
  for (const Argument& item : *argument.get<Argument::List>()) {
    if (!text.empty()) text += ", ";
    text += text_of(item, values);
  }
  return outer ? text : "[" + text + "]";
}

std::string text_of(const Node& node, const std::vector<std::string>& values) {
  const OpClass& op = *node.op;
  const auto argument = [&](std::size_t i) { return text_of(node.arguments[i], values); };
  switch (op.syntax) {
    case OpClass::Syntax::infix: return fmt::format("({} {} {})", argument(0), op.symbol, argument(1));
    case OpClass::Syntax::prefix: return fmt::format("({}{})", op.symbol, argument(0));
    case OpClass::Syntax::subscript:
      return fmt::format("{}[{}]", argument(0), text_of(node.arguments[1], values, true));
    case OpClass::Syntax::function: break;
  }
  std::string text = fmt::format("ops.{}(", op.function);
  for (std::size_t i = 0; i < node.arguments.size(); ++i) text += (i == 0 ? "" : ", ") + argument(i);
  for (std::size_t i = 0; i < node.settings.size(); ++i) {
    text += fmt::format(", {}={}", op.settings[i].name, text_of(node.settings[i]));
  }
  return text + ")";
}

}  // namespace

std::string Graph::to_text() const {
  std::vector<std::string> values = {"x"};
  for (const Node& node : nodes_) {
    std::string text = text_of(node, values);
    if (text.size() > kMaxLength) text = text.substr(0, kMaxLength) + "...";
    values.push_back(std::move(text));
  }
  return values.back();
}

}  // namespace revive
