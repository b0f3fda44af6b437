// Rescaling: x * scale + offset, for images above all. Source: Keras' Rescaling.
//
// A list is one number for each channel, which is the last axis.
#include <fmt/format.h>

#include "revive/model/declare.h"
#include "revive/model/kernels/rounding.h"
#include "revive/model/kernels/shared.h"

namespace revive {
namespace {

// One for all channels, or as many as there are.
bool fits(const Numbers& numbers, const Shape& input) {
  const std::size_t count = numbers.items.size();
  return !numbers.is_list || count == 1 ||
         (input.rank() > 1 && input.known(input.rank() - 1) && input.back() == static_cast<std::int64_t>(count));
}

struct Rescaling {
  Numbers scale = Number(1.0);
  Numbers offset = Number(0.0);

  Result<Built> build(const Shape& input) const {
    for (const Numbers* const numbers : {&scale, &offset}) {
      if (fits(*numbers, input)) continue;
      return fail(ErrorCode::layer_input, "",
                  fmt::format("Rescaling expects {} channels, as it has numbers, or one number, found the shape {}",
                              numbers->items.size(), to_string(input)));
    }
    return Built{input};
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    Tensor y = x;
    with_real(context.dtype, [&]<typename T>(T) {
      const std::vector<T> factors = as<T>(scale, context.dtype);
      const std::vector<T> offsets = as<T>(offset, context.dtype);
      const std::span<T> values = y.data<T>();
      for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factors[i % factors.size()];
      round_to(context.dtype, values);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] += offsets[i % offsets.size()];
    });
    return y;
  }

 private:
  template <typename T>
  static std::vector<T> as(const Numbers& numbers, DType dtype) {
    std::vector<T> values;
    for (const Number& item : numbers.items) values.push_back(static_cast<T>(item.as_double()));
    round_to(dtype, std::span(values));
    return values;
  }
};

Numbers draw_numbers(LayerDraw& draw, std::initializer_list<Number> items) {
  const Number one = draw.one_of(items);
  const bool channels = draw.rank() > 1 && draw.shape().known(draw.rank() - 1);
  if (!draw.flag_if(channels)) return one;
  std::vector<Number> list;
  for (std::int64_t i = 0; i < draw.shape().back(); ++i) list.push_back(draw.one_of(items));
  return Numbers(std::move(list));
}

}  // namespace

LayerClass rescaling_class() {
  return declare<Rescaling>("Rescaling", Family::preprocessing)
      .field("scale", &Rescaling::scale, {.required = true})
      .field("offset", &Rescaling::offset, {.required = true})
      .rule("expected at least one number in the lists scale and offset",
            [](const Rescaling& layer) { return !layer.scale.items.empty() && !layer.offset.items.empty(); })
      .passes_mask()
      .draw([](LayerDraw& draw, Rescaling& layer) {
        layer.scale = draw_numbers(draw, {1.0, 1.0 / 255, 2, -0.5});
        layer.offset = draw_numbers(draw, {0.0, -1, 0.25});
      })
      .layer();
}

}  // namespace revive
