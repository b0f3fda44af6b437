#include "revive/tools/corpus/arrays.h"

#include <filesystem>

#include "revive/serializer/io/file.h"
#include "revive/serializer/io/npy.h"

namespace revive::tools {
namespace {

std::string beside(const std::string& archive, const char* extension) {
  return std::filesystem::path(archive).replace_extension(extension).string();
}

}  // namespace

Result<Tensor> read_array(const std::string& path) {
  const Limits limits;
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, limits));
  auto tensor = read_npy(file.bytes(), limits);
  if (!tensor) return std::unexpected(tensor.error().within(path));
  return tensor;
}

Status write_array(const std::string& path, const Tensor& tensor) {
  const auto bytes = write_npy(tensor);
  if (!bytes) return std::unexpected(bytes.error().within(path));
  return write_file_atomically(posix_file_system(), path, *bytes);
}

std::string recorded_input_path(const std::string& archive) {
  return beside(archive, ".input.npy");
}
std::string recorded_output_path(const std::string& archive) {
  return beside(archive, ".output.npy");
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace revive::tools
