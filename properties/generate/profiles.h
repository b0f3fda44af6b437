// The profiles of the generator by name.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "revive/properties/generate/generate.h"

namespace revive::properties {

inline const std::map<std::string, Profile> kProfiles = {
    {"wild", Profile::wild}, {"tame", Profile::tame}, {"specials", Profile::specials}};

inline std::string_view name_of(Profile profile) {
  return std::ranges::find(kProfiles, profile, &std::map<std::string, Profile>::value_type::second)->first;
}

}  // namespace revive::properties
