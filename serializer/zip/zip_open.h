// An archive opened by libzip, from several threads at once. For the .cpp files of this folder: zip.h is not in our
// public headers.
//
// The first zip_open_from_source() of a process fills two static masks unguarded (libzip 1.7): a thread that comes
// between the one and the other finds its archive read-only. Whoever comes first here opens one alone.
//
// libzip asks glibc for the time zone at each date, under a lock of the process. A child that is forked meanwhile by
// another thread inherits the lock held by nobody, and waits for ever when it asks itself.
#pragma once

#include <zip.h>

#include <memory>

namespace revive {

struct ZipDiscard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
using ZipPtr = std::unique_ptr<zip_t, ZipDiscard>;

// While one lives, forks of this process wait. A thread that has one must not fork.
class ForksWait {
 public:
  ForksWait();
  ~ForksWait();
  ForksWait(const ForksWait&) = delete;
  ForksWait& operator=(const ForksWait&) = delete;
};

// Takes the source over where it succeeds; otherwise null, with the reason in `error`.
ZipPtr open_source(zip_source_t& source, int flags, zip_error_t& error);

}  // namespace revive
