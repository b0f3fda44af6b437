#include "revive/properties/print/python_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "revive/model/base/printable.h"
#include "revive/model/base/utf8.h"
#include "revive/model/graph/op.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/model/tensor/element.h"
#include "revive/serializer/io/base64.h"

namespace revive::properties {
namespace {

// Longer arrays say more as base64 than they would to a reader.
constexpr std::size_t kMostReadableElements = 16;

std::string python_real(double value) {
  if (std::isnan(value)) return "float(\"nan\")";
  if (std::isinf(value)) return value > 0 ? "float(\"inf\")" : "float(\"-inf\")";
  std::string text = fmt::format("{}", value);
  // A float must not read as an int.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

// What a terminal would obey is spelled out, as everything else that a literal cannot hold.
std::string python_string(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const auto point = next_code_point(text, at);
    const std::string_view character = text.substr(start, at - start);
    if (character == "\"" || character == "\\") {
      quoted += fmt::format("\\{}", character);
    } else if (point && printable(character) == character) {
      quoted += character;
    } else {
      const char32_t code = point.value_or(static_cast<unsigned char>(text[start]));
      quoted += code <= 0xFF ? fmt::format("\\x{:02x}", static_cast<std::uint32_t>(code))
                             : fmt::format("\\U{:08x}", static_cast<std::uint32_t>(code));
    }
  }
  return quoted + '"';
}

std::string tuple(const std::vector<std::string>& items) {
  return fmt::format("({}{})", fmt::join(items, ", "), items.size() == 1 ? "," : "");
}

// The elements as literals; nothing for a dtype or value whose literal would not bring back the bits.
std::optional<std::vector<std::string>> readable_elements(const Tensor& tensor) {
  // NumPy itself knows no bfloat16.
  if (tensor.size() > kMostReadableElements || tensor.dtype() == DType::bfloat16) return std::nullopt;
  std::vector<std::string> items;
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    const Value element = element_of(tensor, i);
    if (element.is_int()) {
      items.push_back(fmt::format("{}", element.as_int()));
    } else if (element.is_real() && std::isfinite(element.as_real())) {
      items.push_back(python_real(element.as_real()));
    } else {
      return std::nullopt;
    }
  }
  return items;
}

std::string python_capture(const Capture& capture) {
  const auto* tensor = std::get_if<Tensor>(&capture);
  return tensor != nullptr ? python_array(*tensor) : python_literal(std::get<Value>(capture));
}

std::string python_argument(const Argument& argument, const std::vector<std::string>& names) {
  if (const auto* ref = argument.get<NodeRef>()) return names[ref->index];
  if (const auto* value = argument.get<Value>()) return python_literal(*value);
  if (argument.get<Ellipsis>() != nullptr) return "...";
  if (const auto* tensor = argument.get<Tensor>()) return python_array(*tensor);
  if (const auto* slice = argument.get<Slice>()) {
    const auto bound = [](const auto& at) { return at ? fmt::format("{}", *at) : "None"; };
    return fmt::format("slice({}, {}, {})", bound(slice->start), bound(slice->stop), bound(slice->step));
  }
  std::vector<std::string> items;
  for (const Argument& item : *argument.get<Argument::List>()) items.push_back(python_argument(item, names));
  return tuple(items);
}

// One statement a node, in the order of the graph.
std::string graph_body(const Graph& graph) {
  std::vector<std::string> names = {"x"};
  const std::vector<std::string> node_names = graph.node_names();
  std::string body = "    def call(x):\n";
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    std::vector<std::string> arguments;
    for (const Argument& argument : node.arguments) arguments.push_back(python_argument(argument, names));
    for (std::size_t s = 0; s < node.settings.size(); ++s) {
      arguments.push_back(fmt::format("{}={}", node.op->settings[s].name, python_literal(node.settings[s])));
    }
    body += fmt::format("        {} = ops.{}({})\n", node_names[i], node.op->function, fmt::join(arguments, ", "));
    names.push_back(node_names[i]);
  }
  return body + fmt::format("        return {}\n    return call\n", names.back());
}

// A lambda may have parameters besides its input; they count as captured too, and Keras passes the input alone.
std::string text_body(const Annotation& annotation) {
  const auto tree = parse_lambda(annotation.text, {});
  const bool bare = !annotation.text.starts_with("lambda");
  const std::string text = (bare ? "lambda x: " : "") + annotation.text;
  std::vector<std::string> bound;
  for (std::size_t i = 1; tree && i < tree->parameters.size(); ++i) {
    const std::string& name = tree->parameters[i].name;
    const bool captured =
        std::ranges::any_of(annotation.captures, [&](const auto& each) { return each.first == name; });
    if (captured) bound.push_back(fmt::format("{0}={0}", name));
  }
  if (bound.empty()) return fmt::format("    return ({})\n", text);
  return fmt::format("    return functools.partial(({}), {})\n", text, fmt::join(bound, ", "));
}

}  // namespace

std::string python_literal(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::boolean: return value.as_bool() ? "True" : "False";
    case Value::Kind::integer: return fmt::format("{}", value.as_int());
    case Value::Kind::real: return python_real(value.as_real());
    case Value::Kind::string: return python_string(value.as_string());
    case Value::Kind::array: {
      std::vector<std::string> items;
      for (const Value& item : value.as_array()) items.push_back(python_literal(item));
      return tuple(items);
    }
    case Value::Kind::null:
    case Value::Kind::object: break;
  }
  return "None";
}

std::string python_array(const Tensor& tensor) {
  const std::string shape = python_literal(Value::Array(tensor.dims().begin(), tensor.dims().end()));
  if (const auto items = readable_elements(tensor)) {
    const std::string flat =
        fmt::format("np.array([{}], dtype=\"{}\")", fmt::join(*items, ", "), name_of(tensor.dtype()));
    return tensor.rank() == 1 ? flat : fmt::format("{}.reshape({})", flat, shape);
  }
  return fmt::format("array(\"{}\", {}, \"{}\")", name_of(tensor.dtype()), shape, to_base64(tensor.bytes()));
}

namespace {

// Whether the text runs as it stands beside `import keras` and `from keras import ops`: it reads no other module, and
// what it captured can be parameters of a function.
bool runs_beside_keras(const Annotation& annotation) {
  const auto tree = parse_lambda(annotation.text, {});
  const auto is_foreign = [&](const TreeNode& node) {
    constexpr std::array<std::string_view, 5> kForeign = {"K", "tf", "tensorflow", "backend", "math"};
    return node.kind == TreeNode::Kind::name && std::ranges::find(kForeign, node.text) != kForeign.end();
  };
  const auto is_parameter = [](const auto& capture) {
    return capture.first.find('.') == std::string::npos && !std::holds_alternative<Function>(capture.second);
  };
  return tree && std::ranges::none_of(tree->nodes, is_foreign) &&
         std::ranges::all_of(annotation.captures, is_parameter);
}

}  // namespace

std::string python_lambda_definition(std::string_view name, const LambdaFunction& expression) {
  const auto& annotation = expression.annotation;
  if (!annotation || !runs_beside_keras(*annotation))
    return fmt::format("def {}():\n{}", name, graph_body(expression.graph));
  std::vector<std::string> parameters;
  for (const auto& capture : annotation->captures) parameters.push_back(capture.first);
  return fmt::format("def {}({}):\n{}", name, fmt::join(parameters, ", "), text_body(*annotation));
}

std::string python_lambda_call(std::string_view name, const LambdaFunction& expression) {
  std::vector<std::string> arguments;
  if (expression.annotation && runs_beside_keras(*expression.annotation)) {
    for (const auto& [parameter, value] : expression.annotation->captures) {
      arguments.push_back(fmt::format("{}={}", parameter, python_capture(value)));
    }
  }
  return fmt::format("{}({})", name, fmt::join(arguments, ", "));
}

}  // namespace revive::properties
