#include "revive/properties/generate/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "revive/model/base/random.h"
#include "revive/model/tensor/element.h"
#include "revive/model/tensor/element_type.h"

namespace revive::properties {
namespace {

constexpr SpanLabel kSpecialLabel = "special value";
constexpr SpanLabel kWeightsLabel = "weights";
constexpr SpanLabel kInputLabel = "input";
constexpr std::size_t kMostSpecials = 6;

// One case in so many has a batch as long as a large tensor takes, whose elements are more than one of these counts:
// where libraries change their algorithm, buffers are full and counters wrap.
constexpr std::uint32_t kLargeShare = 18;
constexpr std::array<std::int64_t, 5> kLargeSizes = {512, 1'000, 1'024, 4'096, 65'536};
constexpr std::array<std::uint32_t, 5> kLargeWeights = {1, 1, 1, 1, 8};

// The least count of ids that a layer of the model knows; nothing when no layer reads ids.
std::optional<std::int64_t> known_ids(const Sequential& model) {
  std::optional<std::int64_t> count;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    const std::string_view key = layer.layer_class().ids_field;
    if (key.empty() || count) return;
    const FieldRef ref = layer.ref(*layer.layer_class().field(key));
    count = **std::get_if<std::int64_t*>(&ref);
  });
  return count;
}

// Elements a sample of the largest input or output of a layer.
std::int64_t largest_value(const Sequential& model) {
  std::int64_t largest = 1;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    if (layer.output_shape().rank() == 0) return;
    const Dims dims = layer.output_shape().concrete(1, kUnknownAxisSize);
    largest = std::max(largest, element_count(dims).value_or(largest));
  });
  return largest;
}

// 1, 2, 3, ..., which can be told apart by eye.
void count_up(Tensor& tensor) {
  Tensor counted = Tensor::uninitialized(DType::float32, tensor.dims());
  double next = 1;
  for (float& value : counted.data<float>()) value = static_cast<float>(next++);
  tensor = cast(counted, tensor.dtype());
}

// The bits of a float32 stay; to another dtype it is rounded.
void set_real(Tensor& tensor, std::size_t index, float value) {
  if (tensor.dtype() == DType::float32) {
    tensor.data<float>()[index] = value;
  } else {
    set_element(tensor, index, Value(static_cast<double>(value)));
  }
}

Tensor uniform_input(const Dims& dims, Random& random) {
  Tensor tensor = Tensor::uninitialized(DType::float32, dims);
  for (float& value : tensor.data<float>()) value = static_cast<float>(2 * random.uniform() - 1);
  return tensor;
}

Tensor id_input(const Dims& dims, std::uint64_t seed, std::int64_t ids, Random& random) {
  Tensor tensor = Tensor::uninitialized(DType::int32, dims);
  std::uint64_t next = 0;
  const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(ids, 1));
  for (std::int32_t& id : tensor.data<std::int32_t>()) {
    id = static_cast<std::int32_t>(seed == 0 ? next++ % count : random.below(count));
  }
  return tensor;
}

// A tensor that may hold special floats.
struct Slot {
  Tensor* tensor;
  bool non_negative;
};

class NumberGenerator {
 public:
  NumberGenerator(Choices& choices, Profile profile) : choices_(choices), profile_(profile) {}

  void weights(Sequential& model) {
    const Choices::Scope scope(choices_, kWeightsLabel);
    const std::uint64_t seed = draw_seed();
    model.initialize(seed);
    std::vector<Slot> slots;
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      // What zeros make of an infinite kernel depends on Keras' backend: those between the steps of a transposed
      // convolution, and those that a recurrent one begins with.
      // A walk has the fields of its cell, and its weights.
      const bool meets_zeros =
          layer.field("output_padding") || (layer.field("kernel_size") && layer.field("recurrent_activation"));
      const bool is_tame = profile_ == Profile::specials && meets_zeros;
      for (std::size_t i = 0; i < layer.weights().size(); ++i) {
        Tensor& tensor = layer.weights()[i];
        if (seed == 0) count_up(tensor);
        if (!is_tame && tensor.size() > 0 && is_float(tensor.dtype()))
          slots.push_back({&tensor, layer.variables()[i].non_negative});
      }
    });
    specials(slots);
  }

  Tensor input(const Sequential& model) {
    const Choices::Scope scope(choices_, kInputLabel);
    Dims dims = model.input_shape().concrete(kBatch, kUnknownAxisSize);
    const std::int64_t batch = draw_batch(model);
    if (!dims.empty() && !model.input_shape().known(0)) dims[0] = batch;
    const std::uint64_t seed = draw_seed();
    Random random(seed);
    if (const auto ids = known_ids(model)) {
      choices_.pass();
      return cast(id_input(dims, seed, *ids, random), model.input_dtype());
    }
    Tensor tensor = uniform_input(dims, random);
    if (seed == 0) count_up(tensor);
    if (profile_ != Profile::wild) {
      // Sums and products of a few such numbers are exact, in whatever order and with whatever fused instructions.
      constexpr float kGrid = 64;
      for (float& value : tensor.data<float>()) value = std::round(value * kGrid) / kGrid;
    }
    specials(tensor.size() > 0 ? std::vector<Slot>{{&tensor, false}} : std::vector<Slot>());
    return cast(tensor, model.input_dtype());
  }

 private:
  // As many samples as make the largest value of the model large, mostly kBatch. Drawn where the model fixes its batch,
  // too, which would count as simpler otherwise.
  std::int64_t draw_batch(const Sequential& model) {
    if (!choices_.flag(1, kLargeShare)) {
      choices_.pass();
      return kBatch;
    }
    const std::int64_t size = kLargeSizes[choices_.pick(kLargeWeights)];
    return std::max(kBatch, size / largest_value(model) + 1);
  }

  // Tame numbers come from a seed other than 0, whose 1, 2, 3, ... grow beyond the bounds.
  std::uint64_t draw_seed() {
    const std::uint64_t seed = choices_.draw(0xFFFF);
    return seed == 0 && profile_ != Profile::wild ? 1 : seed;
  }

  void specials(const std::vector<Slot>& slots) {
    if (slots.empty() || profile_ == Profile::tame) return choices_.pass();
    if (!choices_.flag(3, 4)) return;
    choices_.list(kSpecialLabel, 1, kMostSpecials, [&](std::size_t) {
      const auto which = static_cast<std::size_t>(choices_.draw(slots.size() - 1));
      const Slot& slot = slots[which];
      const auto element = static_cast<std::size_t>(choices_.draw(slot.tensor->size() - 1));
      set_real(*slot.tensor, element, choices_.float32());
    });
  }

  Choices& choices_;
  Profile profile_;
};

}  // namespace

void draw_weights(Sequential& model, Choices& choices, Profile profile) {
  NumberGenerator(choices, profile).weights(model);
}

Tensor draw_input(const Sequential& model, Choices& choices, Profile profile) {
  return NumberGenerator(choices, profile).input(model);
}

Result<Tensor> default_input(const Sequential& model, const Limits& limits) {
  const Dims dims = model.input_shape().concrete(kBatch, kUnknownAxisSize);
  const auto elements = element_count(dims);
  // Where the batch is this function's choice, it does not count.
  const bool free_batch = !dims.empty() && !model.input_shape().known(0);
  const std::uint64_t samples = free_batch ? kBatch : 1;
  if (!elements || static_cast<std::uint64_t>(*elements) / samples > limits.activation_elements) {
    return fail(ErrorCode::limit_exceeded, model.name(),
                fmt::format("an input of {} has more than {} elements a {} (Limits::activation_elements)",
                            to_string(dims), limits.activation_elements, free_batch ? "sample" : "batch"));
  }
  Random random(0);
  const auto ids = known_ids(model);
  return cast(ids ? id_input(dims, 0, *ids, random) : uniform_input(dims, random), model.input_dtype());
}

}  // namespace revive::properties
