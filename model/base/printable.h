// Text from files on its way to a person: one line that a terminal shows and does not obey.
//
// Names out of archives stand in sentences and tables. Control characters move the cursor, set titles and answer back;
// bidirectional ones show a name as another. Both, line separators, tag characters and ill-formed UTF-8 come out byte
// by byte as "\x1b"; everything else stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace revive {

std::string printable(std::string_view text);

}  // namespace revive
