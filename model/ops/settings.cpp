#include "model/ops/settings.h"

#include <fmt/format.h>

namespace revive::ops {

bool is_number(const Value& value) {
  return value.is_int() || value.is_real();
}

float real_of(const Value& value) {
  return value.is_int() ? static_cast<float>(value.as_int()) : static_cast<float>(value.as_real());
}

std::unexpected<Error> bad_setting(const Node& node, std::size_t setting, std::string_view expected) {
  return fail(ErrorCode::graph_argument, "",
              fmt::format("{} expects {} to be {}, found {}", node.op->class_name, node.op->settings[setting].name,
                          expected, node.settings[setting].brief()));
}

Status expect_number(const Node& node, std::size_t setting) {
  if (is_number(node.settings[setting])) return {};
  return bad_setting(node, setting, "a number");
}

Status expect_int(const Node& node, std::size_t setting) {
  if (node.settings[setting].is_int()) return {};
  return bad_setting(node, setting, "an int");
}

Status expect_bool(const Node& node, std::size_t setting) {
  if (node.settings[setting].is_bool()) return {};
  return bad_setting(node, setting, "a bool");
}

Result<std::size_t> sample_axis(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis >= count || axis < -count) {
    return fail(ErrorCode::graph_argument, "", fmt::format("axis {} is out of range for {} axes", axis, rank));
  }
  const std::int64_t from_front = axis < 0 ? axis + count : axis;
  if (from_front == 0) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("axis {} is the batch axis, along which samples would mix", axis));
  }
  return static_cast<std::size_t>(from_front);
}

}  // namespace revive::ops
