// The profiles of the generator by name.
#pragma once

#include <map>
#include <string>

#include "properties/generate.h"

namespace revive::tools {

inline const std::map<std::string, properties::Profile> kProfiles = {{"wild", properties::Profile::wild},
                                                                     {"tame", properties::Profile::tame},
                                                                     {"specials", properties::Profile::specials}};

}  // namespace revive::tools
