#include "revive/serializer/zip/extra_fields.h"

#include <fmt/format.h>

#include "revive/model/base/value.h"
#include "revive/serializer/zip/zip_records.h"

namespace revive::zip {
namespace {

constexpr std::uint32_t kZip64Id = 0x0001;
constexpr std::uint32_t kUnicodePathId = 0x7075;
constexpr std::size_t kFieldHeaderSize = 4;
// A version and a CRC stand before the name.
constexpr std::size_t kUnicodePathHeaderSize = 5;

}  // namespace

Result<ExtraFields> read_extra_fields(std::span<const std::byte> extra, std::string_view name,
                                      const std::string& place) {
  const auto refuse = [&](std::string message) {
    return fail(ErrorCode::archive_ambiguous, place, std::move(message));
  };
  ExtraFields fields;
  for (std::size_t at = 0; at < extra.size();) {
    if (extra.size() - at < kFieldHeaderSize || extra.size() - at - kFieldHeaderSize < load16(extra, at + 2)) {
      return refuse("expected extra fields that fill their place, found one that ends elsewhere");
    }
    const std::uint32_t id = load16(extra, at);
    const auto data = extra.subspan(at + kFieldHeaderSize, load16(extra, at + 2));
    at += kFieldHeaderSize + data.size();
    if (id == kZip64Id) {
      if (fields.zip64) return refuse("expected zip64's extra field once, found it twice");
      fields.zip64 = data;
    }
    if (id != kUnicodePathId || data.size() < kUnicodePathHeaderSize) continue;
    const std::string_view path = text_at(data, kUnicodePathHeaderSize, data.size() - kUnicodePathHeaderSize);
    if (path != name) {
      return refuse(fmt::format("expected the name in the extra field to be the same, found {}", Value(path).brief()));
    }
  }
  return fields;
}

}  // namespace revive::zip
