#include "revive/properties/database/known_failures.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"

namespace revive::properties {
namespace {

constexpr std::string_view kAvoid = "avoid";
constexpr std::string_view kVersion = "version";

struct TextMember {
  std::string_view key;
  std::string KnownFailure::* member;
};
constexpr TextMember kTexts[] = {{"subject", &KnownFailure::subject},
                                 {"property", &KnownFailure::property},
                                 {"site", &KnownFailure::site},
                                 {"reason", &KnownFailure::reason},
                                 {"since", &KnownFailure::since}};

std::unexpected<Error> malformed(std::string place, std::string message) {
  return fail(ErrorCode::manifest_format, std::move(place), std::move(message));
}

bool is_day(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  return std::ranges::equal(text, kShape,
                            [](char c, char shape) { return shape == 'd' ? c >= '0' && c <= '9' : c == shape; });
}

Result<KnownFailure> entry_from(const Value& object, const std::string& place) {
  if (!object.is_object()) return malformed(place, "expected an object, found " + object.brief());
  KnownFailure failure;
  for (const auto& [key, member] : kTexts) {
    const Value* const value = object.find(key);
    if (value == nullptr || !value->is_string() || value->as_string().empty()) {
      return malformed(place, fmt::format("expected a string \"{}\", found {}", key,
                                          value == nullptr ? std::string("nothing") : value->brief()));
    }
    failure.*member = value->as_string();
  }
  if (!is_day(failure.since)) {
    return malformed(place + "/since", fmt::format("expected a day like 2026-11-29, found {}", failure.since));
  }
  for (const auto& [key, value] : object.as_object()) {
    if (key == kAvoid) {
      failure.avoid = value;
    } else if (key == kVersion) {
      if (!value.is_string() || value.as_string().empty()) {
        return malformed(place + "/version", "expected a version like \"3.15\", found " + value.brief());
      }
      failure.version = value.as_string();
    } else if (std::ranges::find(kTexts, key, &TextMember::key) == std::end(kTexts)) {
      return malformed(place, fmt::format("unknown key \"{}\"", key));
    }
  }
  return failure;
}

}  // namespace

bool KnownFailure::fits(std::string_view of_site) const {
  return fnmatch(site.c_str(), std::string(of_site).c_str(), 0) == 0;
}

bool KnownFailure::is_of_version(std::string_view of_version) const {
  if (!of_version.starts_with(version)) return version.empty();
  const std::string_view rest = of_version.substr(version.size());
  return version.empty() || rest.empty() || rest.starts_with('.');
}

Result<KnownFailures> KnownFailures::read(const std::string& path) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, {}));
  return parse({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, path);
}

Result<KnownFailures> KnownFailures::parse(std::string_view text, const std::string& path) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  REVIVE_ASSIGN_OR_RETURN(const auto document, parse_json(text, {}, path));
  if (!document.is_array()) return malformed(path, "expected a list of known failures, found " + document.brief());
  KnownFailures known;
  for (const Value& object : document.as_array()) {
    REVIVE_ASSIGN_OR_RETURN(auto entry, entry_from(object, fmt::format("{}: /{}", path, known.entries_.size())));
    known.entries_.push_back(std::move(entry));
  }
  return known;
}

const KnownFailure* KnownFailures::find(std::string_view subject, std::string_view property,
                                        std::string_view site) const {
  const auto found = std::ranges::find_if(
      entries_, [&](const KnownFailure& entry) { return entry.is_about(subject, property) && entry.fits(site); });
  return found == entries_.end() ? nullptr : &*found;
}

void KnownFailures::set(KnownFailure failure) {
  const auto found = std::ranges::find_if(entries_, [&](const KnownFailure& entry) {
    return entry.is_about(failure.subject, failure.property) && entry.site == failure.site;
  });
  if (found == entries_.end()) {
    entries_.push_back(std::move(failure));
  } else {
    *found = std::move(failure);
  }
}

std::string KnownFailures::print() const {
  std::string text = "[\n";
  for (const KnownFailure& entry : entries_) {
    Value::Object object;
    for (const auto& [key, member] : kTexts) object.emplace_back(key, entry.*member);
    if (!entry.avoid.is_null()) object.emplace_back(kAvoid, entry.avoid);
    if (!entry.version.empty()) object.emplace_back(kVersion, entry.version);
    text += fmt::format("  {}{}\n", print_json(object), &entry == &entries_.back() ? "" : ",");
  }
  return text + "]\n";
}

Status KnownFailures::write(const std::string& path) const {
  const std::string text = print();
  return write_file_atomically(posix_file_system(), path, std::as_bytes(std::span(text)));
}

}  // namespace revive::properties
