// Masking: steps whose every feature equals mask_value are set to zero and masked. Source: Keras' Masking.
//
// The features are the last axis, and all axes in front of it are steps: the mask has one axis less than the input.
#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/rounding.h"

namespace revive {
namespace {

struct Masking {
  static constexpr bool kChoosesDtype = true;

  Number mask_value = 0.0;

  Result<Built> build(const Shape& input, const BuildContext& context) const {
    // What Keras makes of bools and the int 0.
    return Built{input, {}, 0, context.dtype == DType::boolean ? DType::int32 : context.dtype};
  }
  Result<Shape> output_shape(const Shape& input) const { return input; }

  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext&) const {
    const Tensor& x = input.value;
    // Ints are compared as float32, as in Keras.
    const DType compared = is_float(x.dtype()) ? x.dtype() : DType::float32;
    Tensor kept(DType::boolean, Dims(x.dims().begin(), x.dims().end() - 1));
    Tensor y = x.dtype() == DType::boolean ? cast(x, DType::int32) : x;
    if (x.size() == 0) return MaskedTensor{std::move(y), std::move(kept)};
    with_real(compared, [&]<typename T>(T) {
      const Tensor wide = cast(x, carrier_of(compared));
      T value = static_cast<T>(mask_value.as_double());
      round_to(compared, std::span(&value, 1));
      const auto features = static_cast<std::size_t>(x.dims().back());
      const std::span<bool> steps = kept.data<bool>();
      for (std::size_t step = 0; step < steps.size(); ++step) {
        const auto row = wide.data<T>().subspan(step * features, features);
        steps[step] = std::ranges::any_of(row, [&](T each) { return each != value; });
      }
    });
    const std::span<std::byte> bytes = y.bytes();
    const std::size_t step_bytes = bytes.size() / kept.size();
    for (std::size_t step = 0; step < kept.size(); ++step) {
      if (!std::as_const(kept).data<bool>()[step])
        std::ranges::fill(bytes.subspan(step * step_bytes, step_bytes), std::byte{});
    }
    return MaskedTensor{std::move(y), std::move(kept)};
  }
};

}  // namespace

LayerClass masking_class() {
  return declare<Masking>("Masking", Family::core)
      .field("mask_value", &Masking::mask_value)
      .expects("an input of rank 2 or more, whose last axis are features",
               [](const Shape& input) { return input.rank() >= 2; })
      .gives_mask([](const Masking&, bool) { return true; })
      .draw([](LayerDraw& draw, Masking& layer) { layer.mask_value = draw.one_of<Number>({0.0, -1, 0.5}); })
      .layer();
}

}  // namespace revive
