#include "revive/model/ops/settings.h"

#include <fmt/format.h>

namespace revive::ops {

bool is_number(const Value& value) {
  return value.is_int() || value.is_real();
}

double double_of(const Value& value) {
  return real_of<double>(value);
}

std::unexpected<Error> bad_setting(const Node& node, std::size_t setting, std::string_view expected) {
  return fail(ErrorCode::graph_argument, "",
              fmt::format("{} expects {} to be {}, found {}", node.op->class_name, node.op->settings[setting].name,
                          expected, node.settings[setting].brief()));
}

Status check_number(const Node& node, std::size_t setting) {
  if (is_number(node.settings[setting])) return {};
  return bad_setting(node, setting, "a number");
}

Status check_int(const Node& node, std::size_t setting) {
  if (node.settings[setting].is_int()) return {};
  return bad_setting(node, setting, "an int");
}

Status check_bool(const Node& node, std::size_t setting) {
  if (node.settings[setting].is_bool()) return {};
  return bad_setting(node, setting, "a bool");
}

}  // namespace revive::ops
