#include "revive/serializer/python/naming.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive::python {

Naming::Naming(const Code& code) {
  const CodeItems& parts = code_items(code.layout);
  for (const Object& object : *code.objects) {
    if (object.kind != Object::Kind::code) continue;
    const Object& names = (*code.objects)[object.items[parts.names]];
    for (const ObjectIndex item : names.items) outer_.emplace((*code.objects)[item].text);
  }
  const std::size_t parameters = code.positional + code.keyword_only;
  for (std::size_t i = 0; i < code.variables.size(); ++i) {
    if (i < parameters || code.variables[i].kind == Variable::Kind::free) outer_.emplace(code.variables[i].name);
  }
}

std::string Naming::open(std::string_view wanted) {
  std::string name(wanted);
  for (std::size_t number = 1; outer_.contains(name) || is_open(name); ++number) {
    name = fmt::format("{}_{}", wanted, number);
  }
  open_.push_back(name);
  return name;
}

bool Naming::is_open(std::string_view name) const {
  return std::ranges::find(open_, name) != open_.end();
}

}  // namespace revive::python
