// Reading on where a read stopped early. Internal to serializer/io, and a seam for its tests.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <expected>
#include <functional>
#include <span>
#include <system_error>

namespace revive {

// pread(2) of a file: the count of bytes read from there on, 0 where the file ends, -1 with errno.
using ReadAt = std::function<ssize_t(std::span<std::byte> bytes, off_t from)>;

// Fills `bytes` from the start of the file; the count, which is less where the file ends.
std::expected<std::size_t, std::error_code> read_into(const ReadAt& read_at, std::span<std::byte> bytes);

}  // namespace revive
