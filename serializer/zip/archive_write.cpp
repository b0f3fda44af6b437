#include <fmt/format.h>

#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_layout.h"
#include "revive/serializer/zip/zip_open.h"

namespace revive {
namespace {

// 1980-01-01 00:00:00, the first date that a zip can hold and the one that Keras writes for config.json.
constexpr zip_uint16_t kDosTime = 0;
constexpr zip_uint16_t kDosDate = (0 << 9) | (1 << 5) | 1;
// Mode 0600 where Unix keeps it, as Python's zipfile writes members.
constexpr zip_uint32_t kAttributes = 0600u << 16;

struct SourceFree {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using SourcePtr = std::unique_ptr<zip_source_t, SourceFree>;

std::unexpected<Error> cannot_build(std::string place, std::string_view reason) {
  return fail(ErrorCode::file_unwritable, std::move(place), fmt::format("cannot build the archive: {}", reason));
}

Status add_member(zip_t& zip, const ArchiveMember& member) {
  SourcePtr source(zip_source_buffer(&zip, member.bytes.data(), member.bytes.size(), 0));
  if (source == nullptr) return cannot_build(member.name, zip_strerror(&zip));
  const zip_int64_t added = zip_file_add(&zip, member.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (added < 0) {
    if (zip_error_code_zip(zip_get_error(&zip)) == ZIP_ER_EXISTS) {
      return fail(ErrorCode::archive_member_duplicate, member.name, "expected each name once, found it twice");
    }
    return cannot_build(member.name, zip_strerror(&zip));
  }
  (void)source.release();  // The archive owns it from here on.
  const auto index = static_cast<zip_uint64_t>(added);
  if (zip_set_file_compression(&zip, index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(&zip, index, kDosTime, kDosDate, 0) != 0 ||
      zip_file_set_external_attributes(&zip, index, 0, ZIP_OPSYS_UNIX, kAttributes) != 0) {
    return cannot_build(member.name, zip_strerror(&zip));
  }
  return {};
}

Result<Buffer> read_back(zip_source_t& source) {
  const auto reason = [&] { return zip_error_strerror(zip_source_error(&source)); };
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(&source, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0)
    return cannot_build("archive", reason());
  auto buffer = Buffer::allocate(stat.size);
  if (!buffer) return cannot_build("archive", "no memory");
  if (zip_source_open(&source) != 0) return cannot_build("archive", reason());
  const zip_int64_t count = zip_source_read(&source, buffer->bytes().data(), buffer->size());
  zip_source_close(&source);
  if (count < 0 || static_cast<std::size_t>(count) != buffer->size()) return cannot_build("archive", reason());
  return std::move(*buffer);
}

}  // namespace

Result<Buffer> write_archive(std::span<const ArchiveMember> members) {
  const ForksWait here;
  zip_error_t error;
  zip_error_init(&error);
  const SourcePtr target(zip_source_buffer_create(nullptr, 0, 0, &error));
  ZipPtr zip;
  if (target != nullptr) {
    zip_source_keep(target.get());  // One reference for the archive, one for reading the bytes back.
    zip = open_source(*target, ZIP_CREATE | ZIP_TRUNCATE, error);
    if (zip == nullptr) zip_source_free(target.get());
  }
  const std::string reason = zip == nullptr ? zip_error_strerror(&error) : "";
  zip_error_fini(&error);
  if (zip == nullptr) return cannot_build("archive", reason);

  for (const ArchiveMember& member : members) {
    if (auto status = add_member(*zip, member); !status) return std::unexpected(std::move(status.error()));
  }
  if (zip_close(zip.get()) != 0) return cannot_build("archive", zip_strerror(zip.get()));
  (void)zip.release();  // zip_close has freed it.

  auto bytes = read_back(*target);
  if (!bytes) return bytes;
  // Names come from callers and sizes from models: what our own reader would refuse must not be written.
  Limits limits;
  limits.archive_bytes = bytes->size();
  limits.archive_members = members.size();
  if (auto envelope = check_zip_layout(bytes->bytes(), limits); !envelope) {
    return std::unexpected(std::move(envelope.error()));
  }
  return bytes;
}

}  // namespace revive
