#include "revive/properties/faults/subjects.h"

#include "revive/properties/faults/fault.h"

namespace revive::properties {

std::optional<Subject> find_subject(std::string_view name) {
  if (name == kOwnSubject) return revive_subject();
  const Fault* const fault = find_fault(name);
  return fault == nullptr ? std::nullopt : std::optional(fault->subject());
}

std::vector<std::string_view> subject_names() {
  std::vector<std::string_view> names = {kOwnSubject};
  for (const Fault& fault : all_faults()) names.push_back(fault.name);
  return names;
}

}  // namespace revive::properties
