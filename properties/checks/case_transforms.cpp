#include "revive/properties/checks/case_transforms.h"

#include <algorithm>
#include <numeric>

#include "revive/model/layers/input_layer.h"

namespace revive::properties {
namespace {

// FNV-1a (Fowler, Noll, Vo), 64 bits; Random mixes what comes out.
class Hash {
 public:
  void add(std::span<const std::byte> bytes) {
    constexpr std::uint64_t kPrime = 0x100000001b3;
    for (const std::byte byte : bytes) state_ = (state_ ^ static_cast<std::uint64_t>(byte)) * kPrime;
  }
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325;
};

void flatten(const std::vector<Layer>& layers, std::vector<Layer>& flat) {
  for (const Layer& layer : layers) {
    if (is_input_layer(layer)) {
      if (flat.empty()) flat.push_back(layer);
    } else if (const std::vector<Layer>* const nested = layer.stack()) {
      flatten(*nested, flat);
    } else {
      flat.push_back(layer);
      flat.back().set_name("");
    }
  }
}

}  // namespace

Random random_of(const Case& the_case) {
  Hash hash;
  hash.add(the_case.input.bytes());
  visit_layers(the_case.model.root(), [&](const std::string& path, const Layer& layer) {
    hash.add(path);
    hash.add(layer.layer_class().name);
    for (const Tensor& tensor : layer.weights()) hash.add(tensor.bytes());
  });
  return Random(hash.value());
}

bool is_small(const Case& the_case) {
  return count_layers(the_case.model) <= kSmallCaseLayers;
}

std::vector<std::size_t> sample_ways(const Case& the_case, std::size_t count, std::size_t drawn, Random& random) {
  std::vector<std::size_t> ways(count);
  std::iota(ways.begin(), ways.end(), std::size_t{0});
  if (is_small(the_case) || drawn >= count) return ways;
  // The first steps of a Fisher-Yates shuffle.
  for (std::size_t i = 0; i < drawn; ++i) {
    std::swap(ways[i], ways[i + static_cast<std::size_t>(random.below(count - i))]);
  }
  ways.resize(drawn);
  return ways;
}

Result<Sequential> rebuild_stack(const Sequential& like, std::vector<Layer> layers) {
  auto model = Sequential::make(like.name(), std::move(layers));
  if (model) model->set_keras_version(like.keras_version());
  return model;
}

void renew_weights(Layer& layer, Random& random) {
  visit_layers(layer, [&](const std::string&, Layer& each) {
    for (Tensor& tensor : each.weights()) {
      // Above zero, so that it can be a variance, too.
      Tensor renewed = Tensor::uninitialized(DType::float32, tensor.dims());
      for (float& value : renewed.data<float>()) value = static_cast<float>(0.5 + random.uniform());
      tensor = cast(renewed, tensor.dtype());
    }
  });
}

std::optional<Sequential> repeat_layer(const Case& the_case, std::size_t count, Random& random) {
  std::vector<Layer> layers(the_case.model.layers().begin(), the_case.model.layers().end());
  const auto keeps_shape = [](const Layer& layer) {
    return layer.weight_elements() > 0 && layer.input_shape() == layer.output_shape() &&
           layer.input_dtype() == layer.output_dtype();
  };
  const auto found = std::ranges::find_if(layers, keeps_shape);
  if (found == layers.end()) return std::nullopt;
  std::vector<Layer> copies(count - 1, *found);
  for (Layer& copy : copies) {
    copy.set_name("");
    renew_weights(copy, random);
  }
  layers.insert(found + 1, std::make_move_iterator(copies.begin()), std::make_move_iterator(copies.end()));
  auto tower = rebuild_stack(the_case.model, std::move(layers));
  if (!tower || !tower->predict(the_case.input)) return std::nullopt;
  return std::move(*tower);
}

Result<Layer> stack_of(std::vector<Layer> layers) {
  REVIVE_ASSIGN_OR_RETURN(auto stack, Sequential::make("", std::move(layers)));
  Layer layer = std::move(stack.root());
  layer.set_name("");
  return layer;
}

std::vector<Layer> flattened(const Sequential& model) {
  std::vector<Layer> flat;
  flatten(*model.root().stack(), flat);
  return flat;
}

}  // namespace revive::properties
