// Discretization: numbers as the bins they fall into. Source: Keras' Discretization.
//
// The bin of a number is how many boundaries are not above it; a NaN is above all of them. Boundaries are compared as
// float32. The bins come as int32, or encoded: one_hot makes a row of each, in place of a last axis of length 1;
// multi_hot and count make one row of all along the axis behind the batch. A layer that was never adapted has no
// boundaries and is refused. Its config has a plain dtype and no `trainable`, which its constructor does not take.
#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

enum class BinMode : std::uint8_t { bin, one_hot, multi_hot, count };

struct Discretization {
  // Null in the config of a layer that was never adapted.
  std::optional<Numbers> bin_boundaries = Numbers(std::vector<Number>{});
  std::optional<std::int64_t> num_bins;
  Number epsilon = 0.01;
  BinMode output_mode = BinMode::bin;
  DType dtype = DType::float32;

  std::int64_t depth() const { return static_cast<std::int64_t>(bin_boundaries->items.size()) + 1; }
  Result<Built> build(const Shape& input, const BuildContext&) const {
    REVIVE_ASSIGN_OR_RETURN(auto output, output_shape(input));
    return Built{std::move(output), {}, 0, output_mode == BinMode::bin ? DType::int32 : dtype};
  }
  Result<Shape> output_shape(const Shape& input) const;
  Result<Tensor> call(const Tensor& x, const CallContext& context) const;
};

Result<Shape> Discretization::output_shape(const Shape& input) const {
  Shape output = input;
  switch (output_mode) {
    case BinMode::bin: break;
    case BinMode::one_hot:
      if (input.rank() > 1 && !input.known(input.rank() - 1)) {
        return fail(ErrorCode::layer_input, "", "one_hot expects a known last axis, found " + to_string(input));
      }
      if (input.rank() > 1 && input.back() == 1) {
        output.back() = depth();
      } else {
        output.push_back(depth());
      }
      break;
    case BinMode::multi_hot:
    case BinMode::count: {
      if (input.rank() < 2) {
        return fail(ErrorCode::layer_input, "",
                    "multi_hot and count expect an axis after the batch, found " + to_string(input));
      }
      output = Shape{input[0]};
      for (std::size_t i = 2; i < input.rank(); ++i) output.push_back(input[i]);
      output.push_back(depth());
      break;
    }
  }
  return output;
}

Result<Tensor> Discretization::call(const Tensor& x, const CallContext& context) const {
  const Tensor wide = cast(x, DType::float32);
  const auto in = wide.data<float>();
  std::vector<float> boundaries;
  for (const Number& each : bin_boundaries->items) boundaries.push_back(each.as_float());
  const auto bin_of = [&](float value) {
    const auto above = std::ranges::find_if(boundaries, [&](float boundary) { return value < boundary; });
    return static_cast<std::size_t>(above - boundaries.begin());
  };
  if (output_mode == BinMode::bin) {
    Tensor bins = Tensor::uninitialized(DType::int32, x.dims());
    std::ranges::transform(in, bins.data<std::int32_t>().begin(),
                           [&](float value) { return static_cast<std::int32_t>(bin_of(value)); });
    return bins;
  }
  const bool merges = output_mode != BinMode::one_hot;
  const auto width = static_cast<std::size_t>(depth());
  // Which row an element goes to: one of its own, or that of the others along the axis behind the batch.
  const auto along = static_cast<std::size_t>(merges ? x.dim(1) : 1);
  std::size_t inner = 1;
  for (std::size_t i = 2; merges && i < x.rank(); ++i) inner *= static_cast<std::size_t>(x.dim(i));
  Tensor rows(DType::float32, context.output);
  const auto out = rows.data<float>();
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::size_t row = i / (along * inner) * inner + i % inner;
    float& cell = out[row * width + bin_of(in[i])];
    cell = output_mode == BinMode::count ? cell + 1 : 1;
  }
  return cast(rows, dtype);
}

void draw_discretization(LayerDraw& draw, Discretization& layer) {
  // Where no activation has its favourite values, so that the last bits of a number do not decide.
  const std::int64_t count = draw.integer(0, 4);
  std::vector<Number> boundaries;
  for (std::int64_t i = 0; i < count; ++i) {
    boundaries.emplace_back(-0.73 + 0.41 * static_cast<double>(i));
  }
  if (draw.flag()) boundaries.emplace_back(7);
  // Keras writes both and its constructor takes one.
  if (draw.flag_if(!draw.for_keras())) layer.num_bins = static_cast<std::int64_t>(boundaries.size()) + 1;
  layer.bin_boundaries = Numbers(std::move(boundaries));
  layer.epsilon = draw.one_of<Number>({0.01, 0.5});
  std::vector<BinMode> modes = {BinMode::bin};
  if (draw.rank() == 1 || draw.shape().known(draw.rank() - 1)) modes.push_back(BinMode::one_hot);
  if (draw.rank() > 1) modes.insert(modes.end(), {BinMode::multi_hot, BinMode::count});
  layer.output_mode = draw.one_of(modes);
  if (!draw.for_keras()) layer.dtype = draw.one_of({DType::float32, DType::float16, DType::float64});
}

bool ascends(const Discretization& layer) {
  return std::ranges::is_sorted(layer.bin_boundaries->items, {}, [](const Number& each) { return each.as_double(); });
}

}  // namespace

template <>
const EnumNames& enum_names<BinMode>() {
  static const EnumNames names{"an output mode", {"int", "one_hot", "multi_hot", "count"}, {}, {}};
  return names;
}

LayerClass discretization_class() {
  return declare<Discretization>("Discretization", Family::preprocessing)
      .field("bin_boundaries", &Discretization::bin_boundaries, {.required = true})
      .field("num_bins", &Discretization::num_bins, {.legal = {.minimum = 0}})
      .field("epsilon", &Discretization::epsilon)
      .field("output_mode", &Discretization::output_mode)
      .field("dtype", &Discretization::dtype)
      .fixed("sparse", false)
      .rule("expected bin_boundaries: it was never adapted to data",
            [](const Discretization& layer) { return layer.bin_boundaries.has_value(); })
      .rule("expected bin_boundaries as a list, in ascending order",
            [](const Discretization& layer) { return layer.bin_boundaries->is_list && ascends(layer); })
      .rule("expected the dtype of a float", [](const Discretization& layer) { return is_float(layer.dtype); })
      .expects("an input with at least a batch axis", [](const Shape& input) { return input.rank() > 0; })
      .without_policy()
      .chooses_dtype()
      .draw(draw_discretization)
      .layer();
}

}  // namespace revive
