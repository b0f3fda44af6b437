#include "revive/properties/subject.h"

#include "revive/serializer/keras_archive.h"

namespace revive::properties {

Subject revive_subject() {
  return {.name = std::string(kOwnSubject),
          .save = [](const Sequential& model, const Environment&) -> Result<Bytes> {
            REVIVE_ASSIGN_OR_RETURN(auto archive, save_bytes(model, {.verify = false}));
            return Bytes(archive.bytes().begin(), archive.bytes().end());
          },
          .load = [](std::span<const std::byte> archive, const Environment&) -> Result<Loaded> {
            REVIVE_ASSIGN_OR_RETURN(auto model, load_bytes(archive));
            return Loaded(std::move(model));
          },
          .predict = [](const Loaded& loaded, const Tensor& input) { return loaded.model->predict(input); },
          .save_to = [](const Sequential& model, const std::string& path, FileSystem& files) -> Status {
            REVIVE_ASSIGN_OR_RETURN(const auto report, revive::save(model, path, {}, files));
            return {};
          }};
}

}  // namespace revive::properties
