#include "revive/tools/console/standard_output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace revive::tools {

StandardOutput::int_type StandardOutput::overflow(int_type c) {
  if (!write_all()) return traits_type::eof();
  if (!traits_type::eq_int_type(c, traits_type::eof())) {
    *pptr() = traits_type::to_char_type(c);
    pbump(1);
  }
  return traits_type::not_eof(c);
}

int StandardOutput::sync() {
  if (pptr() != pbase()) return write_all() ? 0 : -1;
  pollfd reader = {STDOUT_FILENO, 0, 0};
  if (poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR) != 0) throw ReaderGone();
  return 0;
}

bool StandardOutput::write_all() {
  const char* at = pbase();
  const char* const end = pptr();
  // What cannot be written now cannot be written later.
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  while (at != end) {
    const ssize_t count = write(STDOUT_FILENO, at, static_cast<std::size_t>(end - at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) throw ReaderGone();
    if (count < 0) return false;
    at += count;
  }
  return true;
}

}  // namespace revive::tools
