// A Sequential model: layers in order, each feeding the next.
//
//   auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", ...}}), *make_layer("Dense", ...)});
//   auto output = model->predict(input);
//
// A model owns its layers. make() names unnamed layers as Keras does (dense, dense_1, ...), builds them and
// checks that names are unique and such as an archive can hold (check_name in model/layer.h). predict() is const, has
// no state and may be called from several threads at once. Axis order is (batch, ...), channels last. Errors: the first
// layer that cannot take its input, with a place such as "/layers/2".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revive/model/layer.h"

namespace revive {

// A member under `assets/`, by its name in the archive.
struct Asset {
  std::string name;
  std::vector<std::byte> bytes;
  friend bool operator==(const Asset&, const Asset&) = default;
};

// The Keras version whose inference rules a model made here follows.
inline constexpr std::string_view kKerasVersion = "3.15.1";

// A dataset of the weights file that belongs to training alone, with its path ("optimizer/vars/0").
struct TrainingTensor {
  std::string path;
  Tensor tensor;
};

class Sequential {
 public:
  // A model of `layers`; without an InputLayer in front it is not built, and build() completes it.
  static Result<Sequential> make(std::string name, std::vector<Layer> layers, const Limits& limits = {});
  // The model whose nested form is `root`, a stack.
  static Result<Sequential> from_layer(Layer root, const Limits& limits = {});

  const std::string& name() const { return root_.name(); }
  std::span<const Layer> layers() const { return *root_.stack(); }
  std::span<Layer> layers() { return *root_.stack(); }
  // The model as the layer it would be inside another model.
  const Layer& root() const { return root_; }
  Layer& root() { return root_; }

  bool built() const { return root_.built(); }
  // Gives a model without InputLayer one. Weights that still fit are kept.
  Status build(const Shape& input, const Limits& limits = {});
  const Shape& input_shape() const { return root_.input_shape(); }
  const Shape& output_shape() const { return root_.output_shape(); }
  // What the InputLayer declares, float32 before there is one; inputs of another dtype are cast to it, as Keras does.
  DType input_dtype() const;

  // Weights from a seed, for every layer that has none: uniform within ±sqrt(3 / fan_in), variances in [0.5, 1.5).
  void initialize(std::uint64_t seed);

  // `input` has the dims the model was built for; unknown axes take any size. Errors: input_shape, input_id,
  // model_not_built, limit_exceeded before anything is computed, out_of_memory and the layer's own. Without limits
  // those of a file as large as the weights hold.
  Result<Tensor> predict(const Tensor& input) const;
  Result<Tensor> predict(const Tensor& input, const Limits& limits) const;

  // "3.15.1" for models made here; for loaded ones what the archive says.
  const std::string& keras_version() const { return keras_version_; }
  void set_keras_version(std::string version);

  // Carried for training, not used here.
  const Value& compile_config() const { return compile_config_; }
  void set_compile_config(Value config) { compile_config_ = std::move(config); }
  // In order of their paths, which alone tell them apart.
  const std::vector<TrainingTensor>& training_tensors() const { return training_tensors_; }
  void set_training_tensors(std::vector<TrainingTensor> tensors);
  const std::vector<Asset>& assets() const { return assets_; }
  void set_assets(std::vector<Asset> assets) { assets_ = std::move(assets); }

 private:
  explicit Sequential(Layer root) : root_(std::move(root)) {}
  static Result<Sequential> from_root(Layer root, const Limits& limits);
  Result<Tensor> run(const Tensor& input, const Limits& limits) const;

  Layer root_;
  CallOptions options_;
  std::string keras_version_{kKerasVersion};
  Value compile_config_;
  std::vector<TrainingTensor> training_tensors_;
  std::vector<Asset> assets_;
};

// Keras' name for a class in paths and default layer names: "MaxPooling1D" is "max_pooling1d".
std::string snake_case(std::string_view class_name);

}  // namespace revive
