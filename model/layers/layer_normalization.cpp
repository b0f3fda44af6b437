// LayerNormalization: each sample normalised over some of its axes. Source: Keras' LayerNormalization.
//
// The arithmetic is that of model/kernels/normalize.h.
#include <algorithm>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/normalize.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/axes.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

struct LayerNormalization {
  IntList axis = {-1};
  Number epsilon = 0.001;
  bool center = true;
  bool scale = true;
  // Keras' misnomer: by the variance all the same, without mean and beta, always with gamma.
  bool rms_scaling = false;

  Result<Built> build(const Shape& input, const BuildContext& context) const;
  Result<Shape> output_shape(const Shape& input) const { return input; }
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    // Keras computes in what it is fed, and in float32 at least, whatever the policy is.
    const DType dtype = common_dtype(x.dtype(), DType::float32);
    return with_real(dtype, [&]<typename T>(T) { return cast(run<T>(cast(x, dtype), context), context.dtype); });
  }

 private:
  template <typename T>
  Tensor run(const Tensor& x, const CallContext& context) const;

  bool has_gamma() const { return scale || rms_scaling; }
  bool has_beta() const { return center && !rms_scaling; }

  // At least one; nothing where a tensor of that rank does not have them, each once.
  std::optional<std::vector<std::size_t>> axes_of(std::size_t rank) const {
    return axis.empty() ? std::nullopt : axes_from_front(axis, rank);
  }
};

Result<Built> LayerNormalization::build(const Shape& input, const BuildContext& context) const {
  const auto axes = axes_of(input.rank());
  const auto usable = [&](std::size_t at) { return at > 0 && input.known(at); };
  if (!axes || !std::ranges::all_of(*axes, usable)) {
    return fail(ErrorCode::layer_input, "",
                "LayerNormalization expects known axes " + to_string(axis) +
                    " after the batch, each once, found the shape " + to_string(input));
  }
  Dims dims;
  for (const std::size_t at : *axes) dims.push_back(input[at]);
  Built built{input, {}, 0, context.compute};
  if (has_gamma()) built.variables.push_back({"gamma", dims});
  if (has_beta()) built.variables.push_back({"beta", dims});
  built.multiply_adds = saturating_product({input.elements_per_sample().value_or(kHuge), 3, kScalarStep});
  return built;
}

// For every element of a tensor, in order, where it stands once the axes that are normalised over are the last ones.
std::vector<std::size_t> places_of(const Dims& dims, const std::vector<std::size_t>& axes) {
  const std::size_t rank = dims.size();
  std::vector<std::size_t> stride(rank, 0);
  std::size_t size = 1;
  for (const bool reduced : {true, false}) {
    for (std::size_t at = rank; at-- > 0;) {
      if (std::ranges::binary_search(axes, at) != reduced) continue;
      stride[at] = size;
      size *= static_cast<std::size_t>(dims[at]);
    }
  }
  std::vector<std::size_t> places;
  places.reserve(size);
  Dims index(rank, 0);
  std::size_t place = 0;
  for (std::size_t i = 0; i < size; ++i) {
    places.push_back(place);
    for (std::size_t at = rank; at-- > 0;) {
      place += stride[at];
      if (++index[at] < dims[at]) break;
      place -= stride[at] * static_cast<std::size_t>(dims[at]);
      index[at] = 0;
    }
  }
  return places;
}

template <typename T>
Tensor LayerNormalization::run(const Tensor& x, const CallContext& context) const {
  const auto weight = [&](std::size_t index) { return cast(context.weights[index], DTypeOf<T>::value); };
  const Tensor gamma = has_gamma() ? weight(0) : Tensor();
  const Tensor beta = has_beta() ? weight(has_gamma() ? 1 : 0) : Tensor();
  Normalizing<T> how{{}, {}, static_cast<T>(epsilon.as_double()), !rms_scaling};
  if (has_gamma()) how.gamma = gamma.data<T>();
  if (has_beta()) how.beta = beta.data<T>();

  const std::vector<std::size_t> axes = *axes_of(x.rank());
  std::int64_t columns = 1;
  for (const std::size_t at : axes) columns *= x.dim(at);
  Tensor y = Tensor::uninitialized(x.dtype(), x.dims());
  if (x.size() == 0) return y;
  const T* const in = x.data<T>().data();
  T* const out = y.data<T>().data();
  const std::int64_t rows = static_cast<std::int64_t>(x.size()) / columns;
  if (axes.front() == x.rank() - axes.size()) {
    normalize_rows(best_instructions(), how, in, out, rows, columns);
    return y;
  }
  const std::vector<std::size_t> places = places_of(x.dims(), axes);
  std::vector<T> moved(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) moved[places[i]] = in[i];
  normalize_rows(best_instructions(), how, moved.data(), moved.data(), rows, columns);
  for (std::size_t i = 0; i < places.size(); ++i) out[i] = moved[places[i]];
  return y;
}

// The last axis in both spellings, and all axes after the batch where they are known.
std::vector<IntList> drawn_axes(const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.rank());
  std::vector<IntList> axes = {{-1}, {rank - 1}};
  if (rank > 2 && shape.known_but_batch()) {
    IntList all;
    for (std::int64_t i = 1; i < rank; ++i) all.push_back(i);
    axes.push_back(std::move(all));
  }
  return axes;
}

void draw_normalization(LayerDraw& draw, LayerNormalization& layer) {
  layer.axis = draw.one_of(drawn_axes(draw.shape()));
  // Beside a row of equal values, a small epsilon turns the last bit of their mean into many.
  layer.epsilon = draw.for_keras() ? draw.one_of<Number>({0.5, 1.0}) : draw.one_of<Number>({0.001, 0.5, 1e-05, 1.0});
  layer.center = !draw.flag();
  layer.scale = !draw.flag();
  layer.rms_scaling = draw.flag();
}

}  // namespace

LayerClass layer_normalization_class() {
  return declare<LayerNormalization>("LayerNormalization", Family::normalization)
      .field("axis", &LayerNormalization::axis, {.legal = {.one_item_list = true}})
      .field("epsilon", &LayerNormalization::epsilon)
      .field("center", &LayerNormalization::center)
      .field("scale", &LayerNormalization::scale)
      .field("rms_scaling", &LayerNormalization::rms_scaling, {.since = "3.0"})
      .training_only({"beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer",
                      "beta_constraint", "gamma_constraint"})
      .expects("an input of rank 2 or more whose last axis is known",
               [](const Shape& input) { return input.rank() >= 2 && input.known(input.rank() - 1); })
      .passes_mask()
      .chooses_dtype()
      .without_autocast()
      .draw(draw_normalization)
      .layer();
}

}  // namespace revive
