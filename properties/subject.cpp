#include "revive/properties/subject.h"

#include "revive/serializer/keras_archive.h"

namespace revive::properties {

Subject revive_subject() {
  return {.name = std::string(kOwnSubject),
          .save = [](const Sequential& model, const Environment&) -> Result<Bytes> {
            auto archive = save_bytes(model, {.verify = false});
            if (!archive) return std::unexpected(archive.error());
            return Bytes(archive->bytes().begin(), archive->bytes().end());
          },
          .load = [](std::span<const std::byte> archive, const Environment&) -> Result<Loaded> {
            auto model = load_bytes(archive);
            if (!model) return std::unexpected(model.error());
            return Loaded(std::move(*model));
          },
          .predict = [](const Loaded& loaded, const Tensor& input) { return loaded.model->predict(input); },
          .save_to = [](const Sequential& model, const std::string& path, FileSystem& files) -> Status {
            const auto report = revive::save(model, path, {}, files);
            if (!report) return std::unexpected(report.error());
            return {};
          }};
}

}  // namespace revive::properties
