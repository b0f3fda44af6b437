// The manifest of verdicts: what every file of a corpus has to give.
//
// A JSON list, one object a line:
//   {"file": "keras/dense.keras", "verdict": "revives", "digest": "<hex>", "reason": "..."}
//   {"file": "refusals/empty.keras", "verdict": "refused", "code": "archive_not_zip"}
//   {"file": "heavy/pool.keras", "verdict": "not_run", "digest": "<hex>"}
//   {"file": "cases/dropped.case", "verdict": "holds"}
// Files are relative to the manifest's folder. A digest of null is one that nobody has recorded yet; `reason` says why
// the verdict was last changed. Errors: manifest_format, file_unreadable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"

namespace revive::tools {

struct Verdict {
  enum class Kind : std::uint8_t {
    revives,   // an archive that comes back the same; `detail` is the digest of config and weights
    refused,   // an archive that does not load; `detail` is the error code
    holds,     // a case whose property holds
    violated,  // a case that shows a fault, and has to
    not_run,   // an archive that saves and loads the same and asks for too much to be run; `detail` as for revives
  };
  Kind kind = Kind::revives;
  std::string detail;

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

std::string_view name_of(Verdict::Kind kind);
// "refused (archive_crc)", "revives (digest 0123456789ab)", "holds".
std::string to_string(const Verdict& verdict);

// The keys "verdict" and "digest" or "code", in that order, and back; `place` is where the object stands.
Value::Object verdict_to_value(const Verdict& verdict);
Result<Verdict> verdict_from_value(const Value& object, const std::string& place);

struct ManifestEntry {
  std::string file;
  Verdict verdict;
  std::string reason;
};

class Manifest {
 public:
  // `path` may be "corpus/manifest.json".
  static Result<Manifest> read(const std::string& path);
  static Result<Manifest> parse(std::string_view text, const std::string& path);

  const std::string& path() const { return path_; }
  const std::vector<ManifestEntry>& entries() const { return entries_; }
  // Nullptr when `file`, as the manifest would write it, has no verdict.
  const ManifestEntry* find(std::string_view file) const;
  // Replaces the entry or adds it in the order of names.
  void set(ManifestEntry entry);

  // The path of an entry's file, and the other way round: nothing for a path outside the manifest's folder.
  std::string path_of(const std::string& file) const;
  std::optional<std::string> file_of(const std::string& path) const;

  std::string print() const;
  Status write() const;

 private:
  std::string path_;
  std::vector<ManifestEntry> entries_;
};

}  // namespace revive::tools
