// CategoryEncoding: ids as rows of zeros and ones, or of counts. Source: Keras' CategoryEncoding.
//
// one_hot makes a row of each id, in place of a last axis of length 1; multi_hot and count make one of each row of ids,
// for inputs (batch, ids) alone, because of longer ones Keras infers another shape than it gives. An id that names no
// column is an error here, where Keras' backends leave it out or have an error of their own. The output has the dtype
// of variables, although there are none.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

enum class OutputMode : std::uint8_t { one_hot, multi_hot, count };

struct CategoryEncoding {
  std::int64_t num_tokens = 1;
  OutputMode output_mode = OutputMode::multi_hot;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const;
  Result<Tensor> call(const Tensor& x, const CallContext& context) const;

 private:
  template <typename T>
  Result<Tensor> encode(const Tensor& x, const Dims& dims) const;

  DType dtype_ = DType::float32;
};

Result<Shape> CategoryEncoding::output_shape(const Shape& input) const {
  Shape output = input;
  if (output_mode == OutputMode::one_hot) {
    if (input.rank() > 1 && !input.known(input.rank() - 1)) {
      return fail(ErrorCode::layer_input, "", "one_hot expects a known last axis, found " + to_string(input));
    }
    if (input.rank() > 1 && input.back() == 1) {
      output.back() = num_tokens;
    } else {
      output.push_back(num_tokens);
    }
    return output;
  }
  if (input.rank() != 2) {
    return fail(ErrorCode::layer_input, "",
                "multi_hot and count expect an input (batch, ids), found " + to_string(input));
  }
  output.back() = num_tokens;
  return output;
}

Result<Built> CategoryEncoding::build(const Shape& input, const BuildContext& context) {
  REVIVE_ASSIGN_OR_RETURN(auto output, output_shape(input));
  dtype_ = context.variables;
  return Built{std::move(output), {}, 0, dtype_};
}

template <typename T>
Result<Tensor> CategoryEncoding::encode(const Tensor& x, const Dims& dims) const {
  const auto ids = x.data<T>();
  Tensor y(DType::float32, dims);
  const auto width = static_cast<std::size_t>(num_tokens);
  const std::size_t rows = y.size() / width;
  const std::size_t together = rows == 0 ? 0 : ids.size() / rows;
  float* row = y.data<float>().data();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const double id = static_cast<double>(ids[i]);
    if (!(id >= 0 && id < static_cast<double>(num_tokens) && id == std::floor(id))) {
      return fail(ErrorCode::input_id, "",
                  fmt::format("CategoryEncoding expects ids from 0 to {}, found {}", num_tokens - 1, ids[i]));
    }
    float& cell = row[i / together * width + static_cast<std::size_t>(id)];
    cell = output_mode == OutputMode::count ? cell + 1 : 1;
  }
  return cast(y, dtype_);
}

Result<Tensor> CategoryEncoding::call(const Tensor& x, const CallContext& context) const {
  const Tensor ids = cast(x, carrier_of(x.dtype()));
  switch (ids.dtype()) {
    case DType::int32: return encode<std::int32_t>(ids, context.output);
    case DType::int64: return encode<std::int64_t>(ids, context.output);
    case DType::boolean: return encode<bool>(ids, context.output);
    case DType::float64: return encode<double>(ids, context.output);
    default: return encode<float>(ids, context.output);
  }
}

void draw_encoding(LayerDraw& draw, CategoryEncoding& layer) {
  layer.num_tokens = draw.integer(1, 8);
  const Shape& shape = draw.shape();
  const bool one_hot = shape.rank() == 1 || shape.known(shape.rank() - 1);
  std::vector<OutputMode> modes;
  if (one_hot) modes.push_back(OutputMode::one_hot);
  if (shape.rank() == 2) modes.insert(modes.end(), {OutputMode::multi_hot, OutputMode::count});
  layer.output_mode = draw.one_of(modes);
}

}  // namespace

template <>
const EnumNames& enum_names<OutputMode>() {
  static const EnumNames names{"an output mode",
                               {"one_hot", "multi_hot", "count"},
                               {{"binary", static_cast<std::uint8_t>(OutputMode::multi_hot)}},
                               {}};
  return names;
}

LayerClass category_encoding_class() {
  return declare<CategoryEncoding>("CategoryEncoding", Family::preprocessing)
      .field("num_tokens", &CategoryEncoding::num_tokens, {.legal = {.minimum = 1}, .required = true})
      .field("output_mode", &CategoryEncoding::output_mode)
      .fixed("sparse", false)
      .expects("an input of ids with a batch axis, whose last axis is known where there are more than two",
               [](const Shape& input) {
                 return input.rank() == 1 || input.rank() == 2 || (input.rank() > 2 && input.known(input.rank() - 1));
               })
      .chooses_dtype()
      .without_autocast()
      .reads_ids("num_tokens")
      .draw(draw_encoding)
      .layer();
}

}  // namespace revive
