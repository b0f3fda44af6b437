// Bidirectional: a recurrent layer that walks forward, one that walks backward, and the two outputs merged. Source:
// Keras' Bidirectional.
//
// The backward half gives its outputs in the order of its walk, and they are turned around before they are merged. A
// half that is not there is made of the other one when the layer is built, and goes backwards. Keras lets both halves
// zero the steps that are masked where they return sequences, and not where they do not, whatever their configs say; so
// does build().
#include <algorithm>
#include <array>
#include <cstring>

#include "revive/model/declare.h"
#include "revive/model/kernels/rounding.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/kernels/steps.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

// Keras has one more, null, which gives two outputs.
enum class MergeMode : std::uint8_t { concat, sum, mul, ave };

// The flag of this key; nullptr for what does not walk steps.
bool* flag_of(Layer& layer, std::string_view key) {
  const auto ref = layer.field(key);
  bool* const* const flag = ref ? std::get_if<bool*>(&*ref) : nullptr;
  return flag != nullptr ? *flag : nullptr;
}

bool is_set(const Layer& layer, std::string_view key) {
  // Only read.
  const bool* const flag = flag_of(const_cast<Layer&>(layer), key);
  return flag != nullptr && *flag;
}

bool walks(const LayerClass& layer_class) {
  return layer_class.runs_a_cell() && !layer_class.is_cell();
}

bool walks_steps(const Layer& layer) {
  return walks(layer.layer_class());
}

struct Bidirectional {
  MergeMode merge_mode = MergeMode::concat;
  std::optional<Layer> layer;
  std::optional<Layer> backward_layer;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const {
    REVIVE_ASSIGN_OR_RETURN(auto shape, layer->layer_class().output_shape(layer->config(), input));
    return merged(std::move(shape));
  }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const;

  bool returns_sequences() const { return layer && is_set(*layer, "return_sequences"); }
  // In each of these two halves agree, or have to differ.
  bool halves_agree() const;
  bool halves_are_opposite() const;

 private:
  Shape merged(Shape half) const {
    if (merge_mode == MergeMode::concat && half.known(half.rank() - 1)) {
      half.back() = saturating_product({2, half.back()});
    }
    return half;
  }
  template <typename T>
  void merge(const Tensor& forward, const Tensor& backward, DType dtype, Tensor& output) const;
};

bool Bidirectional::halves_agree() const {
  if (!layer || !backward_layer) return true;
  return std::ranges::all_of(std::array{"return_sequences", "stateful"},
                             [&](std::string_view key) { return is_set(*layer, key) == is_set(*backward_layer, key); });
}

bool Bidirectional::halves_are_opposite() const {
  return !layer || !backward_layer || is_set(*layer, "go_backwards") != is_set(*backward_layer, "go_backwards");
}

// Of a half without a name it is the class that gives one.
std::string backward_name(const Layer& forward) {
  constexpr std::string_view kForward = "forward_";
  std::string_view name = forward.name();
  if (name.starts_with(kForward)) name.remove_prefix(kForward.size());
  return name.empty() ? "" : "backward_" + std::string(name);
}

Result<Built> Bidirectional::build(const Shape& input, const BuildContext& context) {
  if (!walks_steps(*layer)) {
    return fail(ErrorCode::layer_input, "/layer", "expected a recurrent layer, found " + describe(*layer));
  }
  if (!backward_layer) {
    backward_layer = *layer;
    *flag_of(*backward_layer, "go_backwards") = true;
    backward_layer->set_name(backward_name(*layer));
  }
  if (!walks_steps(*backward_layer)) {
    return fail(ErrorCode::layer_input, "/backward_layer",
                "expected a recurrent layer, found " + describe(*backward_layer));
  }
  if (!halves_agree() || !halves_are_opposite()) {
    return fail(ErrorCode::layer_input, "",
                "expected two layers that walk in opposite directions and give outputs of "
                "one kind");
  }
  for (Layer* const half : {&*layer, &*backward_layer}) {
    *flag_of(*half, "zero_output_for_mask") = returns_sequences();
    if (Status status = half->build(input, context.dtype, context.limits); !status) {
      return std::unexpected(status.error().within(half == &*layer ? "/layer" : "/backward_layer"));
    }
  }
  if (!(layer->output_shape() == backward_layer->output_shape())) {
    return fail(ErrorCode::layer_input, "/backward_layer",
                "expected a layer that gives " + to_string(layer->output_shape()) + " as the other does, found one " +
                    "that gives " + to_string(backward_layer->output_shape()));
  }
  return Built{merged(layer->output_shape()),
               {},
               saturating_sum(layer->multiply_adds(), backward_layer->multiply_adds()),
               context.compute};
}

template <typename T>
void Bidirectional::merge(const Tensor& forward, const Tensor& backward, DType dtype, Tensor& output) const {
  const std::span<const T> a = forward.data<T>();
  const std::span<const T> b = backward.data<T>();
  const std::span<T> y = output.data<T>();
  switch (merge_mode) {
    case MergeMode::concat: {
      const auto width = static_cast<std::size_t>(forward.dims().back());
      for (std::size_t from = 0; from < a.size(); from += width) {
        std::ranges::copy(a.subspan(from, width), y.subspan(2 * from).begin());
        std::ranges::copy(b.subspan(from, width), y.subspan(2 * from + width).begin());
      }
      break;
    }
    case MergeMode::sum: std::ranges::transform(a, b, y.begin(), std::plus<T>()); break;
    case MergeMode::mul: std::ranges::transform(a, b, y.begin(), std::multiplies<T>()); break;
    case MergeMode::ave:
      std::ranges::transform(a, b, y.begin(), std::plus<T>());
      round_to(dtype, y);
      for (T& value : y) value /= 2;
      break;
  }
}

// Step by step from the last to the first.
Tensor turned_around(const Tensor& x) {
  Tensor turned = Tensor::uninitialized(x.dtype(), x.dims());
  for (std::int64_t step = 0; step < x.dim(1); ++step) put_step(take_step(x, x.dim(1) - 1 - step), step, turned);
  return turned;
}

Result<MaskedTensor> Bidirectional::call_masked(const MaskedTensor& input, const CallContext& context) const {
  const auto run = [&](const Layer& half) -> Result<Tensor> {
    REVIVE_ASSIGN_OR_RETURN(auto output, half.call(input, context.options, context.limits));
    return cast(cast(output.value, context.dtype), carrier_of(context.dtype));
  };
  REVIVE_ASSIGN_OR_RETURN(const auto forward, run(*layer));
  REVIVE_ASSIGN_OR_RETURN(auto backward, run(*backward_layer));
  if (returns_sequences()) backward = turned_around(backward);
  MaskedTensor output{Tensor::uninitialized(forward.dtype(), context.output)};
  with_real(context.dtype, [&]<typename T>(T) { merge<T>(forward, backward, context.dtype, output.value); });
  if (returns_sequences() && context.options.recurrent_passes_mask) output.mask = input.mask;
  return output;
}

std::int64_t& units_of(Layer& layer) {
  const FieldRef ref = *layer.field("units");
  return **std::get_if<std::int64_t*>(&ref);
}

// The other half: of the same kind and size, with a config of its own.
std::optional<Layer> draw_backward(LayerDraw& draw, Layer& forward) {
  Layer backward(forward.layer_class());
  if (!backward.field("units")) return std::nullopt;
  backward.layer_class().draw(draw, backward.config());
  units_of(backward) = units_of(forward);
  *flag_of(backward, "go_backwards") = !is_set(forward, "go_backwards");
  for (const std::string_view key : {"return_sequences", "stateful", "unroll"}) {
    *flag_of(backward, key) = is_set(forward, key);
  }
  return backward;
}

void draw_bidirectional(LayerDraw& draw, Bidirectional& layer) {
  layer.merge_mode = draw.any<MergeMode>();
  layer.layer = draw.child(draw.context(), walks);
  if (layer.layer && draw.flag()) layer.backward_layer = draw_backward(draw, *layer.layer);
  // A half that Keras makes goes backwards.
  if (layer.layer && !layer.backward_layer) *flag_of(*layer.layer, "go_backwards") = false;
}

bool some_walk_takes(const Shape& input) {
  return std::ranges::any_of(layer_classes(),
                             [&](const LayerClass* each) { return walks(*each) && each->accepts(input); });
}

bool is_recurrent(const std::optional<Layer>& layer) {
  return !layer || walks_steps(*layer);
}

}  // namespace

template <>
const EnumNames& enum_names<MergeMode>() {
  static const EnumNames names{"a way to merge two outputs into one", {"concat", "sum", "mul", "ave"}, {}, {}};
  return names;
}

LayerClass bidirectional_class() {
  return declare<Bidirectional>("Bidirectional", Family::wrapper)
      .field("merge_mode", &Bidirectional::merge_mode)
      .child("layer", &Bidirectional::layer, {.weights_key = "forward_layer"})
      .child("backward_layer", &Bidirectional::backward_layer, {.may_be_null = true, .weights_key = "backward_layer"})
      .rule("expected recurrent layers",
            [](const Bidirectional& both) { return is_recurrent(both.layer) && is_recurrent(both.backward_layer); })
      .rule("expected one layer that goes forwards and one that goes backwards",
            [](const Bidirectional& both) { return both.halves_are_opposite(); })
      .rule("expected two layers with the same return_sequences and stateful",
            [](const Bidirectional& both) { return both.halves_agree(); })
      .expects("an input that a recurrent layer takes", some_walk_takes)
      .reads_mask()
      .gives_mask([](const Bidirectional& both, bool masked) { return masked && both.returns_sequences(); })
      .draw(draw_bidirectional)
      .layer();
}

}  // namespace revive
