// ConvLSTM1D, ConvLSTM2D and ConvLSTM3D: an LSTM whose products are convolutions. Source: Keras' layers of these names.
//
// The input is (batch, steps, ...) of what a convolution takes. The kernel slides over it as the config says, the
// recurrent kernel over the state with strides of 1 and padding `same`. Gates as in LSTM: i, f, c, o in the last axis
// of the variables, and states (batch, spatial..., filters) in both data formats. Stock Keras on JAX fails on an input
// with a mask, which is refused here.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "revive/model/kernels/convolution.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/recurrent.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

constexpr std::int64_t kGates = 4;

template <std::size_t kSpatial>
struct ConvLSTMCell {
  std::int64_t filters = 1;
  IntList kernel_size = IntList(kSpatial, 1);
  IntList strides = IntList(kSpatial, 1);
  Padding padding = Padding::valid;
  DataFormat data_format = DataFormat::channels_last;
  IntList dilation_rate = IntList(kSpatial, 1);
  Activation activation = Activation::tanh;
  Activation recurrent_activation = Activation::sigmoid;
  bool use_bias = true;

  WindowList windows() const { return window_list(kernel_size, strides, dilation_rate, padding); }
  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const {
    return windowed_shape(input, windows(), data_format, filters);
  }
  // h and c.
  std::vector<Dims> states() const { return {state_, state_}; }
  Result<Tensor> step(Tensor x, std::vector<Tensor>& states, const CallContext& context) const;

 private:
  WindowList recurrent_windows() const {
    return window_list(kernel_size, IntList(kSpatial, 1), IntList(kSpatial, 1), Padding::same);
  }

  // Of one sample, once the cell is built.
  Dims state_;
};

template <std::size_t kSpatial>
Result<Built> ConvLSTMCell<kSpatial>::build(const Shape& input, const BuildContext& context) {
  const std::int64_t channels = input[spatial_axes(data_format, kSpatial).channels];
  REVIVE_ASSIGN_OR_RETURN(auto output, output_shape(input));
  const std::int64_t columns = saturating_product({kGates, filters});
  Dims kernel = kernel_size;
  kernel.insert(kernel.end(), {channels, columns});
  Dims recurrent = kernel_size;
  recurrent.insert(recurrent.end(), {filters, columns});
  const auto first = static_cast<std::ptrdiff_t>(spatial_axes(data_format, kSpatial).first);
  const auto& axes = output.axes();
  state_.assign(axes.begin() + first, axes.begin() + first + static_cast<std::ptrdiff_t>(kSpatial));
  state_.push_back(filters);
  const std::int64_t positions = positions_of(output, data_format);
  Built built{std::move(output), {{"kernel", std::move(kernel)}, {"recurrent_kernel", std::move(recurrent)}}};
  if (use_bias) built.variables.push_back({"bias", {columns}});
  const std::int64_t products = saturating_sum(convolution_cost(windows(), 1, positions, channels, columns),
                                               convolution_cost(recurrent_windows(), 1, positions, filters, columns));
  built.multiply_adds = saturating_sum(products, saturating_product({positions, columns, kScalarStep}));
  built.dtype = context.compute;
  built.activation_elements = saturating_product({positions, columns});
  return built;
}

template <std::size_t kSpatial>
Result<Tensor> ConvLSTMCell<kSpatial>::step(Tensor x, std::vector<Tensor>& states, const CallContext& context) const {
  const DType dtype = context.dtype;
  Dims dims = state_;
  dims.insert(dims.begin(), x.dim(0));
  dims.back() = kGates * filters;
  const Tensor cells = data_format == DataFormat::channels_last ? std::move(x) : channels_to_back(x);
  Tensor z = with_bias(use_bias ? &context.weights[2] : nullptr, dims, dtype, [&](Tensor& out) {
    with_real(dtype, [&]<typename T>(T) { add_convolution<T>(windows(), 1, cells, context.weights[0], out); });
  });
  with_real(dtype, [&]<typename T>(T) {
    if (is_narrow(dtype)) {
      Tensor product(z.dtype(), dims);
      add_convolution<T>(recurrent_windows(), 1, states[0], context.weights[1], product);
      round_to(dtype, product.data<T>());
      std::ranges::transform(z.data<T>(), std::as_const(product).data<T>(), z.data<T>().begin(), std::plus<T>());
      round_to(dtype, z.data<T>());
    } else {
      add_convolution<T>(recurrent_windows(), 1, states[0], context.weights[1], z);
    }
    T* const gates = z.data<T>().data();
    T* const h = states[0].data<T>().data();
    T* const c = states[1].data<T>().data();
    const auto rows = static_cast<std::int64_t>(z.size()) / (kGates * filters);
    for (std::int64_t i = 0; i < rows; ++i) {
      update_lstm(dtype, activation, recurrent_activation, filters, gates + i * kGates * filters, h + i * filters,
                  c + i * filters);
    }
  });
  return data_format == DataFormat::channels_last ? states[0] : channels_to_front(states[0]);
}

template <std::size_t kSpatial>
std::string cell_name() {
  return fmt::format("ConvLSTM{}DCell", kSpatial);
}

template <std::size_t kSpatial>
struct ConvLSTM : Recurrent {
  ConvLSTM() { cell.emplace(*find_layer_class(cell_name<kSpatial>())); }
};

// Along the axis that is last in Keras, which has the filters in one data format alone.
bool works_along_axis(Activation activation) {
  return activation == Activation::softmax || activation == Activation::log_softmax ||
         activation == Activation::sparsemax;
}

// The cell is given what the whole layer is: its steps are behind the batch.
template <std::size_t kSpatial>
void draw_cell(LayerDraw& draw, ConvLSTMCell<kSpatial>& cell) {
  constexpr std::int64_t kMostTaps = 2;
  cell.filters = draw.integer(1, 3);
  cell.padding = draw.one_of({Padding::valid, Padding::same});
  cell.data_format = draw.any<DataFormat>();
  const std::size_t first = spatial_axes(cell.data_format, kSpatial).first + draw.rank() - (kSpatial + 2);
  const auto cells = [&](std::size_t axis) { return draw.probe()[first + axis]; };
  cell.kernel_size = draw.each(kSpatial, [&](std::size_t i) { return draw.integer(1, std::min(cells(i), kMostTaps)); });
  const bool strided = draw.flag();
  IntList& factors = strided ? cell.strides : cell.dilation_rate;
  factors = draw.each(kSpatial, [&](std::size_t i) {
    const bool fits = strided || cell.padding == Padding::same || cell.kernel_size[i] * 2 - 1 <= cells(i);
    return draw.integer(1, fits ? 2 : 1);
  });
  std::vector<Activation> activations = drawn_activations(draw);
  if (cell.data_format == DataFormat::channels_first) std::erase_if(activations, works_along_axis);
  cell.activation = draw.one_of(activations);
  cell.recurrent_activation = draw.one_of(activations);
  cell.use_bias = !draw.flag();
}

// All but the batch, and the steps where there are some.
bool has_known_cells(const Shape& input, std::size_t first) {
  for (std::size_t i = first; i < input.rank(); ++i) {
    if (!input.known(i) || input[i] == 0) return false;
  }
  return true;
}

template <std::size_t kSpatial>
LayerClass cell_class() {
  using Self = ConvLSTMCell<kSpatial>;
  const Legal sizes{.minimum = 1, .items = kSpatial};
  return declare<Self>(cell_name<kSpatial>(), Family::recurrent)
      .cell()
      .field("filters", &Self::filters, {.legal = {.minimum = 1}, .required = true})
      .field("kernel_size", &Self::kernel_size, {.legal = sizes, .required = true})
      .field("strides", &Self::strides, {.legal = sizes})
      .field("padding", &Self::padding)
      .field("data_format", &Self::data_format)
      .field("dilation_rate", &Self::dilation_rate, {.legal = sizes})
      .field("activation", &Self::activation)
      .field("recurrent_activation", &Self::recurrent_activation)
      .field("use_bias", &Self::use_bias)
      .training_only(cell_training_keys())
      .rule("expected strides of 1 or a dilation_rate of 1",
            [](const Self& cell) { return strides_or_dilates(cell.strides, cell.dilation_rate); })
      .rule("expected the padding valid or same", [](const Self& cell) { return cell.padding != Padding::causal; })
      .rule(span_sentence(), [](const Self& cell) { return spans_fit(cell.windows()); })
      .rule("expected activations other than glu, and with channels first none that works along the last axis",
            [](const Self& cell) {
              const auto is_fine = [&](Activation each) {
                return each != Activation::glu &&
                       (cell.data_format == DataFormat::channels_last || !works_along_axis(each));
              };
              return is_fine(cell.activation) && is_fine(cell.recurrent_activation);
            })
      .expects(fmt::format("an input (batch, ...) of rank {} that is known but for the batch", kSpatial + 2),
               [](const Shape& input) { return input.rank() == kSpatial + 2 && has_known_cells(input, 1); })
      .draw(draw_cell<kSpatial>)
      .layer();
}

template <std::size_t kSpatial>
LayerClass conv_lstm_class() {
  // Of the recurrent layers they alone take images, where they are not to come as often as all of those do elsewhere.
  return declare_walk<ConvLSTM<kSpatial>>(fmt::format("ConvLSTM{}D", kSpatial), ChildForm::flattened,
                                          Family::convolution)
      .expects(
          fmt::format("an input (batch, steps, ...) of rank {} that is known but for batch and steps", kSpatial + 3),
          [](const Shape& input) { return input.rank() == kSpatial + 3 && input[1] != 0 && has_known_cells(input, 2); })
      .refuses_mask()
      .draw([](LayerDraw& draw, ConvLSTM<kSpatial>& layer) { draw_recurrent(draw, layer); })
      .layer();
}

}  // namespace

LayerClass conv_lstm1d_cell_class() {
  return cell_class<1>();
}
LayerClass conv_lstm2d_cell_class() {
  return cell_class<2>();
}
LayerClass conv_lstm3d_cell_class() {
  return cell_class<3>();
}
LayerClass conv_lstm1d_class() {
  return conv_lstm_class<1>();
}
LayerClass conv_lstm2d_class() {
  return conv_lstm_class<2>();
}
LayerClass conv_lstm3d_class() {
  return conv_lstm_class<3>();
}

}  // namespace revive
