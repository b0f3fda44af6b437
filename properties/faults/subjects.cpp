#include "properties/faults/subjects.h"

#include "properties/faults/fault.h"

namespace revive::properties {
namespace {

constexpr std::string_view kOwn = "revive";

}  // namespace

std::optional<Subject> find_subject(std::string_view name) {
  if (name == kOwn) return revive_subject();
  const Fault* const fault = find_fault(name);
  return fault == nullptr ? std::nullopt : std::optional(fault->subject());
}

std::vector<std::string_view> subject_names() {
  std::vector<std::string_view> names = {kOwn};
  for (const Fault& fault : all_faults()) names.push_back(fault.name);
  return names;
}

}  // namespace revive::properties
