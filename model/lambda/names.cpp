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

constexpr std::array<std::string_view, 13> kForbidden = {"eval",    "exec",    "compile", "open",    "input",
                                                         "setattr", "delattr", "type",    "globals", "locals",
                                                         "vars",    "dir",     "getattr"};

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

// The names that the tree reads from outside, chains of attributes in one piece, in order of appearance. Functions and
// loops inside bind names of their own for what they hold, so each is walked for itself.
class FreeChains {
 public:
  explicit FreeChains(const Tree& tree) : tree_(tree) {}

  std::vector<std::string> run() {
    std::set<std::string> parameters;
    for (const auto& parameter : tree_.parameters) parameters.emplace(bound_name(parameter.name));
    std::vector<TreeIndex> roots = {tree_.body};
    for (const auto& parameter : tree_.parameters) roots.push_back(parameter.fallback);
    walk(roots, parameters);
    std::ranges::sort(found_, {}, [](const Found& found) { return std::tie(found.index, found.name); });
    std::vector<std::string> names;
    for (Found& found : found_) names.push_back(std::move(found.name));
    return names;
  }

 private:
  struct Found {
    TreeIndex index;
    std::string name;
  };

  // Recursion is as deep as scopes nest, which the nesting of the tree bounds.
  void walk(const std::vector<TreeIndex>& roots, const std::set<std::string>& bound) {
    std::vector<bool> seen(tree_.nodes.size(), false);
    std::vector<TreeIndex> pending;
    const auto visit = [&](TreeIndex index) {
      if (index == kNoTree || seen[index]) return;
      seen[index] = true;
      pending.push_back(index);
      end_of_chain(index, bound);
    };
    std::ranges::for_each(roots, visit);
    while (!pending.empty()) {
      const TreeIndex index = pending.back();
      const TreeNode& node = tree_.nodes[index];
      pending.pop_back();
      if (node.kind == Kind::attribute) {
        // The chain was looked at from its end; what it stands on may be more than a name.
        TreeIndex base = index;
        while (tree_.nodes[base].kind == Kind::attribute) base = tree_.nodes[base].children[0];
        if (tree_.nodes[base].kind != Kind::name) visit(base);
        continue;
      }
      const auto inner = inner_children(node);
      for (const TreeIndex child : node.children) {
        if (std::ranges::find(inner, child) == inner.end()) visit(child);
      }
      if (inner.empty()) continue;
      // A child may stand on both sides of the border.
      const std::size_t outside = node.kind == Kind::function ? 1 : 0;
      const std::size_t count = node.children.size() - inner.size();
      for (std::size_t i = 0; i < count; ++i) visit(node.children[outside + i]);
      std::set<std::string> names = bound;
      for (std::size_t i = 0; i < node.names.size(); ++i) {
        for (const std::string& name : split_targets(node.names[i])) names.emplace(bound_name(name));
      }
      walk(inner, names);
    }
  }

  // Those that read what the node binds.
  static std::vector<TreeIndex> inner_children(const TreeNode& node) {
    if (node.kind == Kind::function) return {node.children[0]};
    if (node.kind != Kind::loop) return {};
    const auto next = node.children.begin() + static_cast<std::ptrdiff_t>(1 + node.children.size() / 2);
    return {next, node.children.end()};
  }

  void end_of_chain(TreeIndex index, const std::set<std::string>& bound) {
    // A chain too long to be a name still reads its root.
    TreeIndex from = index;
    while (tree_.nodes[from].kind == Kind::attribute && dotted_name(tree_, from).empty()) {
      from = tree_.nodes[from].children[0];
    }
    std::string name = dotted_name(tree_, from);
    if (name == kAccumulator) return;
    name.resize(without_value_attributes(name).size());
    if (!name.empty() && !bound.contains(name.substr(0, name.find('.')))) found_.push_back({index, std::move(name)});
  }

  const Tree& tree_;
  std::vector<Found> found_;
};

// Marks the captures that trees read; captured lambdas among them are read in turn.
class Reading {
 public:
  explicit Reading(const Captures& captures) : captures_(captures), read_(captures.size(), false) {
    for (std::size_t i = 0; i < captures.size(); ++i) index_.emplace(captures[i].first, i);
  }

  Status run(const Tree& tree, const Limits& limits) {
    for (std::size_t i = 1; i < tree.parameters.size(); ++i) {
      const Tree::Parameter& parameter = tree.parameters[i];
      if (parameter.name.starts_with('*')) continue;
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
    for (const std::string& name : FreeChains(tree).run()) {
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

std::string_view bound_name(std::string_view parameter) {
  return parameter.starts_with('*') ? parameter.substr(1) : parameter;
}

std::vector<std::string> split_targets(std::string_view targets) {
  std::vector<std::string> names;
  for (;;) {
    const std::size_t comma = targets.find(", ");
    names.emplace_back(targets.substr(0, comma));
    if (comma == std::string_view::npos) return names;
    targets.remove_prefix(comma + 2);
  }
}

bool function_reads(const Tree& tree, TreeIndex function, const std::vector<std::string>& names) {
  const TreeNode& node = tree.nodes[function];
  Tree inner{tree.nodes, {}, node.children[0]};
  for (const std::string& parameter : node.names) inner.parameters.push_back({parameter, kNoTree});
  return std::ranges::any_of(FreeChains(inner).run(), [&](const std::string& chain) {
    return std::ranges::find(names, chain.substr(0, chain.find('.'))) != names.end();
  });
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
