#include "revive/serializer/zip/zip_open.h"

#include <pthread.h>

namespace revive {
namespace {

// Shared by those who are in libzip, taken alone by a fork, which goes before those who come later.
constexpr pthread_rwlock_t kOpenGate = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): handlers of a fork take no argument.
pthread_rwlock_t fork_gate = kOpenGate;

void leave_gate() {
  pthread_rwlock_unlock(&fork_gate);
}

// Before main, so that no child inherits the registration half done. In the child, those who waited at the gate are
// gone, and it is made anew.
const bool kForksAreGuarded =
    pthread_atfork([] { pthread_rwlock_wrlock(&fork_gate); }, leave_gate, [] { fork_gate = kOpenGate; }) == 0;

bool open_one_alone() {
  zip_source_t* const source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  if (source == nullptr) return false;
  const ZipPtr zip(zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, nullptr));
  if (zip == nullptr) zip_source_free(source);
  return zip != nullptr;
}

}  // namespace

ForksWait::ForksWait() {
  if (kForksAreGuarded) pthread_rwlock_rdlock(&fork_gate);
}

ForksWait::~ForksWait() {
  if (kForksAreGuarded) leave_gate();
}

ZipPtr open_source(zip_source_t& source, int flags, zip_error_t& error) {
  [[maybe_unused]] static const bool opened = open_one_alone();
  return ZipPtr(zip_open_from_source(&source, flags, &error));
}

}  // namespace revive
