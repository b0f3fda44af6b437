// Failures that are known: each is counted where it occurs, and does not fail the run.
//
// A JSON list, one object a line:
//   {"subject": "./mine", "property": "weights_survive", "site": "layers-*-kernel-of-Dense*",
//    "reason": "weights are printed with six digits", "since": "2026-11-29"}
// `subject` is what --subject was told. `site` is how the failure is named in the file of its case (failure_site()); a
// '*' stands for any characters. `reason` is for people, and required; `since` is the day it was listed. `avoid` and
// `version` may be left out: `avoid` is anything that a generator understands and leaves out because of the failure,
// `version` ("3.15") whose failure it is where the subject says what version it is of; of others the entry says
// nothing. The first entry that fits a failure counts. Errors: manifest_format, with the place; file_unreadable,
// file_unwritable.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"

namespace revive::properties {

struct KnownFailure {
  std::string subject;
  std::string property;
  std::string site;
  std::string reason;
  // "2026-11-29".
  std::string since;
  // null: nothing.
  Value avoid = {};
  // Empty: any.
  std::string version = {};

  bool is_about(std::string_view of_subject, std::string_view of_property) const {
    return subject == of_subject && property == of_property;
  }
  bool fits(std::string_view of_site) const;
  // "3.15" is about 3.15 and 3.15.1, and neither about 3.150 nor about what says no version.
  bool is_of_version(std::string_view of_version) const;
};

class KnownFailures {
 public:
  static Result<KnownFailures> read(const std::string& path);
  static Result<KnownFailures> parse(std::string_view text, const std::string& path);

  std::span<const KnownFailure> entries() const { return entries_; }
  // Nullptr for a failure that is not known.
  const KnownFailure* find(std::string_view subject, std::string_view property, std::string_view site) const;
  // Adds it, or replaces the entry with the same subject, property and site.
  void set(KnownFailure failure);

  std::string print() const;
  // Replaces the file as a whole.
  Status write(const std::string& path) const;

 private:
  std::vector<KnownFailure> entries_;
};

}  // namespace revive::properties
