#include "revive/properties/hunt/python_tree.h"

#include <fmt/format.h>

namespace revive::properties::hunt {

Python Python::text(std::string text) {
  return {Kind::text, std::move(text)};
}

Python Python::call(std::string callee, std::vector<Python> arguments,
                    std::vector<std::pair<std::string, Python>> named) {
  Python tree(Kind::call, std::move(callee));
  tree.items_ = std::move(arguments);
  tree.named_ = std::move(named);
  return tree;
}

Python Python::list(std::vector<Python> items) {
  Python tree(Kind::list, "");
  tree.items_ = std::move(items);
  return tree;
}

Python Python::tuple(std::vector<Python> items) {
  Python tree(Kind::tuple, "");
  tree.items_ = std::move(items);
  return tree;
}

Python Python::dict(std::vector<std::pair<std::string, Python>> items) {
  Python tree(Kind::dict, "");
  tree.named_ = std::move(items);
  return tree;
}

Python Python::lambda(std::string parameters, Python body) {
  Python tree(Kind::lambda, std::move(parameters));
  tree.items_.push_back(std::move(body));
  return tree;
}

std::string Python::print() const {
  std::vector<std::string> items;
  for (const Python& item : items_) items.push_back(item.print());
  switch (kind_) {
    case Kind::text: return head_;
    case Kind::list: return fmt::format("[{}]", fmt::join(items, ", "));
    case Kind::tuple: return fmt::format("({}{})", fmt::join(items, ", "), items.size() == 1 ? "," : "");
    case Kind::lambda: return fmt::format("lambda{}{}: {}", head_.empty() ? "" : " ", head_, items.front());
    case Kind::call:
      for (const auto& [name, value] : named_) items.push_back(fmt::format("{}={}", name, value.print()));
      return fmt::format("{}({})", head_, fmt::join(items, ", "));
    case Kind::dict: break;
  }
  for (const auto& [key, value] : named_) items.push_back(fmt::format("{}: {}", key, value.print()));
  return fmt::format("{{{}}}", fmt::join(items, ", "));
}

std::string python_string(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace revive::properties::hunt
