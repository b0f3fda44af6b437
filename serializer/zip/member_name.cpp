#include "revive/serializer/zip/member_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/base/utf8.h"
#include "revive/model/base/value.h"

namespace revive {

Status check_member_name(std::string_view name, bool marked_utf8, const Limits& limits, std::string_view place) {
  const auto bad = [&](std::string_view expected) {
    return fail(ErrorCode::archive_member_name, std::string(place),
                fmt::format("expected {}, found {}", expected, Value(name).brief()));
  };
  if (name.size() > limits.member_name_bytes) {
    return fail(ErrorCode::limit_exceeded, std::string(place),
                fmt::format("expected a name of at most {} bytes (Limits::member_name_bytes), found {}",
                            limits.member_name_bytes, name.size()));
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!is_utf8(name)) return bad("a name in UTF-8");
  if (!marked_utf8 && !std::ranges::all_of(name, is_ascii)) return bad("a name outside ASCII to be marked as UTF-8");
  if (std::ranges::any_of(name, is_control)) return bad("a name without control characters");
  if (name.contains('\\')) return bad("a name without backslashes");
  if (name.size() >= 2 && name[1] == ':') return bad("a name without a drive letter");
  if (name.starts_with('/')) return bad("a relative name");
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t slash = std::min(name.find('/', at), name.size());
    const std::string_view component = name.substr(at, slash - at);
    if (component.empty() || component == "." || component == "..") {
      return bad("a name whose components are neither empty nor \".\" nor \"..\"");
    }
    at = slash + 1;
  }
  return {};
}

}  // namespace revive
