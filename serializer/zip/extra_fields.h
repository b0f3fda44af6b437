// The extra fields of a zip header: times, owners and the like, which have no effect here, and the few that have.
//
// A list of (16-bit id, 16-bit size, bytes). Read are zip64's sizes (0x0001) and Info-ZIP's Unicode path (0x7075),
// which some readers take for the member's name and others overlook: it has to be the same name.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"

namespace revive::zip {

struct ExtraFields {
  // The data of zip64's field.
  std::optional<std::span<const std::byte>> zip64;
};

// `name` is the member's, as in the header. Errors, at `place`: archive_ambiguous for a list that does not fill its
// bytes, zip64's field twice, or another name.
Result<ExtraFields> read_extra_fields(std::span<const std::byte> extra, std::string_view name,
                                      const std::string& place);

}  // namespace revive::zip
