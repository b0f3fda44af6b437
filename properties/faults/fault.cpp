#include "revive/properties/faults/fault.h"

#include <algorithm>
#include <vector>

#include "revive/properties/faults/fault_lists.h"

namespace revive::properties {

std::span<const Fault> all_faults() {
  static const std::vector<Fault> kFaults = [] {
    std::vector<Fault> all;
    for (const auto theme :
         {faults::capture_faults, faults::number_faults, faults::weight_faults, faults::config_faults,
          faults::structure_faults, faults::archive_faults, faults::file_faults, faults::engine_faults,
          faults::wrapper_faults, faults::image_faults}) {
      all.insert(all.end(), theme().begin(), theme().end());
    }
    return all;
  }();
  return kFaults;
}

const Fault* find_fault(std::string_view name) {
  const auto found = std::ranges::find(all_faults(), name, &Fault::name);
  return found == all_faults().end() ? nullptr : &*found;
}

}  // namespace revive::properties
