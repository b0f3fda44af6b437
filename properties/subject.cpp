#include "revive/properties/subject.h"

#include <algorithm>

#include "revive/serializer/keras_archive.h"

namespace revive::properties {
namespace {

// Of the Error's place, which no subject's own errors have.
constexpr std::string_view kUnsupported = "unsupported";
constexpr std::string_view kInputLayer = "InputLayer";

}  // namespace

Error unsupported(const std::string& what) {
  return Error{ErrorCode::subject_refused, std::string(kUnsupported), what};
}

bool is_unsupported(const Error& error) {
  return error.code == ErrorCode::subject_refused && error.place == kUnsupported;
}

std::string about_layer(std::string_view class_name) {
  return "the layer " + std::string(class_name);
}

std::optional<std::string> unknown_layer(const Subject& subject, const Sequential& model) {
  std::optional<std::string> unknown;
  if (!subject.layers) return unknown;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    const std::string& name = layer.layer_class().name;
    const bool known =
        path.empty() || name == kInputLayer || std::ranges::find(*subject.layers, name) != subject.layers->end();
    if (!known && !unknown) unknown = name;
  });
  return unknown;
}

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
