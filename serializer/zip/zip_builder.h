// Zip archives spelled out field by field, for what no library would write: the spellings of an archive that properties
// try, what fuzzers mutate, and tests. For .cpp files of this repository, not installed.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace revive::zip {

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct ZipHeader {
  std::uint16_t version = 20;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t time = 0;
  std::uint16_t date = 0x21;
  std::uint32_t crc = 0;
  std::uint32_t stored_size = 0;
  std::uint32_t size = 0;
  std::string name;
  std::string extra;
};

struct ZipEntry {
  ZipHeader local;
  ZipHeader central;
  std::string before;  // bytes between the entry before this one and this one
  std::string data;
  std::uint16_t made_by = 0x0314;  // Unix, 2.0
  std::string comment;
  std::uint16_t disk = 0;
  std::uint16_t internal = 0;
  std::uint32_t external = 0600u << 16;
  std::optional<std::uint32_t> offset;  // when the central header is to lie

  // The same change in both headers.
  template <typename Change>
  void change(Change apply) {
    apply(local);
    apply(central);
  }
};

inline ZipEntry zip_entry(std::string name, std::string data) {
  ZipEntry entry;
  entry.change([&](ZipHeader& header) {
    header.name = name;
    header.crc = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()));
    header.stored_size = header.size = static_cast<std::uint32_t>(data.size());
  });
  entry.data = std::move(data);
  return entry;
}

inline ZipEntry deflated_entry(std::string name, const std::string& data, int level = Z_BEST_COMPRESSION) {
  ZipEntry entry = zip_entry(std::move(name), data);
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  entry.data.resize(deflateBound(&stream, static_cast<uLong>(data.size())));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(entry.data.data());
  stream.avail_out = static_cast<uInt>(entry.data.size());
  deflate(&stream, Z_FINISH);
  entry.data.resize(stream.total_out);
  deflateEnd(&stream);
  entry.change([&](ZipHeader& header) {
    header.method = 8;
    header.stored_size = static_cast<std::uint32_t>(entry.data.size());
  });
  return entry;
}

struct ZipBuilder {
  std::string prefix;
  std::vector<ZipEntry> entries;
  std::string before_directory;
  std::string after_directory;
  // Overrides of what the end record would say.
  std::optional<std::uint16_t> entry_count;
  std::optional<std::uint16_t> disk_entry_count;
  std::optional<std::uint32_t> directory_size;
  std::optional<std::uint32_t> directory_offset;
  std::uint16_t disk = 0;
  std::uint16_t directory_disk = 0;
  std::optional<std::uint16_t> comment_size;
  std::string comment;
  std::string suffix;

  std::string build() const {
    std::string out = prefix;
    std::vector<std::size_t> offsets;
    for (const ZipEntry& entry : entries) {
      out += entry.before;
      offsets.push_back(out.size());
      out += "PK\3\4";
      put_shared(entry.local, out);
      out += entry.local.name + entry.local.extra + entry.data;
    }
    out += before_directory;
    const std::size_t directory = out.size();
    for (std::size_t i = 0; i < entries.size(); ++i) put_central(entries[i], offsets[i], out);
    const std::size_t directory_end = out.size();
    out += after_directory;
    const auto count = static_cast<std::uint16_t>(entries.size());
    out += "PK\5\6";
    put(disk, 2, out);
    put(directory_disk, 2, out);
    put(disk_entry_count.value_or(count), 2, out);
    put(entry_count.value_or(count), 2, out);
    put(directory_size.value_or(static_cast<std::uint32_t>(directory_end - directory)), 4, out);
    put(directory_offset.value_or(static_cast<std::uint32_t>(directory)), 4, out);
    put(comment_size.value_or(static_cast<std::uint16_t>(comment.size())), 2, out);
    return out + comment + suffix;
  }

  static void put(std::uint64_t value, int width, std::string& out) {
    for (; width > 0; --width, value >>= 8) out += static_cast<char>(value & 0xFF);
  }

 private:
  static void put_shared(const ZipHeader& header, std::string& out) {
    for (const std::uint16_t field : {header.version, header.flags, header.method, header.time, header.date}) {
      put(field, 2, out);
    }
    for (const std::uint32_t field : {header.crc, header.stored_size, header.size}) put(field, 4, out);
    put(header.name.size(), 2, out);
    put(header.extra.size(), 2, out);
  }
  static void put_central(const ZipEntry& entry, std::size_t offset, std::string& out) {
    out += "PK\1\2";
    put(entry.made_by, 2, out);
    put_shared(entry.central, out);
    put(entry.comment.size(), 2, out);
    put(entry.disk, 2, out);
    put(entry.internal, 2, out);
    put(entry.external, 4, out);
    put(entry.offset.value_or(static_cast<std::uint32_t>(offset)), 4, out);
    out += entry.central.name + entry.central.extra + entry.comment;
  }
};

// Two small stored members, as Keras would lay them out.
inline ZipBuilder small_zip() {
  ZipBuilder zip;
  zip.entries = {zip_entry("config.json", R"({"class_name": "Sequential"})"), zip_entry("model.weights.h5", "weights")};
  return zip;
}

}  // namespace revive::zip
