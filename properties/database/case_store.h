// What earlier runs found: counterexamples as case files, to be replayed first by the next run.
//
// A store is a folder (corpus/found) of files PROPERTY-SITE.case, where SITE is the place or kind of the failure with
// its numbers left out: one bug is one file, however often and with whatever models it was found. Cases of subjects
// other than revive stand in a folder named after the subject. Errors: file_unreadable, file_unwritable.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/properties/database/case_file.h"
#include "revive/properties/property.h"

namespace revive::properties {

// What the file of a case ends in.
inline constexpr std::string_view kCaseExtension = ".case";

class CaseStore {
 public:
  // The part of the store below `folder` that belongs to `subject`, as the run was told to name it.
  CaseStore(const std::string& folder, std::string subject);

  // The files about one property, in the order of their names. A file that cannot be read as a case is among them.
  std::vector<std::string> files_of(std::string_view property) const;
  // Stores `the_case` under the name of its failure and returns the path. Where that name holds a case of the same
  // choices or simpler ones that `still_fails`, that one stays; one that did not fail again gives way to any other.
  Result<std::string> put(const StoredCase& the_case, const Violation& violation,
                          const std::function<bool(const StoredCase&)>& still_fails) const;

  const std::string& subject() const { return subject_; }

 private:
  std::string folder_;
  std::string subject_;
};

// Errors: those of read_file() and parse_case(), with the path in front.
Result<StoredCase> read_case(const std::string& path);
Status write_case(const std::string& path, const StoredCase& the_case);

}  // namespace revive::properties
