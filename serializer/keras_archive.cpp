#include "revive/serializer/keras_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "revive/model/base/out_of_memory.h"
#include "revive/model/graph/first_keras.h"
#include "revive/model/graph/op.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/metadata.h"
#include "revive/serializer/keras/training_code.h"
#include "revive/serializer/keras/training_versions.h"
#include "revive/serializer/keras/version_rules.h"
#include "revive/serializer/keras/weights_codec.h"
#include "revive/serializer/zip/archive.h"

namespace revive {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

void read_assets(const Archive& archive, Sequential& model) {
  std::vector<Asset> assets;
  for (const ArchiveMember& member : archive.members()) {
    if (member.is_apart || !member.name.starts_with(kAssetsFolder)) continue;
    assets.push_back({member.name, {member.bytes.begin(), member.bytes.end()}});
  }
  std::ranges::sort(assets, {}, &Asset::name);
  model.set_assets(std::move(assets));
}

// What the archive has that Keras does not write. None of it is written back.
void warn_of_additions(const Archive& archive, const std::function<void(std::string_view)>& warn) {
  if (!warn) return;
  std::vector<std::string> remarks(archive.remarks().begin(), archive.remarks().end());
  std::vector<std::string_view> apart;
  for (const ArchiveMember& member : archive.members()) {
    if (member.is_apart) apart.emplace_back(member.name);
    if ((member.name == kConfigMember || member.name == kMetadataMember) && member.text().starts_with(kByteOrderMark)) {
      remarks.push_back(fmt::format("a byte order mark in {}", member.name));
    }
  }
  if (!apart.empty()) remarks.push_back(fmt::format("what is no part of a model: {}", fmt::join(apart, ", ")));
  for (const std::string& remark : remarks) {
    warn(fmt::format("not written back: {}", remark));
  }
}

const Layer* find_unbuilt_lambda(const Sequential& model) {
  const Layer* found = nullptr;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    if (layer.lambda() != nullptr && !layer.built()) found = &layer;
  });
  return found;
}

std::vector<std::string> dropped_by_portable(const Sequential& model) {
  std::vector<std::string> dropped;
  if (!model.compile_config().is_null()) dropped.emplace_back("compile_config");
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    for (const auto& [key, value] : layer.training_only()) {
      dropped.push_back(fmt::format("{} ({}): {}", path.empty() ? "/" : path, describe(layer), key));
    }
  });
  for (const TrainingTensor& carried : model.training_tensors()) dropped.push_back(carried.path);
  return dropped;
}

// What `model` has to be equal to once it was saved portably and loaded.
Sequential without_training(const Sequential& model) {
  Sequential stripped = model;
  visit_layers(stripped.root(), [](const std::string&, Layer& layer) { layer.training_only().clear(); });
  stripped.set_compile_config({});
  stripped.set_training_tensors({});
  return stripped;
}

Status verify(const Sequential& model, std::span<const std::byte> archive, const SaveOptions& options) {
  auto loaded = load_bytes(archive, {.limits = options.limits, .warn = {}});
  if (!loaded) {
    return fail(ErrorCode::verify_failed, "", "what was written does not load: " + loaded.error().text());
  }
  const auto difference = options.without_training_state ? first_difference(without_training(model), *loaded)
                                                         : first_difference(model, *loaded);
  if (difference) {
    return fail(ErrorCode::verify_failed, "",
                fmt::format("what was written loads as another model: {}: {} became {}", difference->path,
                            difference->left, difference->right));
  }
  return {};
}

// The model as it is written: itself, or a copy without training state that is not safe.
class SafeModel {
 public:
  SafeModel(const Sequential& whole, const SaveOptions& options) : whole_(whole) {
    if (options.keep_training_code || options.without_training_state) return;
    dropped_ = training_code(whole);
    if (!dropped_.empty() || has_newer_defaults(whole)) safe_ = without_training_code(whole);
  }

  const Sequential& model() const { return safe_ ? *safe_ : whole_; }
  const std::vector<std::string>& dropped() const { return dropped_; }

 private:
  const Sequential& whole_;
  std::vector<std::string> dropped_;
  std::optional<Sequential> safe_;
};

std::vector<std::string> registered_layers(const Sequential& model) {
  std::vector<std::string> registered;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    if (layer.layer_class().name.contains('>')) registered.push_back(fmt::format("{} ({})", path, describe(layer)));
  });
  return registered;
}

std::vector<std::string> newer_parts(const Sequential& model, const SaveOptions& options) {
  std::vector<std::string> newer;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    if (!layer.layer_class().holds_lambda) return;
    for (const Node& node : layer.lambda()->graph.nodes()) {
      const std::string_view first = first_keras(node);
      if (!is_newer_keras(first, kOldestKeras)) continue;
      std::string each = fmt::format("{} ({}): keras.ops.{}: {}", path, describe(layer), node.op->function, first);
      if (std::ranges::find(newer, each) == newer.end()) newer.push_back(std::move(each));
    }
  });
  if (options.without_training_state) return newer;
  std::ranges::move(newer_training_state(model), std::back_inserter(newer));
  return newer;
}

// What made the image is freed before the archive is written around it.
Result<Buffer> image_of(const hdf5::Group& weights) {
  const hdf5::Image image(weights);
  auto bytes = Buffer::allocate(image.size());
  if (!bytes) {
    return fail(ErrorCode::limit_exceeded, std::string(kWeightsMember),
                fmt::format("{} bytes of weights do not fit in memory", image.size()));
  }
  image.copy_to(bytes->bytes());
  return std::move(*bytes);
}

Result<Buffer> write_model(const Sequential& model, const SaveOptions& options) {
  REVIVE_ASSIGN_OR_RETURN(auto weights,
                          model_to_weights(model, {.without_training_state = options.without_training_state}));
  REVIVE_RETURN_IF_ERROR(hdf5::check_writable(weights, options.limits));
  REVIVE_ASSIGN_OR_RETURN(const auto weights_bytes, image_of(weights));

  if (const Layer* lambda = find_unbuilt_lambda(model)) {
    return fail(ErrorCode::model_not_built, std::string(kConfigMember),
                describe(*lambda) + " cannot be stored before the model has an input shape");
  }
  const std::string metadata = print_json(model_to_metadata(model));
  REVIVE_ASSIGN_OR_RETURN(const auto document,
                          model_to_config(model, {.without_training_state = options.without_training_state}));
  const std::string config = print_json(document);
  std::vector<ArchiveMember> members{{std::string(kMetadataMember), bytes_of(metadata)},
                                     {std::string(kConfigMember), bytes_of(config)},
                                     {std::string(kWeightsMember), weights_bytes.bytes()}};
  for (const Asset& asset : model.assets()) members.push_back({asset.name, asset.bytes});
  return write_archive(members);
}

// Each document is freed before the next is read.
Result<Sequential> read_config_member(const Archive& archive, const LoadOptions& options,
                                      std::string_view keras_version) {
  REVIVE_ASSIGN_OR_RETURN(const auto config, parse_json(without_byte_order_mark(archive.find(kConfigMember)->text()),
                                                        options.limits, kConfigMember));
  return model_from_config(config, options, keras_version);
}

Result<Sequential> read_model(std::span<const std::byte> bytes, const LoadOptions& given) {
  LoadOptions options = given;
  options.limits = given.limits.for_file(bytes.size());
  const Limits& limits = options.limits;
  REVIVE_ASSIGN_OR_RETURN(const auto archive, read_archive(bytes, limits));
  warn_of_additions(archive, options.warn);
  // Read first, since what the config says depends on who wrote it.
  Value metadata;
  std::string keras_version(kKerasVersion);
  if (const ArchiveMember* member = archive.find(kMetadataMember)) {
    REVIVE_ASSIGN_OR_RETURN(metadata, parse_json(without_byte_order_mark(member->text()), limits, kMetadataMember));
    const Value* const version = metadata.find("keras_version");
    if (version != nullptr && version->is_string()) keras_version = version->as_string();
  }
  auto model = read_config_member(archive, options, keras_version);
  if (!model) return model;

  REVIVE_ASSIGN_OR_RETURN(const auto weights, hdf5::read(archive.find(kWeightsMember)->bytes, limits));
  REVIVE_RETURN_IF_ERROR(weights_to_model(weights, *model));
  if (archive.find(kMetadataMember) != nullptr) {
    REVIVE_RETURN_IF_ERROR(metadata_to_model(metadata, *model, limits, options.warn));
  }
  REVIVE_RETURN_IF_ERROR(apply_version_rules(*model, limits, options.warn));
  read_assets(archive, *model);
  return model;
}

Result<Sequential> load_file(const std::string& path, const LoadOptions& options) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, options.limits, check_zip_head));
  auto model = load_bytes(file.bytes(), options);
  if (!model) return std::unexpected(model.error().within(path + ": "));
  return model;
}

Result<SaveReport> save_file(const Sequential& model, const std::string& path, const SaveOptions& options,
                             FileSystem& files) {
  const SafeModel safe(model, options);
  const Sequential& written = safe.model();
  const auto archive = write_model(written, options);
  if (!archive) return std::unexpected(archive.error().within(path + ": "));
  // Before the file has its name, after which nothing may fail for want of memory.
  SaveReport report{options.without_training_state ? dropped_by_portable(written) : safe.dropped(),
                    registered_layers(written), newer_parts(written, options)};
  const auto check = [&](const std::string& temporary) -> Status {
    const auto stored = read_file(temporary, options.limits);
    if (!stored) return fail(stored.error().code, path, "what was written: " + stored.error().message);
    if (const Status status = verify(written, stored->bytes(), options); !status) {
      return fail(status.error().code, path, status.error().message);
    }
    return {};
  };
  const Status status =
      write_file_atomically(files, path, archive->bytes(), options.verify ? VerifyFile(check) : VerifyFile());
  if (!status) return std::unexpected(status.error());
  return report;
}

}  // namespace

Result<Sequential> load_bytes(std::span<const std::byte> bytes, const LoadOptions& options) {
  return within_memory([&] { return read_model(bytes, options); });
}

Result<Sequential> load(const std::string& path, const LoadOptions& options) {
  return within_memory([&] { return load_file(path, options); });
}

Result<Buffer> save_bytes(const Sequential& model, const SaveOptions& options) {
  return within_memory([&]() -> Result<Buffer> {
    const SafeModel safe(model, options);
    auto archive = write_model(safe.model(), options);
    if (!archive || !options.verify) return archive;
    REVIVE_RETURN_IF_ERROR(verify(safe.model(), archive->bytes(), options));
    return archive;
  });
}

Result<SaveReport> save(const Sequential& model, const std::string& path, const SaveOptions& options,
                        FileSystem& files) {
  return within_memory([&] { return save_file(model, path, options, files); });
}

}  // namespace revive
