// EinsumDense: a product with a kernel along named axes, a bias, an activation. Source: Keras' EinsumDense.
//
// The equation has one of three forms: "ab,bc->ac", "...x,xy->...y" and "ab...,bc->ac...". output_shape says how long
// the axes of the output are behind the batch, those under "..." left out; null where the equation tells. What stays
// null is unknown to the layers that follow, in Keras and so here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/activation.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/draw_activation.h"
#include "revive/model/ops/einsum.h"
#include "revive/model/tensor/broadcast.h"

namespace revive {
namespace {

using ops::Subscripts;

struct EinsumDense {
  std::string equation;
  Shape partial_shape;
  Activation activation = Activation::linear;
  std::optional<std::string> bias_axes;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const;
  Result<Tensor> call(const Tensor& x, const CallContext& context) const;

 private:
  // What Keras takes the output's shape to be.
  Result<Shape> declared_shape(const Subscripts& subscripts, const Shape& input) const;
  Result<Dims> bias_dims(const Subscripts& subscripts, const Shape& input, const Shape& output) const;
  Result<Shape> product_shape(const Subscripts& subscripts, const Shape& input) const;

  // Once the layer is built.
  Dims kernel_;
};

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::layer_input, "", std::move(message));
}

// Keras' three forms, of all that an einsum can say.
Result<Subscripts> parse_equation(const std::string& equation) {
  auto subscripts = ops::parse_subscripts(equation, ops::Letters::any);
  const auto has_form = [&] {
    if (!subscripts || subscripts->operands.size() != 2 || !equation.contains("->")) return false;
    const auto& [x, kernel] = std::pair(subscripts->operands[0], subscripts->operands[1]);
    const auto& output = subscripts->output;
    constexpr std::size_t kLeastInFront = 2;
    if (kernel.ellipsis || kernel.head.empty() || x.ellipsis != output.ellipsis) return false;
    if (!x.ellipsis) return !x.head.empty() && !output.head.empty();
    const bool left = x.head.empty() && output.head.empty() && !x.tail.empty() && !output.tail.empty();
    const bool right = x.tail.empty() && output.tail.empty() && x.head.size() >= kLeastInFront && !output.head.empty();
    return left || right;
  };
  if (has_form()) return subscripts;
  return wrong(fmt::format("expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found {}",
                           Value(equation).brief()));
}

std::string letters_of(const Subscripts::Term& term) {
  return term.head + term.tail;
}

// Which axes of a tensor of `rank` the letters of a term name.
std::size_t first_axis(const Subscripts::Term& term, std::size_t rank) {
  return term.ellipsis && term.head.empty() ? rank - term.tail.size() : 0;
}

// Where a term has the letter among the axes of `shape`; nothing where it has none.
std::optional<std::int64_t> length_of(const Subscripts::Term& term, char letter, const Shape& shape) {
  const std::size_t at = letters_of(term).find(letter);
  if (at == std::string::npos) return std::nullopt;
  return shape[first_axis(term, shape.rank()) + at];
}

Result<Shape> EinsumDense::declared_shape(const Subscripts& subscripts, const Shape& input) const {
  const auto& x = subscripts.operands[0];
  const auto& output = subscripts.output;
  const std::size_t named = letters_of(x).size();
  if (input.rank() < named + (x.ellipsis && x.head.empty() ? 1 : 0) || (!x.ellipsis && input.rank() != named)) {
    return wrong(fmt::format("the equation {} does not fit an input of shape {}", equation, to_string(input)));
  }
  const std::size_t hidden = input.rank() - named;
  Shape shape{input[0]};
  const bool left = x.ellipsis && x.head.empty();
  for (std::size_t i = 1; left && i < hidden; ++i) shape.push_back(input[i]);
  for (const std::int64_t axis : partial_shape.axes()) shape.push_back(axis);
  for (std::size_t i = named; x.ellipsis && !left && i < input.rank(); ++i) shape.push_back(input[i]);
  const std::size_t rank = letters_of(output).size() + hidden;
  if (shape.rank() == rank) return shape;
  return wrong(
      fmt::format("expected an output_shape that makes a shape of {} axes for the equation {}, found one of {}", rank,
                  equation, to_string(shape)));
}

Result<Dims> EinsumDense::bias_dims(const Subscripts& subscripts, const Shape& input, const Shape& output) const {
  const auto& term = subscripts.output;
  const std::string letters = letters_of(term);
  std::size_t first = letters.size();
  for (const char letter : *bias_axes) first = std::min(first, letters.find(letter));
  const bool all_named = std::ranges::all_of(*bias_axes, [&](char letter) { return letters.contains(letter); });
  if (!all_named || first == letters.size()) {
    return wrong(fmt::format("expected bias_axes among the letters of the output {}, found {}", letters,
                             Value(*bias_axes).brief()));
  }
  Dims dims;
  for (const char letter : letters.substr(first)) {
    dims.push_back(bias_axes->contains(letter) ? *length_of(term, letter, output) : 1);
  }
  const bool right = term.ellipsis && term.tail.empty();
  if (right) dims.insert(dims.end(), input.rank() - letters_of(subscripts.operands[0]).size(), 1);
  if (std::ranges::find(dims, kUnknown) == dims.end()) return dims;
  return wrong(fmt::format("expected bias_axes of known length, found {} of {}", *bias_axes, to_string(output)));
}

// The lengths of the product's axes. The batch has to stay as it is: an axis of its own, in front.
Result<Shape> EinsumDense::product_shape(const Subscripts& subscripts, const Shape& input) const {
  const std::array shapes = {input, Shape(kernel_)};
  const auto labels = subscripts.labels(shapes);
  if (!labels) return wrong(labels.error().message);
  const auto& contraction = *labels;
  std::map<ops::Contraction::Label, std::int64_t> lengths;
  std::size_t batches = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    for (std::size_t axis = 0; axis < shapes[i].rank(); ++axis) {
      const auto label = contraction.operands[i][axis];
      if (label == contraction.operands[0][0]) ++batches;
      std::int64_t& length = lengths.try_emplace(label, shapes[i][axis]).first->second;
      if (length == kUnknown) length = shapes[i][axis];
      if (shapes[i].known(axis) && shapes[i][axis] != length) {
        return wrong(
            fmt::format("the equation {} gives one letter to axes of {} and of {}", equation, length, shapes[i][axis]));
      }
    }
  }
  if (batches != 1 || contraction.output.empty() || contraction.output[0] != contraction.operands[0][0]) {
    return wrong(fmt::format("expected an equation that leaves the batch in front, found {}", equation));
  }
  Shape shape;
  for (const auto label : contraction.output) shape.push_back(lengths.at(label));
  return shape;
}

Result<Built> EinsumDense::build(const Shape& input, const BuildContext&) {
  REVIVE_ASSIGN_OR_RETURN(const auto subscripts, parse_equation(equation));
  REVIVE_ASSIGN_OR_RETURN(const auto output, declared_shape(subscripts, input));
  kernel_.clear();
  for (const char letter : subscripts.operands[1].head) {
    auto length = length_of(subscripts.output, letter, output);
    if (!length) length = length_of(subscripts.operands[0], letter, input);
    if (!length || *length == kUnknown) {
      return wrong(
          fmt::format("expected every axis of the kernel in {} to have a length in the output_shape or in the "
                      "input, found none for {}",
                      equation, letter));
    }
    kernel_.push_back(*length);
  }
  REVIVE_ASSIGN_OR_RETURN(const auto product, product_shape(subscripts, input));
  for (std::size_t i = 0; i < product.rank(); ++i) {
    if (output.known(i) && product.known(i) && output[i] != product[i]) {
      return wrong(fmt::format("expected an output_shape that agrees with the output {} of the equation {}, found {}",
                               to_string(product), equation, to_string(output)));
    }
  }
  Built built{output, {{"kernel", kernel_}}};
  if (bias_axes) {
    REVIVE_ASSIGN_OR_RETURN(auto dims, bias_dims(subscripts, input, output));
    built.variables.push_back({"bias", std::move(dims)});
  }
  const std::array shapes = {input, Shape(kernel_)};
  // product_shape() has asked for them before.
  const auto contraction = subscripts.labels(shapes).value();
  const std::int64_t cost = ops::multiply_adds_of(contraction, shapes);
  return with_activation(std::move(built), activation, cost);
}

Result<Shape> EinsumDense::output_shape(const Shape& input) const {
  REVIVE_ASSIGN_OR_RETURN(const auto subscripts, parse_equation(equation));
  REVIVE_ASSIGN_OR_RETURN(const auto shape, product_shape(subscripts, input));
  auto activated = activation_shape(activation, shape);
  if (!activated) return wrong("the activation cannot take the shape " + to_string(shape));
  return *std::move(activated);
}

void add_bias(const Tensor& bias, Tensor& y) {
  with_real(y.dtype(), [&]<typename T>(T) {
    const T* const from = bias.data<T>().data();
    T* const to = y.data<T>().data();
    const BroadcastLoops loops(y.dims(), bias.dims());
    loops.for_each_run([&](std::size_t, std::size_t, std::size_t at, std::size_t step, std::size_t out, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) to[out + i] += from[at + i * step];
    });
  });
}

void round_values(DType dtype, Tensor& y) {
  if (is_narrow(dtype)) round_to(dtype, y.data<float>());
}

Result<Tensor> EinsumDense::call(const Tensor& x, const CallContext& context) const {
  REVIVE_ASSIGN_OR_RETURN(const auto subscripts, parse_equation(equation));
  const std::array shapes = {Shape(x.dims()), Shape(kernel_)};
  REVIVE_ASSIGN_OR_RETURN(const auto contraction, subscripts.labels(shapes));
  REVIVE_ASSIGN_OR_RETURN(auto shape, product_shape(subscripts, shapes[0]));
  const std::array<Argument, 2> operands = {NodeRef{0}, NodeRef{1}};
  const std::array values = {x, context.weights[0]};
  Tensor y = ops::evaluate_contraction(contraction, {x.dtype(), std::move(shape)}, operands, values);
  round_values(context.dtype, y);
  if (bias_axes) {
    add_bias(context.weights[1], y);
    round_values(context.dtype, y);
  }
  return apply(activation, std::move(y));
}

struct Form {
  std::string equation;
  // Behind the batch; -1 is a length of its own.
  Shape output;
};

// The product over the last axis, with a letter for every axis.
Form written_out(const Shape& shape, std::int64_t own) {
  std::string axes;
  for (std::size_t i = 0; i < shape.rank(); ++i) axes += static_cast<char>('a' + i);
  Form form{fmt::format("{},{}z->{}z", axes, axes.back(), axes.substr(0, axes.size() - 1)), {}};
  for (std::size_t i = 1; i + 1 < shape.rank(); ++i) form.output.push_back(shape[i]);
  form.output.push_back(own);
  return form;
}

// Equations that an input of this shape fits, of few axes.
std::vector<Form> drawn_forms(const Shape& shape, bool for_keras) {
  // Even, for the activation that halves it.
  constexpr std::int64_t kOwn = 4;
  std::vector<Form> forms;
  if (shape.rank() == 1) return {{"a,b->ab", {kOwn}}};
  if (shape.rank() == 2) forms.push_back({"ab,bc->ac", {kOwn}});
  if (shape.rank() == 3) {
    forms.push_back({"abc,cd->abd", {kUnknown, kOwn}});
    forms.push_back({"abc,cd->abd", {shape[1], kOwn}});
    forms.push_back({"abc,cde->adeb", {kOwn, 2, shape[1]}});
    if (shape.known(1)) forms.push_back({"ab...,bc->ac...", {kOwn}});
  }
  // Keras infers the axes of an ellipsis in reversed order, and then does not run what comes behind.
  const bool reversed = for_keras && shape.rank() > 3;
  forms.push_back(reversed ? written_out(shape, kOwn) : Form{"...x,xy->...y", {kOwn}});
  if (shape.rank() <= 3) forms.push_back({"...x,xyz->...yz", {2, kOwn}});
  return forms;
}

void draw_einsum(LayerDraw& draw, EinsumDense& layer) {
  const auto forms = drawn_forms(draw.shape(), draw.for_keras());
  const Form form = forms[draw.alternative(forms.size())];
  layer.equation = form.equation;
  layer.partial_shape = form.output;
  const std::size_t arrow = form.equation.find("->");
  std::string letters = form.equation.substr(arrow + 2);
  std::erase(letters, '.');
  // The axes behind the batch whose lengths stand in the output_shape.
  std::string known;
  for (std::size_t i = 0; i < form.output.rank(); ++i) {
    if (form.output.known(i)) known += letters[letters.size() - form.output.rank() + i];
  }
  const auto own = draw.alternative(3);
  if (own == 0) layer.bias_axes = known.substr(known.size() - 1);
  if (own == 1) layer.bias_axes = known;
  // Under "..." stands what may have any length.
  const bool named = !form.equation.ends_with("...");
  const Shape activated{kUnknown, named ? form.output.back() : kUnknown};
  layer.activation = draw_activation(draw, activated);
}

}  // namespace

LayerClass einsum_dense_class() {
  return declare<EinsumDense>("EinsumDense", Family::dense)
      .field("equation", &EinsumDense::equation, {.required = true})
      .field("output_shape", &EinsumDense::partial_shape, {.required = true})
      .field("activation", &EinsumDense::activation)
      .field("bias_axes", &EinsumDense::bias_axes)
      .training_only({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "lora_rank",
                      "lora_alpha", "activity_regularizer", "kernel_constraint", "bias_constraint"})
      .fixed("quantization_config", {})
      .fixed("gptq_unpacked_column_size", {})
      .expects("an input of rank 1 to 32 whose last axis is known or the batch",
               [](const Shape& input) {
                 const std::size_t rank = input.rank();
                 return rank == 1 || (rank >= 2 && rank <= kMaxGraphRank && input.known(rank - 1));
               })
      .draw(draw_einsum)
      .layer();
}

}  // namespace revive
