#include "revive/tools/corpus/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"

namespace revive::tools {
namespace {

struct KindName {
  std::string_view name;
  // The key of the detail; empty for none.
  std::string_view detail;
};

constexpr std::array kKinds = {KindName{"revives", "digest"}, KindName{"refused", "code"}, KindName{"holds", ""},
                               KindName{"violated", ""}, KindName{"not_run", "digest"}};
constexpr std::size_t kShortDigest = 12;

const KindName& names_of(Verdict::Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

std::unexpected<Error> malformed(const std::string& place, std::string message) {
  return fail(ErrorCode::manifest_format, place, std::move(message));
}

Result<std::string> text_of(const Value& object, std::string_view key, const std::string& place) {
  const Value* value = object.find(key);
  if (value == nullptr || !value->is_string()) {
    return malformed(place, fmt::format("expected a string \"{}\", found {}", key,
                                        value == nullptr ? "nothing" : value->kind_name()));
  }
  return value->as_string();
}

}  // namespace

std::string_view name_of(Verdict::Kind kind) {
  return names_of(kind).name;
}

std::string to_string(const Verdict& verdict) {
  const auto& [name, detail] = names_of(verdict.kind);
  if (detail.empty()) return std::string(name);
  if (verdict.detail.empty()) return fmt::format("{} (no {})", name, detail);
  if (verdict.kind == Verdict::Kind::refused) return fmt::format("{} ({})", name, verdict.detail);
  return fmt::format("{} ({} {})", name, detail, verdict.detail.substr(0, kShortDigest));
}

Value::Object verdict_to_value(const Verdict& verdict) {
  Value::Object object = {{"verdict", name_of(verdict.kind)}};
  const std::string_view key = names_of(verdict.kind).detail;
  if (!key.empty()) object.emplace_back(key, verdict.detail.empty() ? Value() : Value(verdict.detail));
  return object;
}

Result<Verdict> verdict_from_value(const Value& object, const std::string& place) {
  const auto name = text_of(object, "verdict", place);
  if (!name) return std::unexpected(name.error());
  const auto kind = std::ranges::find(kKinds, *name, &KindName::name);
  if (kind == kKinds.end()) {
    return malformed(place + "/verdict",
                     fmt::format("expected revives, not_run, refused, holds or violated, found {}", *name));
  }
  Verdict verdict{static_cast<Verdict::Kind>(kind - kKinds.begin()), ""};
  const Value* detail = kind->detail.empty() ? nullptr : object.find(kind->detail);
  if (detail == nullptr || detail->is_null()) {
    if (verdict.kind == Verdict::Kind::refused) return malformed(place, "expected the \"code\" of the refusal");
    return verdict;
  }
  if (!detail->is_string()) return malformed(fmt::format("{}/{}", place, kind->detail), "expected a string");
  verdict.detail = detail->as_string();
  if (verdict.kind == Verdict::Kind::refused && !error_code_from_name(verdict.detail)) {
    return malformed(place + "/code", fmt::format("expected an error code, found {}", verdict.detail));
  }
  return verdict;
}

Result<Manifest> Manifest::read(const std::string& path) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, {}));
  return parse({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, path);
}

Result<Manifest> Manifest::parse(std::string_view text, const std::string& path) {
  REVIVE_ASSIGN_OR_RETURN(const auto document, parse_json(text, {}, path));
  if (!document.is_array()) return malformed(path, "expected a list of verdicts");
  Manifest manifest;
  manifest.path_ = path;
  for (const Value& object : document.as_array()) {
    const std::string place = fmt::format("{}: /{}", path, manifest.entries_.size());
    REVIVE_ASSIGN_OR_RETURN(const auto file, text_of(object, "file", place));
    REVIVE_ASSIGN_OR_RETURN(auto verdict, verdict_from_value(object, place));
    if (manifest.find(file) != nullptr) return malformed(place, fmt::format("{} has a verdict already", file));
    const Value* reason = object.find("reason");
    manifest.entries_.push_back(
        {file, std::move(verdict), reason != nullptr && reason->is_string() ? reason->as_string() : ""});
  }
  return manifest;
}

const ManifestEntry* Manifest::find(std::string_view file) const {
  const auto found = std::ranges::find(entries_, file, &ManifestEntry::file);
  return found == entries_.end() ? nullptr : &*found;
}

void Manifest::set(ManifestEntry entry) {
  const auto found = std::ranges::find(entries_, entry.file, &ManifestEntry::file);
  if (found != entries_.end()) {
    *found = std::move(entry);
    return;
  }
  const auto next = std::ranges::find_if(entries_, [&](const auto& other) { return other.file > entry.file; });
  entries_.insert(next, std::move(entry));
}

std::string Manifest::path_of(const std::string& file) const {
  return (std::filesystem::path(path_).parent_path() / file).string();
}

std::optional<std::string> Manifest::file_of(const std::string& path) const {
  std::error_code error;
  const auto folder = std::filesystem::weakly_canonical(path_, error).parent_path();
  const auto file = std::filesystem::weakly_canonical(path, error).lexically_relative(folder);
  if (error || file.empty() || *file.begin() == "..") return std::nullopt;
  return file.generic_string();
}

std::string Manifest::print() const {
  std::string text = "[\n";
  for (const ManifestEntry& entry : entries_) {
    Value::Object object = {{"file", entry.file}};
    for (auto& member : verdict_to_value(entry.verdict)) object.push_back(std::move(member));
    if (!entry.reason.empty()) object.emplace_back("reason", entry.reason);
    text += fmt::format("  {}{}\n", print_json(object), &entry == &entries_.back() ? "" : ",");
  }
  return text + "]\n";
}

Status Manifest::write() const {
  const std::string text = print();
  return write_file_atomically(posix_file_system(), path_, std::as_bytes(std::span(text)));
}

}  // namespace revive::tools
