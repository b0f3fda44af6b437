// What the layers of Keras are that no stack of revive can hold.
#pragma once

#include <string_view>

namespace revive {

// What the class does that is not to be had here, as in "it looks text up in a vocabulary"; "" for any other class.
std::string_view what_it_is(std::string_view class_name);

}  // namespace revive
