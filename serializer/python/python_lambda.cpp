#include "revive/serializer/python/python_lambda.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/printer.h"
#include "revive/serializer/io/base64.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/translate.h"

namespace revive {
namespace {

// The three things that are stored of a lambda.
struct Stored {
  const std::string* code = nullptr;
  const Value* defaults = nullptr;
  const Value* closure = nullptr;
};

std::optional<Stored> stored_in_list(const Value& value) {
  const Value::Array* const items = sequence_items(value);
  if (items == nullptr || items->size() != 3 || !(*items)[0].is_string()) return std::nullopt;
  return Stored{&(*items)[0].as_string(), &(*items)[1], &(*items)[2]};
}

std::optional<Stored> find_stored(const Value& value) {
  if (auto stored = stored_in_list(value)) return stored;
  const Value* const class_name = value.find("class_name");
  const Value* const config = value.find("config");
  const bool wrapped = class_name != nullptr && *class_name == Value("__lambda__") && config != nullptr;
  const Value& inner = wrapped ? *config : value;
  if (const Value* const list = inner.find("value"); list != nullptr && (wrapped || class_name == nullptr)) {
    return stored_in_list(*list);
  }
  const Value* const code = wrapped ? inner.find("code") : nullptr;
  if (code == nullptr || !code->is_string()) return std::nullopt;
  return Stored{&code->as_string(), inner.find("defaults"), inner.find("closure")};
}

std::optional<NamedFunction> find_named(const Value& value) {
  if (value.is_string()) return NamedFunction{"", value.as_string()};
  const Value* const class_name = value.find("class_name");
  const Value* const config = value.find("config");
  if (class_name == nullptr || *class_name != Value("function") || config == nullptr || !config->is_string()) {
    return std::nullopt;
  }
  const Value* const module = value.find("module");
  return NamedFunction{module != nullptr && module->is_string() ? module->as_string() : "", config->as_string()};
}

// Nothing when a lambda cannot capture it: a function, a layer.
Result<std::optional<Capture>> captured(const Value& value, const std::string& place, const Limits& limits) {
  auto capture = capture_from_value(value, place, limits, WideArrays::narrowed);
  if (capture) return *std::move(capture);
  if (capture.error().code == ErrorCode::config_unsupported) return std::nullopt;
  return std::unexpected(std::move(capture.error()));
}

bool has_literal(const Value& value) {
  if (value.is_int()) return value.as_int() != INT64_MIN;
  return value.is_real() ? std::isfinite(value.as_real()) : !value.is_array();
}

// A number has no sign in a tree.
TreeIndex append_literal(Tree& tree, const Value& value) {
  const auto append = [&](TreeNode node) {
    tree.nodes.push_back(std::move(node));
    return static_cast<TreeIndex>(tree.nodes.size() - 1);
  };
  const bool negative = (value.is_int() && value.as_int() < 0) || (value.is_real() && std::signbit(value.as_real()));
  if (!negative) return append({TreeNode::Kind::literal, 0, {}, value, {}, {}});
  const TreeIndex magnitude = append_literal(tree, value.is_int() ? Value(-value.as_int()) : Value(-value.as_real()));
  return append({TreeNode::Kind::unary, 0, "-", {}, {magnitude}, {}});
}

// An expression of a captured value that holds arrays, functions or dicts: the arrays in it become captures.
class Composer {
 public:
  Composer(PythonLambda& made, std::string_view name, const std::string& place, const Limits& limits)
      : made_(made), name_(name), place_(place), limits_(limits) {}

  // kNoTree where the archive does not hold the value. Errors: those of constants and of lambdas.
  Result<TreeIndex> compose(const Value& value, std::size_t depth) {
    if (depth == 0) {
      return fail(ErrorCode::limit_exceeded, place_, "a captured value nests too deep");
    }
    if (const Value::Array* const items = sequence_items(value)) return sequence(value, *items, depth);
    if (!value.is_object()) return has_literal(value) ? append_literal(made_.tree, value) : kNoTree;
    const Value* const class_name = value.find("class_name");
    if (class_name == nullptr || !class_name->is_string()) return dict(value, depth);
    const std::string& kind = class_name->as_string();
    if (kind == "__numpy__" || kind == "__tensor__") return array(value);
    if (kind == "__slice__") return slice(value, depth);
    if (kind == "__lambda__") return lambda(value, depth);
    if (const auto named = find_named(value)) return function(*named);
    return kNoTree;
  }

 private:
  TreeIndex add(TreeNode node) {
    made_.tree.nodes.push_back(std::move(node));
    return static_cast<TreeIndex>(made_.tree.nodes.size() - 1);
  }
  TreeIndex name(std::string text) { return add({TreeNode::Kind::name, 0, std::move(text), {}, {}, {}}); }

  bool is_taken(std::string_view text) const {
    return std::ranges::any_of(made_.bound, [&](const auto& entry) { return entry.first == text; }) ||
           std::ranges::any_of(made_.tree.parameters, [&](const auto& p) { return p.name == text; }) ||
           std::ranges::any_of(made_.tree.nodes, [&](const TreeNode& node) {
             return node.text == text || std::ranges::find(node.names, text) != node.names.end();
           });
  }
  std::string free_name() {
    std::string text;
    do text = fmt::format("{}_{}", name_, next_++);
    while (is_taken(text));
    return text;
  }

  Result<TreeIndex> array(const Value& value) {
    REVIVE_ASSIGN_OR_RETURN(auto capture, capture_from_value(value, place_, limits_, WideArrays::narrowed));
    const std::string text = free_name();
    made_.bound.emplace_back(text, std::move(capture));
    return name(text);
  }

  Result<TreeIndex> sequence(const Value& value, const Value::Array& items, std::size_t depth) {
    TreeNode node{value.is_array() ? TreeNode::Kind::list : TreeNode::Kind::tuple, 0, {}, {}, {}, {}};
    for (const Value& item : items) {
      REVIVE_ASSIGN_OR_RETURN(const auto made, compose(item, depth - 1));
      if (made == kNoTree) return made;
      node.children.push_back(made);
    }
    return add(std::move(node));
  }

  Result<TreeIndex> dict(const Value& value, std::size_t depth) {
    TreeNode node{TreeNode::Kind::dict, 0, {}, {}, {}, {}};
    for (const auto& [key, item] : value.as_object()) {
      REVIVE_ASSIGN_OR_RETURN(const auto made, compose(item, depth - 1));
      if (made == kNoTree) return made;
      node.children.insert(node.children.end(), {append_literal(made_.tree, Value(key)), made});
    }
    return add(std::move(node));
  }

  Result<TreeIndex> slice(const Value& value, std::size_t depth) {
    TreeNode node{TreeNode::Kind::call, 0, {}, {}, {name("slice")}, {}};
    const Value* const config = value.find("config");
    for (const std::string_view bound : {"start", "stop", "step"}) {
      const Value* const found = config == nullptr ? nullptr : config->find(bound);
      REVIVE_ASSIGN_OR_RETURN(const auto made, compose(found == nullptr ? Value() : *found, depth - 1));
      if (made == kNoTree) return made;
      node.children.push_back(made);
      node.names.emplace_back();
    }
    return add(std::move(node));
  }

  // As stock Keras finds a function by name: among its activations.
  Result<TreeIndex> function(const NamedFunction& named) {
    const bool known = (named.module == "builtins" || named.module == "keras.activations") &&
                       find_function("keras.activations." + named.name).has_value();
    if (!known) return kNoTree;
    TreeIndex path = name("keras");
    for (const std::string& part : {std::string("activations"), named.name}) {
      path = add({TreeNode::Kind::attribute, 0, part, {}, {path}, {}});
    }
    return path;
  }

  // What it captured itself is captured under names that nobody else has.
  Result<TreeIndex> lambda(const Value& value, std::size_t depth) {
    if (depth == 1) return fail(ErrorCode::limit_exceeded, place_, "a captured lambda nests too deep");
    REVIVE_ASSIGN_OR_RETURN(auto read, read_python_function(value, place_, limits_));
    auto* const inner = std::get_if<PythonLambda>(&read);
    if (inner == nullptr) return kNoTree;
    std::ranges::move(inner->warnings, std::back_inserter(made_.warnings));
    const auto offset = static_cast<TreeIndex>(made_.tree.nodes.size());
    for (TreeNode& node : inner->tree.nodes) {
      for (TreeIndex& child : node.children) {
        if (child != kNoTree) child += offset;
      }
      made_.tree.nodes.push_back(std::move(node));
    }
    TreeNode node{TreeNode::Kind::function, 0, {}, {}, {inner->tree.body + offset}, {}};
    for (const Tree::Parameter& parameter : inner->tree.parameters) {
      node.names.push_back(parameter.name);
      node.children.push_back(parameter.fallback == kNoTree ? kNoTree : parameter.fallback + offset);
    }
    for (auto& [bound, capture] : inner->bound) {
      const std::string text = free_name();
      made_.bound.emplace_back(text, std::move(capture));
      const TreeIndex fallback = name(text);
      const auto parameter = std::ranges::find(node.names, bound);
      if (parameter != node.names.end()) {
        node.children[static_cast<std::size_t>(parameter - node.names.begin()) + 1] = fallback;
      } else {
        node.names.push_back(bound);
        node.children.push_back(fallback);
      }
    }
    return add(std::move(node));
  }

  PythonLambda& made_;
  std::string_view name_;
  const std::string& place_;
  const Limits& limits_;
  std::size_t next_ = 0;
};

class Reader {
 public:
  Reader(std::string place, const Limits& limits) : place_(std::move(place)), limits_(limits) {}

  Result<PythonLambda> run(const Stored& stored) {
    // White space in between makes the text longer, by a character a line.
    if (stored.code->size() > 2 * python::kMostMarshalBytes) {
      return wrong(ErrorCode::limit_exceeded,
                   fmt::format("expected at most {} bytes of code", python::kMostMarshalBytes));
    }
    const auto bytes = from_base64(*stored.code);
    if (!bytes) return wrong(ErrorCode::bytecode_format, "expected the code as base64");
    auto code = python::read_code({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!code) return std::unexpected(explained(code.error()));
    auto translation = python::translate(*code, limits_);
    if (!translation) return std::unexpected(explained(translation.error()));
    made_.tree = std::move(translation->tree);
    made_.versions = std::move(translation->versions);
    if (const Status status = bind_closure(*code, stored.closure); !status) return std::unexpected(status.error());
    if (const Status status = bind_defaults(*code, stored.defaults); !status) return std::unexpected(status.error());
    if (code->from_windows) warn_of_damage(*code);
    find_globals();
    if (auto placed = tree_to_placed_text(made_.tree, limits_)) {
      made_.text = std::move(placed->text);
      for (std::size_t i = 0; i < made_.tree.nodes.size(); ++i) made_.tree.nodes[i].position = placed->positions[i];
    }
    return std::move(made_);
  }

 private:
  std::unexpected<Error> wrong(ErrorCode code, std::string message) const {
    return fail(code, place_, std::move(message));
  }
  // Places inside the code say little without the sentence.
  Error explained(const Error& error) const {
    const std::string at = error.place.empty() ? "" : error.place + ": ";
    return {error.code, place_, at + error.message};
  }

  Status bind(std::string_view name, const Value& value, const std::string& place) {
    REVIVE_ASSIGN_OR_RETURN(auto capture, captured(value, place, limits_));
    if (capture) {
      made_.bound.emplace_back(std::string(name), *std::move(capture));
      return {};
    }
    return bind_expression(made_, name, value, place, limits_);
  }

  Result<const Value::Array*> values(const Value* list, std::string_view what) const {
    static const Value::Array kNone;
    if (list == nullptr || list->is_null()) return &kNone;
    const Value::Array* const items = sequence_items(*list);
    if (items != nullptr) return items;
    return wrong(ErrorCode::config_type, fmt::format("expected {} as a list or null, found {}", what, list->brief()));
  }

  // In the order of the free variables.
  Status bind_closure(const python::Code& code, const Value* closure) {
    REVIVE_ASSIGN_OR_RETURN(const auto items, values(closure, "the closure"));
    std::size_t next = 0;
    for (const python::Variable& variable : code.variables) {
      if (variable.kind != python::Variable::Kind::free) continue;
      if (next < items->size()) {
        const Status status = bind(variable.name, (*items)[next], fmt::format("{}: closure {}", place_, next));
        if (!status) return status;
      }
      ++next;
    }
    if (next == items->size()) return {};
    return wrong(ErrorCode::bytecode_format,
                 fmt::format("expected {} values of the closure, found {}", next, items->size()));
  }

  // Those of the last positional parameters. The first one is the input tensor, which is always given.
  Status bind_defaults(const python::Code& code, const Value* defaults) {
    REVIVE_ASSIGN_OR_RETURN(const auto items, values(defaults, "the defaults"));
    if (items->size() > code.positional) {
      return wrong(ErrorCode::bytecode_format,
                   fmt::format("expected at most {} defaults, found {}", code.positional, items->size()));
    }
    const std::size_t first = code.positional - items->size();
    for (std::size_t i = first == 0 ? 1 : 0; i < items->size(); ++i) {
      Tree::Parameter& parameter = made_.tree.parameters[first + i];
      const Value& value = (*items)[i];
      if (!value.is_object() && has_literal(value)) {
        parameter.fallback = append_literal(made_.tree, value);
      } else if (const Status status = bind(parameter.name, value, fmt::format("{}: default {}", place_, i)); !status) {
        return status;
      }
    }
    return {};
  }

  void warn_of_damage(const python::Code& code) {
    const auto damaged = [](const python::Object& object) {
      if (object.kind == python::Object::Kind::integer) return object.integer == python::kWindowsByte;
      if (object.kind != python::Object::Kind::real) return false;
      const auto bytes = std::bit_cast<std::array<char, sizeof(double)>>(object.reals[0]);
      return std::ranges::find(bytes, python::kWindowsByte) != bytes.end();
    };
    for (const python::Object& object : *code.objects) {
      if (!damaged(object)) continue;
      const Value value = object.kind == python::Object::Kind::real ? Value(object.reals[0]) : Value(object.integer);
      made_.warnings.push_back(fmt::format(
          "the constant {} may have been another one: Keras on Windows changes bytes of 0x5C to 0x2F", value.brief()));
    }
  }

  void find_globals() {
    const auto known = [&](const std::string& name) {
      return std::ranges::find(made_.tree.parameters, name, &Tree::Parameter::name) != made_.tree.parameters.end() ||
             std::ranges::any_of(made_.bound, [&](const auto& entry) { return entry.first == name; }) ||
             std::ranges::find(made_.globals, name) != made_.globals.end();
    };
    for (const TreeNode& node : made_.tree.nodes) {
      if (node.kind == TreeNode::Kind::name && !known(node.text)) made_.globals.push_back(node.text);
    }
  }

  std::string place_;
  const Limits& limits_;
  PythonLambda made_;
};

}  // namespace

Status bind_expression(PythonLambda& lambda, std::string_view name, const Value& value, const std::string& place,
                       const Limits& limits) {
  constexpr std::size_t kMostDepth = 8;
  const std::size_t nodes = lambda.tree.nodes.size();
  const std::size_t bound = lambda.bound.size();
  const std::size_t warnings = lambda.warnings.size();
  REVIVE_ASSIGN_OR_RETURN(const auto made, Composer(lambda, name, place, limits).compose(value, kMostDepth));
  if (made == kNoTree) {
    lambda.tree.nodes.resize(nodes);
    lambda.bound.resize(bound);
    lambda.warnings.resize(warnings);
    lambda.warnings.push_back(fmt::format(
        "`{}` was captured as {}, which the archive does not hold as a value; bind it", name, value.brief()));
    return {};
  }
  const auto parameter = std::ranges::find(lambda.tree.parameters, name, &Tree::Parameter::name);
  if (parameter != lambda.tree.parameters.end()) {
    parameter->fallback = made;
  } else {
    lambda.tree.parameters.push_back({std::string(name), made});
  }
  return {};
}

Result<PythonFunction> read_python_function(const Value& value, const std::string& place, const Limits& limits) {
  if (const auto stored = find_stored(value)) {
    REVIVE_ASSIGN_OR_RETURN(auto lambda, Reader(place, limits).run(*stored));
    return lambda;
  }
  if (auto named = find_named(value)) return *std::move(named);
  return fail(ErrorCode::config_type, place, fmt::format("expected a Python function, found {}", value.brief()));
}

}  // namespace revive
