#include "tools/archives.h"

#include <fmt/format.h>

#include "serializer/keras_archive.h"

namespace revive::tools {

Result<Sequential> load_archive(const std::string& path, Console& console) {
  return load(path, {.limits = {}, .warn = [&](std::string_view sentence) {
                       console.complain(fmt::format("{}: warning: {}", path, sentence));
                     }});
}

}  // namespace revive::tools
