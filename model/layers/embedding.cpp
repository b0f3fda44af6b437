// Embedding: a row of the table for every id. Source: Keras' Embedding and ReversibleEmbedding, which is the same in a
// stack, where nothing calls it in reverse.
//
// Ids that are no ints are cut to whole numbers as Keras cuts them (0.9 is id 0). An id that names no row
// is an error here, where Keras' backends give NaN, a row counted from the end or an error of their own. The mask is
// made from the ids before they are cut, also as in Keras: 0.5 is not padding.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

template <bool kReversible>
struct EmbeddingOf {
  std::int64_t input_dim = 1;
  std::int64_t output_dim = 1;
  bool mask_zero = false;
  // Whether it is reversed by the same table.
  bool tie_weights = true;

  Result<Built> build(const Shape& input, const BuildContext& context) const {
    Built built{*output_shape(input), {{"embeddings", {input_dim, output_dim}}}, 0, context.compute};
    if (!tie_weights) built.variables.push_back({"reverse_embeddings", {output_dim, input_dim}});
    return built;
  }
  Result<Shape> output_shape(const Shape& input) const {
    Shape output = input;
    output.push_back(output_dim);
    return output;
  }

  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    const Tensor ids = cast(input.value, carrier_of(input.value.dtype()));
    switch (ids.dtype()) {
      case DType::int32: return look_up<std::int32_t>(ids, context);
      case DType::int64: return look_up<std::int64_t>(ids, context);
      case DType::boolean: return look_up<bool>(ids, context);
      case DType::float64: return look_up<double>(ids, context);
      default: return look_up<float>(ids, context);
    }
  }

 private:
  // The row that `id` names, or nothing.
  template <typename T>
  std::optional<std::int64_t> row_of(T id) const {
    if constexpr (std::is_floating_point_v<T>) {
      // Written so that a NaN fails; what passes fits an int64.
      if (!(std::trunc(id) >= 0 && std::trunc(id) < static_cast<T>(0x1p62))) return std::nullopt;
    }
    const auto row = static_cast<std::int64_t>(id);
    return row >= 0 && row < input_dim ? std::optional(row) : std::nullopt;
  }

  template <typename T>
  Result<MaskedTensor> look_up(const Tensor& x, const CallContext& context) const {
    const auto ids = x.data<T>();
    // Rows are moved, whatever the type of their elements.
    const std::size_t width = static_cast<std::size_t>(output_dim) * size_of(context.weights[0].dtype());
    const std::byte* table = context.weights[0].bytes().data();
    MaskedTensor output{Tensor::uninitialized(context.weights[0].dtype(), context.output)};
    std::byte* out = output.value.bytes().data();
    for (std::size_t i = 0; i < ids.size(); ++i, out += width) {
      const auto row = row_of(ids[i]);
      if (!row) {
        return fail(ErrorCode::input_id, "",
                    fmt::format("Embedding expects ids from 0 to {}, found {} at {}", input_dim - 1, ids[i],
                                to_string(position(i, x.dims()))));
      }
      std::copy_n(table + static_cast<std::size_t>(*row) * width, width, out);
    }
    if (mask_zero) {
      Tensor mask = Tensor::uninitialized(DType::boolean, x.dims());
      std::ranges::transform(ids, mask.data<bool>().begin(), [](T id) { return id != T{}; });
      output.mask = std::move(mask);
    }
    output.value = cast(output.value, context.dtype);
    return output;
  }

  static Dims position(std::size_t index, const Dims& dims) {
    Dims at(dims.size());
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      const auto length = static_cast<std::size_t>(dims[axis]);
      at[axis] = static_cast<std::int64_t>(index % length);
      index /= length;
    }
    return at;
  }
};

using Embedding = EmbeddingOf<false>;
using ReversibleEmbedding = EmbeddingOf<true>;

template <typename Self>
Declaration<Self> declare_embedding(std::string name) {
  auto embedding = declare<Self>(std::move(name), Family::embedding);
  embedding.field("input_dim", &Self::input_dim, {.legal = {.minimum = 1}, .required = true})
      .field("output_dim", &Self::output_dim, {.legal = {.minimum = 1}, .required = true})
      .field("mask_zero", &Self::mask_zero)
      // input_length is what Keras 2 wrote; it says nothing that the input shape does not.
      .training_only({"embeddings_initializer", "embeddings_regularizer", "activity_regularizer",
                      "embeddings_constraint", "input_length", "lora_rank", "lora_alpha"})
      .fixed("quantization_config", {})
      .chooses_dtype()
      .without_autocast()
      .reads_ids("input_dim")
      .gives_mask([](const Self& layer, bool) { return layer.mask_zero; });
  return embedding;
}

template <typename Self>
void draw_embedding(LayerDraw& draw, Self& layer) {
  // Now and then a table of more elements than 16 bits count.
  constexpr std::size_t kTables = 8;
  constexpr std::int64_t kLongTable = 65'536;
  const bool is_long = draw.alternative(kTables) == kTables - 1;
  layer.input_dim = draw.integer(1, 8);
  layer.output_dim = draw.integer(1, 8);
  if (is_long) layer.input_dim += kLongTable / layer.output_dim;
  // A mask of more axes than the steps fits few of the layers that follow.
  layer.mask_zero = draw.flag_if(draw.rank() == 2);
}

}  // namespace

LayerClass embedding_class() {
  return declare_embedding<Embedding>("Embedding").draw(draw_embedding<Embedding>).layer();
}

LayerClass reversible_embedding_class() {
  return declare_embedding<ReversibleEmbedding>("ReversibleEmbedding")
      .field("tie_weights", &ReversibleEmbedding::tie_weights)
      .training_only({"reverse_dtype", "logit_soft_cap"})
      .draw([](LayerDraw& draw, ReversibleEmbedding& layer) {
        draw_embedding(draw, layer);
        layer.tie_weights = draw.flag();
      })
      .layer();
}

}  // namespace revive
