#include "revive/properties/allocation/allocation_meter.h"

namespace revive::properties {
namespace {

// Set once before main(), read afterwards; operator new is one for the whole program, too.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
const AllocationMeter* installed = nullptr;

}  // namespace

const AllocationMeter* allocation_meter() {
  return installed;
}

void install_allocation_meter(const AllocationMeter* meter) {
  installed = meter;
}

}  // namespace revive::properties
