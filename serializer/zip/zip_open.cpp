#include "revive/serializer/zip/zip_open.h"

namespace revive {
namespace {

bool open_one_alone() {
  zip_source_t* const source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  if (source == nullptr) return false;
  const ZipPtr zip(zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, nullptr));
  if (zip == nullptr) zip_source_free(source);
  return zip != nullptr;
}

}  // namespace

ZipPtr open_source(zip_source_t& source, int flags, zip_error_t& error) {
  [[maybe_unused]] static const bool opened = open_one_alone();
  return ZipPtr(zip_open_from_source(&source, flags, &error));
}

}  // namespace revive
