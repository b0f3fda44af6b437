#include "properties/subject.h"

#include "serializer/keras_archive.h"

namespace revive::properties {

Subject revive_subject() {
  return {.name = "revive",
          .save = [](const Sequential& model, const Environment&) -> Result<Bytes> {
            auto archive = save_bytes(model, {.verify = false});
            if (!archive) return std::unexpected(archive.error());
            return Bytes(archive->bytes().begin(), archive->bytes().end());
          },
          .load = [](std::span<const std::byte> archive, const Environment&) { return load_bytes(archive); },
          .predict = [](const Sequential& model, const Tensor& input) { return model.predict(input); }};
}

}  // namespace revive::properties
