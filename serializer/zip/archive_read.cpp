#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "revive/model/base/value.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_layout.h"
#include "revive/serializer/zip/zip_open.h"

namespace revive {
namespace {

constexpr std::string_view kNpzMember = "model.weights.npz";

struct ZipFileClose {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using ZipFilePtr = std::unique_ptr<zip_file_t, ZipFileClose>;

// How an archive becomes one that is read: most often its members were zipped together with the folder around them.
std::string way_out(const std::vector<ZipMember>& members) {
  for (const ZipMember& member : members) {
    if (!member.name.ends_with(std::string("/").append(kConfigMember))) continue;
    const std::string folder = member.name.substr(0, member.name.size() - kConfigMember.size());
    return fmt::format("the members lie in the folder {}: zip them from inside it", Value(folder).brief());
  }
  return "zip the others without it, or save the model with model.save(\"model.keras\")";
}

Status check_members(const std::vector<ZipMember>& members) {
  const auto has = [&](std::string_view name) {
    return std::ranges::find(members, name, &ZipMember::name) != members.end();
  };
  for (const ZipMember& member : members) {
    if (member.kind != ZipEntryKind::file) continue;
    if (member.name == kNpzMember) {
      return fail(ErrorCode::archive_member_unexpected, member.name,
                  "expected the weights as model.weights.h5, found them as pickled NumPy arrays, which stock Keras no "
                  "longer reads either");
    }
    const bool known = member.name == kConfigMember || member.name == kMetadataMember ||
                       member.name == kWeightsMember || member.name.starts_with(kAssetsFolder);
    if (!known) {
      return fail(
          ErrorCode::archive_member_unexpected, member.name,
          "expected config.json, metadata.json, model.weights.h5 or a member under assets/; " + way_out(members));
    }
  }
  for (const std::string_view required : {kConfigMember, kWeightsMember}) {
    if (has(required)) continue;
    return fail(ErrorCode::archive_member_missing, std::string(required),
                fmt::format("expected this member, found {} others", members.size()));
  }
  return {};
}

// What inflating may take, for each member and for all of them together: a thousand members just under the floor
// must not add up.
Status check_inflated_sizes(const std::vector<ZipMember>& members, std::size_t file_size, const Limits& limits) {
  const auto allowance = [&](std::size_t stored) {
    return std::max<std::uint64_t>(limits.inflate_floor_bytes, stored * limits.inflate_ratio);
  };
  std::uint64_t total = 0;
  for (const ZipMember& member : members) {
    if (member.method != ZipMethod::deflated) continue;
    total += member.size;
    if (member.size <= allowance(member.stored_size) && total <= allowance(file_size)) continue;
    return fail(ErrorCode::limit_exceeded, member.name,
                fmt::format("expected members to inflate to at most {} times their stored size "
                            "(Limits::inflate_ratio), found {} bytes stored in {}",
                            limits.inflate_ratio, member.size, member.stored_size));
  }
  return {};
}

Status check_crc(const ZipMember& member, std::span<const std::byte> bytes) {
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (crc == member.crc) return {};
  return fail(ErrorCode::archive_crc, member.name,
              fmt::format("expected bytes with CRC {:#010x}, found {:#010x}", member.crc, crc));
}

Result<ZipPtr> open_zip(std::span<const std::byte> file) {
  zip_error_t error;
  zip_error_init(&error);
  ZipPtr zip;
  if (zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error)) {
    zip = open_source(*source, ZIP_RDONLY | ZIP_CHECKCONS, error);
    if (zip == nullptr) zip_source_free(source);
  }
  const std::string reason = zip == nullptr ? zip_error_strerror(&error) : "";
  zip_error_fini(&error);
  if (zip == nullptr) return fail(ErrorCode::archive_ambiguous, "archive", "libzip cannot open it: " + reason);
  return zip;
}

Result<Buffer> inflate(zip_t& zip, std::size_t index, const ZipMember& member) {
  const auto broken = [&](std::string_view found) {
    return fail(ErrorCode::archive_inflate, member.name,
                fmt::format("expected deflated data of {} bytes, found {}", member.size, found));
  };
  const ZipFilePtr file(zip_fopen_index(&zip, index, 0));
  if (file == nullptr) return broken(zip_strerror(&zip));
  auto buffer = Buffer::allocate(member.size);
  if (!buffer) return broken("no memory for them");

  std::size_t filled = 0;
  zip_int64_t count = 0;
  while (filled < member.size) {
    count = zip_fread(file.get(), buffer->bytes().data() + filled, member.size - filled);
    if (count <= 0) break;
    filled += static_cast<std::size_t>(count);
  }
  // libzip compares sizes and CRC only once it is asked for the byte after the last.
  std::byte extra{};
  if (filled == member.size) count = zip_fread(file.get(), &extra, 1);
  if (count < 0) {
    zip_error_t* error = zip_file_get_error(file.get());
    if (zip_error_code_zip(error) != ZIP_ER_CRC) return broken(zip_error_strerror(error));
    return fail(ErrorCode::archive_crc, member.name,
                fmt::format("expected bytes with CRC {:#010x}, found another", member.crc));
  }
  if (filled < member.size) return broken(fmt::format("{} bytes", filled));
  if (count > 0) return broken("more");
  return std::move(*buffer);
}

}  // namespace

const ArchiveMember* Archive::find(std::string_view name) const {
  const auto at = std::ranges::find(members_, name, &ArchiveMember::name);
  return at == members_.end() ? nullptr : &*at;
}

Result<Archive> read_archive(std::span<const std::byte> file, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(auto envelope, check_zip_layout(file, limits));
  auto& members = envelope.members;
  if (auto status = check_members(members); !status) return std::unexpected(std::move(status.error()));
  if (auto status = check_inflated_sizes(members, file.size(), limits); !status) {
    return std::unexpected(std::move(status.error()));
  }

  Archive archive;
  ZipPtr zip;
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::span<const std::byte> bytes;
    if (members[i].method == ZipMethod::stored) {
      // The envelope has proved where the bytes are and that no reader sees others: no copy, no second parse.
      bytes = file.subspan(members[i].data_offset, members[i].size);
      if (auto status = check_crc(members[i], bytes); !status) return std::unexpected(std::move(status.error()));
    } else {
      if (zip == nullptr) {
        REVIVE_ASSIGN_OR_RETURN(auto opened, open_zip(file.first(envelope.archive_size)));
        zip = std::move(opened);
      }
      REVIVE_ASSIGN_OR_RETURN(auto inflated, inflate(*zip, i, members[i]));
      bytes = archive.inflated_.emplace_back(std::move(inflated)).bytes();
    }
    archive.members_.push_back({std::move(members[i].name), bytes, members[i].kind != ZipEntryKind::file});
  }
  archive.remarks_ = std::move(envelope.remarks);
  return archive;
}

}  // namespace revive
