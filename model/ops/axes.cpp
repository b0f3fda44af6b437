#include "revive/model/ops/axes.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/settings.h"

namespace revive::ops {
namespace {

bool is_list_of_ints(const Value& value) {
  return value.is_array() && std::ranges::all_of(value.as_array(), &Value::is_int);
}

}  // namespace

std::unexpected<Error> bad_argument(std::string message) {
  return fail(ErrorCode::graph_argument, "", std::move(message));
}

Status check_tensor(const Node& node, std::size_t argument) {
  const Argument& x = node.arguments[argument];
  if (x.get<NodeRef>() != nullptr || x.get<Tensor>() != nullptr) return {};
  return bad_argument(fmt::format("{} expects a tensor, found {}", node.op->class_name, x.kind_name()));
}

const Tensor& array_of(const Argument& argument, std::span<const Tensor> values) {
  const NodeRef* const ref = argument.get<NodeRef>();
  return ref != nullptr ? values[ref->index] : *argument.get<Tensor>();
}

Status check_axes(const Node& node, std::size_t setting, AxisForm form) {
  const Value& value = node.settings[setting];
  const bool fits =
      value.is_int() || (form != AxisForm::one && is_list_of_ints(value)) || (form == AxisForm::any && value.is_null());
  if (!fits) {
    return bad_setting(node, setting,
                       form == AxisForm::one       ? "an int"
                       : form == AxisForm::several ? "an int or a list of ints"
                                                   : "an int, a list of ints or None");
  }
  if (node.arguments.front().get<NodeRef>() == nullptr) return {};
  if (value.is_null()) {
    return bad_argument(
        fmt::format("{} over all axes would mix the samples of a batch; name the axes, as in {}=-1 or (1, 2)",
                    node.op->class_name, node.op->settings[setting].name));
  }
  const auto is_batch = [](const Value& axis) { return axis.as_int() == 0; };
  if (value.is_int() ? is_batch(value) : std::ranges::any_of(value.as_array(), is_batch)) {
    return bad_argument(
        fmt::format("{} of axis 0 would mix, move or cut the samples of a batch; the other axes are 1, 2, ... or -1",
                    node.op->class_name));
  }
  return {};
}

Status check_ints(const Node& node, std::size_t setting, std::int64_t least, bool or_int) {
  const Value& value = node.settings[setting];
  const auto fits = [&](const Value& item) { return item.is_int() && item.as_int() >= least; };
  if (or_int && fits(value)) return {};
  if (value.is_array() && std::ranges::all_of(value.as_array(), fits)) return {};
  return bad_setting(node, setting,
                     fmt::format("{}a list of ints, each at least {}", or_int ? "an int or " : "", least));
}

Status check_dtype(const Node& node, std::size_t setting, bool or_none) {
  const Value& value = node.settings[setting];
  if (or_none && value.is_null()) return {};
  if (value.is_string()) {
    const auto dtype = dtype_from_name(value.as_string());
    if (dtype && computes(*dtype)) return {};
  }
  return bad_setting(node, setting, fmt::format("{}{}", kComputed, or_none ? " or None" : ""));
}

std::vector<std::int64_t> ints_of(const Value& setting) {
  if (setting.is_int()) return {setting.as_int()};
  std::vector<std::int64_t> ints;
  for (const Value& item : setting.as_array()) ints.push_back(item.as_int());
  return ints;
}

DType dtype_of(const Value& setting, DType fallback) {
  return setting.is_null() ? fallback : dtype_from_name(setting.as_string()).value();
}

Result<std::size_t> axis_of(std::int64_t axis, std::size_t rank, bool has_batch) {
  const auto from_front = axis_from_front(axis, rank);
  if (!from_front) {
    return bad_argument(fmt::format("axis {} is out of range for a tensor of {} axes", axis, rank));
  }
  if (has_batch && *from_front == 0) {
    return bad_argument(
        fmt::format("axis {} of a tensor of {} axes is the batch, whose samples must not mix", axis, rank));
  }
  return *from_front;
}

Result<std::vector<std::size_t>> axes_of(const Value& setting, const OperandType& x) {
  std::vector<std::size_t> axes;
  if (setting.is_null()) {
    for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) axes.push_back(axis);
    return axes;
  }
  for (const std::int64_t each : ints_of(setting)) {
    REVIVE_ASSIGN_OR_RETURN(const auto axis, axis_of(each, x.shape.rank(), x.depends_on_x));
    axes.push_back(axis);
  }
  std::ranges::sort(axes);
  if (const auto twice = std::ranges::adjacent_find(axes); twice != axes.end()) {
    return bad_argument(fmt::format("expected each axis once, found axis {} twice", *twice));
  }
  return axes;
}

Rows rows_of(const Dims& dims, std::size_t axis) {
  Rows rows;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    (i < axis ? rows.outer : i == axis ? rows.length : rows.inner) *= static_cast<std::size_t>(dims[i]);
  }
  return rows;
}

bool has_sample_axes(const DrawnValue& x) {
  return x.probe.size() >= 2;
}

Result<std::int64_t> product_of(std::int64_t a, std::int64_t b) {
  if (a == kUnknown || b == kUnknown) return kUnknown;
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) {
    return bad_argument(fmt::format("an axis of {} times {} elements is too long", a, b));
  }
  return product;
}

}  // namespace revive::ops
