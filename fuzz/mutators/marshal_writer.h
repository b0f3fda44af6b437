// Marshalled objects back to bytes: the other way of serializer/python/marshal.h, for mutants.
#pragma once

#include <optional>
#include <string>

#include "revive/serializer/python/marshal.h"

namespace revive::fuzz {

// Bytes that read_marshal() reads as an equal object, written without references: what is shared is written once for
// every place where it stands. Nothing when that takes more than `most` bytes.
std::optional<std::string> write_marshal(const python::Marshalled& value, python::Layout layout, std::size_t most);

}  // namespace revive::fuzz
