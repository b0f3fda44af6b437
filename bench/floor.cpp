#include "revive/bench/floor.h"

#include <zip.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace revive::bench {
namespace {

void demand(bool held) {
  if (!held) std::abort();
}

Buffer room_for(std::size_t size) {
  auto buffer = Buffer::allocate(size);
  demand(buffer.has_value());
  return *std::move(buffer);
}

bool is_json(const std::string& name) {
  return name.ends_with(".json");
}

}  // namespace

std::vector<FloorMember> floor_load(std::span<const std::byte> archive) {
  zip_error_t error;
  zip_source_t* source = zip_source_buffer_create(archive.data(), archive.size(), 0, &error);
  zip_t* zip = zip_open_from_source(source, ZIP_RDONLY, &error);
  demand(zip != nullptr);
  std::vector<FloorMember> members;
  const zip_int64_t count = zip_get_num_entries(zip, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t info;
    demand(zip_stat_index(zip, index, 0, &info) == 0);
    FloorMember member{info.name, room_for(info.size)};
    const std::span<std::byte> bytes = member.content.bytes();
    zip_file_t* file = zip_fopen_index(zip, index, 0);
    demand(zip_fread(file, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()));
    zip_fclose(file);
    if (is_json(member.name)) {
      const auto* text = reinterpret_cast<const char*>(bytes.data());
      demand(!nlohmann::ordered_json::parse(text, text + bytes.size()).is_discarded());
    }
    members.push_back(std::move(member));
  }
  zip_discard(zip);
  return members;
}

Buffer floor_save(const std::vector<FloorMember>& members) {
  zip_error_t error;
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* zip = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error);
  demand(zip != nullptr);
  for (const FloorMember& member : members) {
    zip_source_t* source = zip_source_buffer(zip, member.content.bytes().data(), member.content.size(), 0);
    const zip_int64_t index = zip_file_add(zip, member.name.c_str(), source, 0);
    demand(index >= 0);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  demand(zip_close(zip) == 0);
  zip_stat_t info;
  demand(zip_source_stat(target, &info) == 0 && zip_source_open(target) == 0);
  Buffer archive = room_for(info.size);
  demand(zip_source_read(target, archive.bytes().data(), archive.size()) == static_cast<zip_int64_t>(archive.size()));
  zip_source_close(target);
  zip_source_free(target);
  return archive;
}

}  // namespace revive::bench
