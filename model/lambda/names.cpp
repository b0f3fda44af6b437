#include "revive/model/lambda/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/function_table.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

constexpr std::size_t kMostDots = 16;

constexpr std::array<std::string_view, 15> kForbidden = {"eval",    "exec",    "compile", "open",  "input",
                                                         "getattr", "setattr", "delattr", "type",  "globals",
                                                         "locals",  "vars",    "dir",     "print", "hasattr"};

// Attributes that a value has, whatever it is called: a chain that holds one reads the value in front of it.
constexpr std::array<std::string_view, 5> kValueAttributes = {"shape", "dtype", "ndim", "get_shape", "T"};

// "bias" of "bias.shape"; the root is a name whatever it is.
std::string_view without_value_attributes(std::string_view name) {
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos;) {
    const std::size_t next = name.find('.', dot + 1);
    const std::string_view part = name.substr(dot + 1, next == std::string_view::npos ? next : next - dot - 1);
    if (std::ranges::find(kValueAttributes, part) != kValueAttributes.end()) return name.substr(0, dot);
    dot = next;
  }
  return name;
}

// The names that the tree reads from outside, chains of attributes in one piece, in order of appearance.
std::vector<std::string> free_chains(const Tree& tree) {
  std::vector<bool> ends_chain(tree.nodes.size(), false);
  const auto end_at = [&](TreeIndex index) {
    if (index != kNoTree) ends_chain[index] = true;
  };
  for (const TreeNode& node : tree.nodes) {
    if (node.kind != Kind::attribute) std::ranges::for_each(node.children, end_at);
  }
  end_at(tree.body);
  for (const auto& parameter : tree.parameters) end_at(parameter.fallback);
  std::set<std::string_view> parameters;
  for (const auto& parameter : tree.parameters) parameters.insert(parameter.name);
  std::vector<std::string> names;
  for (TreeIndex i = 0; i < tree.nodes.size(); ++i) {
    if (!ends_chain[i]) continue;
    // A chain too long to be a name still reads its root.
    TreeIndex from = i;
    while (tree.nodes[from].kind == Kind::attribute && dotted_name(tree, from).empty()) {
      from = tree.nodes[from].children[0];
    }
    std::string name = dotted_name(tree, from);
    name.resize(without_value_attributes(name).size());
    if (!name.empty() && !parameters.contains(name.substr(0, name.find('.')))) names.push_back(std::move(name));
  }
  return names;
}

// Marks the captures that trees read; captured lambdas among them are read in turn.
class Reading {
 public:
  explicit Reading(const Captures& captures) : captures_(captures), read_(captures.size(), false) {
    for (std::size_t i = 0; i < captures.size(); ++i) index_.emplace(captures[i].first, i);
  }

  Status run(const Tree& tree, const Limits& limits) {
    for (std::size_t i = 1; i < tree.parameters.size(); ++i) {
      const Tree::Parameter& parameter = tree.parameters[i];
      if (!mark(parameter.name) && parameter.fallback == kNoTree) add_unbound(parameter.name);
    }
    if (const Status status = read(tree); !status) return status;
    while (!pending_.empty()) {
      const Function* const function = pending_.back();
      pending_.pop_back();
      const auto inner = parse_lambda(function->text, limits);
      if (!inner) return std::unexpected(inner.error().within("captured "));
      if (const Status status = check_names(*inner); !status) return status;
      if (const Status status = read(*inner); !status) return status;
    }
    return {};
  }

  NamesRead result() && { return {std::move(read_), std::move(unbound_)}; }

 private:
  Status read(const Tree& tree) {
    for (const std::string& name : free_chains(tree)) {
      if (mark(name)) continue;
      const std::string root = name.substr(0, name.find('.'));
      if (std::ranges::find(kForbidden, root) != kForbidden.end()) {
        return fail(ErrorCode::expression_type, "lambda",
                    fmt::format("`{}` is not part of the expression language", root));
      }
      if (!is_language_name(root)) add_unbound(name);
    }
    return {};
  }

  // Whether a capture gives the name, or what the name is an attribute of.
  bool mark(std::string_view name) {
    bool found = false;
    for (std::size_t end = 0; end != std::string_view::npos;) {
      end = name.find('.', end == 0 ? 0 : end + 1);
      const auto entry = index_.find(name.substr(0, end));
      if (entry == index_.end()) continue;
      found = true;
      const Function* const function = std::get_if<Function>(&captures_[entry->second].second);
      if (!read_[entry->second] && function != nullptr && function->is_lambda()) pending_.push_back(function);
      read_[entry->second] = true;
    }
    return found;
  }

  void add_unbound(const std::string& name) {
    if (seen_.insert(name).second) unbound_.push_back(name);
  }

  const Captures& captures_;
  std::map<std::string_view, std::size_t> index_;
  std::vector<bool> read_;
  std::vector<std::string> unbound_;
  std::set<std::string> seen_;
  std::vector<const Function*> pending_;
};

}  // namespace

std::string dotted_name(const Tree& tree, TreeIndex index) {
  std::array<std::string_view, kMostDots> parts;
  std::size_t count = 0;
  while (tree.nodes[index].kind == Kind::attribute) {
    if (count == kMostDots) return {};
    parts[count++] = tree.nodes[index].text;
    index = tree.nodes[index].children[0];
  }
  if (tree.nodes[index].kind != Kind::name) return {};
  std::string name = tree.nodes[index].text;
  while (count > 0) name.append(".").append(parts[--count]);
  return name;
}

bool is_language_name(std::string_view root) {
  return is_function_root(root) || find_builtin(root, false) != nullptr;
}

Status check_names(const Tree& tree) {
  for (const TreeNode& node : tree.nodes) {
    const bool dunder = (node.kind == Kind::name || node.kind == Kind::attribute) && node.text.starts_with("__");
    if (!dunder) continue;
    return fail(ErrorCode::expression_type, fmt::format("lambda: column {}", node.position + 1),
                fmt::format("`{}` is not part of the expression language", node.text));
  }
  return {};
}

Result<NamesRead> names_read(const Tree& tree, const Captures& captures, const Limits& limits) {
  Reading reading(captures);
  if (const Status status = reading.run(tree, limits); !status) return std::unexpected(status.error());
  return std::move(reading).result();
}

}  // namespace revive
