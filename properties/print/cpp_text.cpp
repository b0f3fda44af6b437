#include "revive/properties/print/cpp_text.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "revive/model/lambda/graph_to_tree.h"
#include "revive/model/lambda/printer.h"
#include "revive/model/tensor/element_type.h"

namespace revive::properties {
namespace {

template <typename Int>
std::string cpp_int(Int value) {
  // The least number is no literal: a minus sign is an operator.
  if (value == std::numeric_limits<Int>::min()) {
    return fmt::format("std::numeric_limits<std::int{}_t>::min()", 8 * sizeof(Int));
  }
  return fmt::format("{}", value);
}

template <typename Float>
std::string cpp_float(Float value) {
  constexpr bool kSingle = sizeof(Float) == sizeof(float);
  if (!std::isfinite(value)) {
    if constexpr (kSingle) return fmt::format("std::bit_cast<float>(0x{:08x}U)", std::bit_cast<std::uint32_t>(value));
    return fmt::format("std::bit_cast<double>(std::uint64_t{{0x{:016x}}})",
                       std::bit_cast<std::uint64_t>(static_cast<double>(value)));
  }
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return kSingle ? text + 'F' : text;
}

template <typename T, typename Print>
std::string elements(const Tensor& tensor, std::string_view type, Print print) {
  std::vector<std::string> items;
  for (const T item : tensor.data<T>()) items.push_back(print(item));
  return fmt::format("Tensor::from<{}>(Dims{{{}}}, {{{}}})", type, fmt::join(tensor.dims(), ", "),
                     fmt::join(items, ", "));
}

std::string cpp_capture(const Capture& capture) {
  if (const auto* tensor = std::get_if<Tensor>(&capture)) return cpp_tensor(*tensor);
  if (const auto* function = std::get_if<Function>(&capture))
    return fmt::format("Function{{{}}}", cpp_string(function->text));
  return fmt::format("Value({})", cpp_value(std::get<Value>(capture)));
}

std::string cpp_type(const TensorType& type) {
  std::vector<std::string> axes;
  for (const std::int64_t axis : type.shape.axes()) axes.push_back(axis == kUnknown ? "kUnknown" : cpp_int(axis));
  // `boolean` is how revive spells NumPy's bool.
  const std::string_view dtype = type.dtype == DType::boolean ? "boolean" : name_of(type.dtype);
  return fmt::format("TensorType{{DType::{}, Shape({{{}}})}}", dtype, fmt::join(axes, ", "));
}

std::string call(std::string_view text, const Captures& captures, const std::optional<TensorType>& input,
                 std::string_view name) {
  return fmt::format("make_lambda({}, {}, {}{}{})", cpp_string(text), cpp_captures(captures),
                     input ? cpp_type(*input) : "", input ? ", " : "", cpp_string(name));
}

}  // namespace

std::string cpp_string(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += fmt::format("\\{}", c);
    } else if (code < 0x20 || code >= 0x7f) {
      // Three octal digits end an escape whatever comes next; hexadecimal ones do not.
      quoted += fmt::format("\\{:03o}", static_cast<unsigned>(code));
    } else {
      quoted += c;
    }
  }
  const bool has_nul = text.find('\0') != std::string_view::npos;
  return has_nul ? fmt::format("std::string(\"{}\", {})", quoted, text.size()) : fmt::format("\"{}\"", quoted);
}

std::string cpp_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: return value.as_bool() ? "true" : "false";
    case Value::Kind::integer: return cpp_int(value.as_int());
    case Value::Kind::real: return cpp_float(value.as_real());
    case Value::Kind::string: return cpp_string(value.as_string());
    case Value::Kind::array: {
      std::vector<std::string> items;
      for (const Value& item : value.as_array()) {
        // Named as what it is: a list in braces with one list in it may be read as a copy of that one.
        items.push_back(item.is_array() ? fmt::format("Value({})", cpp_value(item)) : cpp_value(item));
      }
      return fmt::format("Value::Array{{{}}}", fmt::join(items, ", "));
    }
    case Value::Kind::null:
    case Value::Kind::object: break;
  }
  return "nullptr";
}

std::string cpp_tensor(const Tensor& tensor) {
  const std::string_view dtype = tensor.dtype() == DType::boolean ? "boolean" : name_of(tensor.dtype());
  if (tensor.size() > 0) {
    switch (tensor.dtype()) {
      case DType::float32: return elements<float>(tensor, "float", cpp_float<float>);
      case DType::float64: return elements<double>(tensor, "double", cpp_float<double>);
      case DType::int32: return elements<std::int32_t>(tensor, "std::int32_t", cpp_int<std::int32_t>);
      case DType::int64: return elements<std::int64_t>(tensor, "std::int64_t", cpp_int<std::int64_t>);
      case DType::boolean:
        return elements<bool>(tensor, "bool", [](bool item) { return std::string(item ? "true" : "false"); });
      case DType::uint64: break;
      default: return fmt::format("cast({}, DType::{})", cpp_tensor(cast(tensor, carrier_of(tensor.dtype()))), dtype);
    }
  }
  return fmt::format("Tensor(DType::{}, Dims{{{}}})", dtype, fmt::join(tensor.dims(), ", "));
}

std::string cpp_captures(const Captures& captures) {
  std::vector<std::string> items;
  for (const auto& [name, capture] : captures) {
    items.push_back(fmt::format("{{{}, {}}}", cpp_string(name), cpp_capture(capture)));
  }
  return fmt::format("{{{}}}", fmt::join(items, ", "));
}

std::optional<std::string> cpp_lambda(const LambdaFunction& expression, std::string_view name) {
  if (const auto& annotation = expression.annotation) {
    const auto made = make_expression(annotation->text, annotation->captures,
                                      LoweringOptions{.input = annotation->input, .limits = {}});
    if (made && *made == expression) return call(annotation->text, annotation->captures, annotation->input, name);
  }
  const TreeOfGraph raised = graph_to_tree(expression.graph);
  const auto text = tree_to_text(raised.tree);
  if (!text) return std::nullopt;
  return call(*text, raised.captures, std::nullopt, name);
}

}  // namespace revive::properties
