#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "revive/model/base/out_of_memory.h"
#include "revive/model/base/value.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/not_zip.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive {
namespace {

constexpr std::string_view kNpzMember = "model.weights.npz";

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

// All of them together: a thousand small members must not add up.
Status check_inflated_sizes(const std::vector<ZipMember>& members, std::size_t file_size, const Limits& limits) {
  const std::uint64_t allowed = limits.for_file(file_size).inflated_bytes;
  std::uint64_t total = 0;
  for (const ZipMember& member : members) {
    if (member.method != ZipMethod::deflated) continue;
    total += member.size;
    if (total <= allowed) continue;
    return fail(ErrorCode::limit_exceeded, member.name,
                fmt::format("expected deflated members that inflate to at most {} bytes in all "
                            "(Limits::inflated_bytes), found {} or more",
                            allowed, total));
  }
  return {};
}

Status check_crc(const ZipMember& member, std::span<const std::byte> bytes) {
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (crc == member.crc) return {};
  return fail(ErrorCode::archive_crc, member.name,
              fmt::format("expected bytes with CRC {:#010x}, found {:#010x}", member.crc, crc));
}

class InflateStream {
 public:
  // DEFLATE without zlib's own header, as zip has it.
  InflateStream() : ready_(inflateInit2(&stream_, -MAX_WBITS) == Z_OK) {}
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  ~InflateStream() {
    if (ready_) inflateEnd(&stream_);
  }

  bool ready() const { return ready_; }
  z_stream& get() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

// A zip without zip64 has no sizes that do not fit.
uInt narrow(std::size_t size) {
  return static_cast<uInt>(size);
}

Result<Buffer> inflate_member(std::span<const std::byte> stored, const ZipMember& member) {
  const auto broken = [&](std::string_view found) {
    return fail(ErrorCode::archive_inflate, member.name,
                fmt::format("expected deflated data of {} bytes, found {}", member.size, found));
  };
  // One byte more than declared shows a stream that goes on.
  auto buffer = Buffer::allocate(member.size + 1);
  InflateStream inflating;
  if (!buffer || !inflating.ready()) return std::unexpected(out_of_memory().within(member.name));
  z_stream& stream = inflating.get();
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(stored.data()));
  stream.avail_in = narrow(stored.size());
  stream.next_out = reinterpret_cast<Bytef*>(buffer->bytes().data());
  stream.avail_out = narrow(buffer->size());

  const int result = inflate(&stream, Z_FINISH);
  if (result == Z_MEM_ERROR) return std::unexpected(out_of_memory().within(member.name));
  if (stream.total_out > member.size) return broken("more");
  if (result == Z_BUF_ERROR || result == Z_OK) return broken(fmt::format("an end after {}", stream.total_out));
  if (result != Z_STREAM_END) return broken(stream.msg != nullptr ? stream.msg : "what is none");
  if (stream.total_out < member.size) return broken(fmt::format("{} bytes", stream.total_out));
  // Zip readers skip them in silence, so nobody knows what they are for.
  if (stream.avail_in > 0) {
    return std::unexpected(zip::with_way_out(
        {ErrorCode::archive_ambiguous, member.name,
         fmt::format("expected deflated data that fill the {} bytes stored, found {} bytes behind their end",
                     member.stored_size, stream.avail_in)}));
  }
  buffer->shrink(member.size);
  return std::move(*buffer);
}

}  // namespace

const ArchiveMember* Archive::find(std::string_view name) const {
  const auto at = std::ranges::find(members_, name, &ArchiveMember::name);
  return at == members_.end() ? nullptr : &*at;
}

Status check_zip_head(std::span<const std::byte> head) {
  constexpr std::string_view kLocalSignature = "PK\3\4";
  const std::string_view found(reinterpret_cast<const char*>(head.data()), head.size());
  if (found.starts_with(kLocalSignature)) return {};
  return zip::no_zip(head);
}

Result<Archive> read_archive(std::span<const std::byte> file, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(auto envelope, check_zip_layout(file, limits));
  auto& members = envelope.members;
  if (auto status = check_members(members); !status) return std::unexpected(std::move(status.error()));
  if (auto status = check_inflated_sizes(members, file.size(), limits); !status) {
    return std::unexpected(std::move(status.error()));
  }

  Archive archive;
  for (ZipMember& member : members) {
    // The layout has proved where the bytes are and that no reader sees others: no copy, no second parse.
    std::span<const std::byte> bytes = file.subspan(member.data_offset, member.stored_size);
    if (member.method == ZipMethod::deflated) {
      REVIVE_ASSIGN_OR_RETURN(auto inflated, inflate_member(bytes, member));
      bytes = archive.inflated_.emplace_back(std::move(inflated)).bytes();
    }
    REVIVE_RETURN_IF_ERROR(check_crc(member, bytes));
    archive.members_.push_back({std::move(member.name), bytes, member.kind != ZipEntryKind::file});
  }
  archive.remarks_ = std::move(envelope.remarks);
  return archive;
}

}  // namespace revive
