// Flatten: every axis after the batch in one. Source: Keras' Flatten.
#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"

namespace revive {
namespace {

struct Flatten {
  DataFormat data_format = DataFormat::channels_last;

  Result<Built> build(const Shape& input) const {
    const std::int64_t flat = input.known_but_batch() ? input.elements_per_sample().value_or(kHuge) : kUnknown;
    return Built{Shape{input[0], flat}};
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    if (data_format == DataFormat::channels_last || x.rank() < 3) return x.reshaped(context.output);
    const std::int64_t channels = x.dim(1);
    return transpose_blocks(x, channels, channels == 0 ? 0 : context.output[1] / channels, context.output);
  }
};

}  // namespace

LayerClass flatten_class() {
  return declare<Flatten>("Flatten", Family::shaping)
      .field("data_format", &Flatten::data_format)
      .expects("an input with at least a batch axis", [](const Shape& input) { return input.rank() > 0; })
      .keeps_dtype()
      .draw([](LayerDraw& draw, Flatten& flatten) { flatten.data_format = draw.any<DataFormat>(); })
      .layer();
}

}  // namespace revive
