#include "revive/model/dtype_value.h"

#include <fmt/format.h>

namespace revive {

Result<DType> dtype_from_value(const Value& value, const std::string& place) {
  if (!value.is_string()) {
    return fail(ErrorCode::config_type, place,
                value.is_null()
                    ? "expected the name of a dtype, found null"
                    : fmt::format("expected the name of a dtype, found {} {}", value.kind_name(), value.brief()));
  }
  if (const auto dtype = dtype_from_name(value.as_string())) return *dtype;
  if (value.as_string() == "string") {
    return fail(ErrorCode::config_unsupported, place, "expected a dtype of numbers, found text (\"string\")");
  }
  return fail(ErrorCode::config_value, place, "expected the name of a dtype, found " + value.brief());
}

}  // namespace revive
