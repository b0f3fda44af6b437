#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "revive/model/layers/input_layer.h"
#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/zip/archive.h"

namespace revive::properties::faults {
namespace {

using Load = std::function<Result<Loaded>(std::span<const std::byte>, const Environment&)>;

// revive's load() with a look at the bytes first. `load` is what is to be called with the bytes, or others.
Subject reads(
    std::function<Result<Loaded>(std::span<const std::byte> bytes, const Environment&, const Load& load)> read) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load, read = std::move(read)](std::span<const std::byte> bytes,
                                                               const Environment& environment) {
    return read(bytes, environment, load);
  };
  return subject;
}

// Refuses what is an archive but not spelled as `accepts` would have it.
Subject reads_only(std::string_view complaint, bool (*accepts)(const Archive& archive)) {
  return reads([complaint, accepts](std::span<const std::byte> bytes, const Environment& environment,
                                    const Load& load) -> Result<Loaded> {
    const auto opened = read_archive(bytes, {});
    if (opened && !accepts(*opened)) {
      return fail(ErrorCode::archive_member_unexpected, "archive", std::string(complaint));
    }
    return load(bytes, environment);
  });
}

std::string_view text_of(const Archive& opened, std::string_view name) {
  const ArchiveMember* const found = opened.find(name);
  if (found == nullptr) return {};
  return {reinterpret_cast<const char*>(found->bytes.data()), found->bytes.size()};
}

std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  return value;
}

// The stored members as far as their local headers lead, and zeros where bytes are missing: no CRC, no directory.
std::vector<std::pair<std::string, Bytes>> scan(std::span<const std::byte> bytes) {
  constexpr std::size_t kHeader = 30;
  constexpr std::uint64_t kSignature = 0x04034B50;
  constexpr std::uint64_t kMostMissing = 1 << 20;
  std::vector<std::pair<std::string, Bytes>> members;
  std::size_t at = 0;
  while (at + kHeader <= bytes.size() && little_endian(bytes, at, 4) == kSignature) {
    const bool stored = little_endian(bytes, at + 8, 2) == 0;
    const std::uint64_t size = little_endian(bytes, at + 18, 4);
    const std::uint64_t name_size = little_endian(bytes, at + 26, 2);
    const std::uint64_t data = at + kHeader + name_size + little_endian(bytes, at + 28, 2);
    if (!stored || data > bytes.size() || size > bytes.size() + kMostMissing) return {};
    const auto* const name = reinterpret_cast<const char*>(bytes.data()) + at + kHeader;
    Bytes member(size);
    const std::span<const std::byte> there =
        bytes.subspan(data).first(std::min<std::size_t>(size, bytes.size() - data));
    std::ranges::copy(there, member.begin());
    members.emplace_back(std::string(name, name_size), std::move(member));
    at = std::min<std::size_t>(data + size, bytes.size());
  }
  return members;
}

Result<Bytes> sealed(const std::vector<std::pair<std::string, Bytes>>& members) {
  std::vector<ArchiveMember> views;
  for (const auto& [name, bytes] : members) views.push_back({name, bytes});
  REVIVE_ASSIGN_OR_RETURN(const auto written, write_archive(views));
  return Bytes(written.bytes().begin(), written.bytes().end());
}

// What unzip tools call repairing: whatever the envelope says, the members are taken as they are found.
Result<Loaded> load_scanned(std::span<const std::byte> bytes, const Environment& environment, const Load& load) {
  REVIVE_ASSIGN_OR_RETURN(const auto repaired, sealed(scan(bytes)));
  return load(repaired, environment);
}

Result<Loaded> load_whatever_the_crc(std::span<const std::byte> bytes, const Environment& environment,
                                     const Load& load) {
  const auto opened = read_archive(bytes, {});
  if (opened || opened.error().code != ErrorCode::archive_crc) return load(bytes, environment);
  return load_scanned(bytes, environment, load);
}

Result<Loaded> load_what_is_there(std::span<const std::byte> bytes, const Environment& environment, const Load& load) {
  return read_archive(bytes, {}) ? load(bytes, environment) : load_scanned(bytes, environment, load);
}

Result<Loaded> load_or_start_anew(std::span<const std::byte> bytes, const Environment& environment, const Load& load) {
  auto loaded = load(bytes, environment);
  if (loaded) return loaded;
  auto fresh = Sequential::make("model", {make_input_layer(Shape{kUnknown, 1}, DType::float32)});
  if (!fresh) return std::unexpected(fresh.error());
  return Loaded(*std::move(fresh));
}

// The error of a loader that catches everything.
Result<Loaded> load_without_reasons(std::span<const std::byte> bytes, const Environment& environment,
                                    const Load& load) {
  auto loaded = load(bytes, environment);
  if (!loaded) return fail(loaded.error().code, "", "cannot load model");
  return loaded;
}

// Every name and letter of config.json as it is spelled there.
Result<Loaded> load_escapes_as_they_are(std::span<const std::byte> bytes, const Environment& environment,
                                        const Load& load) {
  REVIVE_ASSIGN_OR_RETURN(const auto opened, read_archive(bytes, {}));
  std::string text(text_of(opened, kConfigMember));
  for (std::size_t at = 0; (at = text.find("\\u", at)) != std::string::npos; at += 3) text.insert(at, 1, '\\');
  std::vector<std::pair<std::string, Bytes>> members;
  for (const ArchiveMember& member : opened.members()) {
    const auto raw = member.name == kConfigMember ? std::as_bytes(std::span(text)) : member.bytes;
    members.emplace_back(member.name, Bytes(raw.begin(), raw.end()));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto rewritten, sealed(members));
  return load(rewritten, environment);
}

bool is_in_our_order(const Archive& opened) {
  return opened.members().size() < 2 || opened.members()[1].name == kConfigMember;
}

bool has_no_others(const Archive& opened) {
  return std::ranges::none_of(opened.members(),
                              [](const ArchiveMember& member) { return member.name.starts_with(kAssetsFolder); });
}

bool has_known_spacing(const Archive& opened) {
  return text_of(opened, kConfigMember).contains("\"class_name\": \"");
}

bool has_class_before_config(const Archive& opened) {
  const std::string_view text = text_of(opened, kConfigMember);
  return text.find("class_name") <= text.find("config");
}

bool has_every_key(const Archive& opened) {
  const auto document = parse_json(text_of(opened, kConfigMember), {}, kConfigMember);
  if (!document) return true;
  const Value* const config = document->find("config");
  const Value* const layers = config == nullptr ? nullptr : config->find("layers");
  if (layers == nullptr || !layers->is_array()) return true;
  return std::ranges::none_of(layers->as_array(), [](const Value& entry) {
    const Value* const own = entry.find("config");
    return entry.find("class_name") != nullptr && *entry.find("class_name") == Value("Dense") && own != nullptr &&
           (own->find("use_bias") == nullptr || own->find("activation") == nullptr);
  });
}

bool is_stored(std::span<const std::byte> bytes) {
  constexpr std::size_t kMethod = 8;
  return bytes.size() < kMethod + 2 || little_endian(bytes, kMethod, 2) == 0;
}

// What the subject has saved before is its only state.
Subject counts_saves(
    std::function<Status(std::vector<ArchiveMember>& members, std::string& scratch, int count)> change) {
  Subject subject = revive_subject();
  subject.save = [save = subject.save, change = std::move(change), count = std::make_shared<int>(0)](
                     const Sequential& model, const Environment& environment) -> Result<Bytes> {
    const auto saved = save(model, environment);
    if (!saved) return saved;
    REVIVE_ASSIGN_OR_RETURN(const auto opened, read_archive(*saved, {}));
    std::vector<ArchiveMember> members(opened.members().begin(), opened.members().end());
    std::string scratch;
    REVIVE_RETURN_IF_ERROR(change(members, scratch, ++*count));
    REVIVE_ASSIGN_OR_RETURN(const auto written, write_archive(members));
    return Bytes(written.bytes().begin(), written.bytes().end());
  };
  return subject;
}

Status put_date(std::vector<ArchiveMember>& members, std::string& metadata, int count) {
  const auto found = std::ranges::find(members, kMetadataMember, &ArchiveMember::name);
  if (found == members.end()) return {};
  const std::string_view text(reinterpret_cast<const char*>(found->bytes.data()), found->bytes.size());
  REVIVE_ASSIGN_OR_RETURN(auto document, parse_json(text, {}, kMetadataMember));
  if (Value* const date = document.find("date_saved")) *date = Value(fmt::format("2026-01-01@00:00:{:02}", count % 60));
  metadata = print_json(document);
  found->bytes = std::as_bytes(std::span(metadata));
  return {};
}

Status turn_around(std::vector<ArchiveMember>& members, std::string&, int count) {
  if (count % 2 == 0) std::ranges::reverse(members);
  return {};
}

constexpr std::array kFaults = {
    Fault{"crc_unchecked",
          "Members are read without a look at their CRC.",
          [] { return reads(load_whatever_the_crc); },
          {"no_silent_corruption", 100, 1}},
    Fault{"truncation_as_zeros",
          "What an archive lacks at its end is read as zeros.",
          [] { return reads(load_what_is_there); },
          {"truncation_is_refused", 10, 1}},
    Fault{"errors_swallowed",
          "What cannot be loaded becomes a new and empty model.",
          [] { return reads(load_or_start_anew); },
          {"truncation_is_refused", 10, 1}},
    Fault{"errors_without_place",
          "All that a refusal says is that it is one.",
          [] { return reads(load_without_reasons); },
          {"sealed_corruption_is_explained", 10, 1}},
    Fault{"date_of_saving",
          "The time of saving is written into the archive.",
          [] { return counts_saves(put_date); },
          {"bytes_are_stable", 10, 1}},
    Fault{"members_in_any_order",
          "Members are written in the order of a hash table, another one in every run.",
          [] { return counts_saves(turn_around); },
          {"bytes_are_stable", 10, 1}},
    Fault{"members_by_position",
          "The second member of an archive is taken for its config.",
          [] { return reads_only("expected config.json as the second member", is_in_our_order); },
          {"spelling_does_not_matter", 100, 1}},
    Fault{"assets_refused",
          "Members that the reader does not know are an error.",
          [] { return reads_only("unexpected member", has_no_others); },
          {"spelling_does_not_matter", 100, 1}},
    Fault{"deflated_members_refused",
          "The reader knows stored members alone, as Keras writes them.",
          [] {
            return reads([](std::span<const std::byte> bytes, const Environment& environment,
                            const Load& load) -> Result<Loaded> {
              if (!is_stored(bytes)) return fail(ErrorCode::archive_inflate, "archive", "expected stored members");
              return load(bytes, environment);
            });
          },
          {"spelling_does_not_matter", 100, 1}},
    Fault{"spaces_expected",
          "config.json is searched for what json.dumps() prints, spaces and all.",
          [] { return reads_only("expected \"class_name\": \"...\"", has_known_spacing); },
          {"spelling_does_not_matter", 100, 1}},
    Fault{"key_order_expected",
          "The keys of an object are read in the order in which Keras writes them.",
          [] { return reads_only("expected class_name before config", has_class_before_config); },
          {"spelling_does_not_matter", 100, 1}},
    Fault{"escapes_not_decoded",
          "Strings in config.json are taken as they are spelled, \\u0064 and all.",
          [] { return reads(load_escapes_as_they_are); },
          {"spelling_does_not_matter", 100, 1}},
    Fault{"defaults_expected",
          "Keys that a config may leave out are a KeyError.",
          [] { return reads_only("KeyError: 'use_bias'", has_every_key); },
          {"spelling_does_not_matter", 200, 1}},
};

}  // namespace

std::span<const Fault> archive_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
