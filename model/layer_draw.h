// Where the draw procedure of a layer class gets its decisions from: a generator's choices, seen from the declaration.
//
//   .draw([](LayerDraw& draw, Conv1D& conv) {
//     conv.padding = draw.any<Padding>();
//     conv.filters = draw.integer(1, 8);
//     conv.use_bias = !draw.flag();
//   })
//
// Every choice has a simplest value, which is what a shrinker goes back to: the low end of a range, false, the first of
// several, null. Draw so that it is the default, or the smallest layer. A draw must be a statement of its own, because
// the order of evaluation of function arguments is not specified. Whatever is chosen has to be a legal layer: rules
// hold and the layer builds and runs for shape() and for probe() alike. Children and lambdas come from the generator;
// where it fails, what they give is empty and the generator stops.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <vector>

#include "revive/model/field.h"
#include "revive/model/layer.h"

namespace revive {

// What a generator knows where it draws a layer.
struct DrawContext {
  // The static input shape, which may have unknown axes.
  Shape shape;
  // The same shape as the run will have it, with every axis known and positive.
  Dims probe;
  // The model will be compared with stock Keras: leave out what turns differences in the last bits into large ones,
  // such as unbounded functions in a recurrence, and what Keras itself infers the wrong shape for (glu).
  bool for_keras = false;
  // A mask may come beside the input.
  bool masked = false;
  // Of the input, before the layer casts it.
  DType dtype = DType::float32;
};

class LayerDraw {
 public:
  using Fits = std::function<bool(const LayerClass&)>;

  explicit LayerDraw(DrawContext context) : context_(std::move(context)) {}
  virtual ~LayerDraw() = default;
  LayerDraw(const LayerDraw&) = delete;
  LayerDraw& operator=(const LayerDraw&) = delete;

  const DrawContext& context() const { return context_; }
  const Shape& shape() const { return context_.shape; }
  const Dims& probe() const { return context_.probe; }
  std::size_t rank() const { return context_.probe.size(); }
  bool for_keras() const { return context_.for_keras; }

  // A quantity in [low, high].
  virtual std::int64_t integer(std::int64_t low, std::int64_t high) = 0;
  // The number of one of `count` alternatives.
  virtual std::size_t alternative(std::size_t count) = 0;
  virtual bool flag() = 0;
  // Where true is possible; a choice is made either way, so that no layer counts as simpler for having less to choose.
  bool flag_if(bool possible);

  template <typename T>
  T one_of(std::initializer_list<T> alternatives) {
    return alternatives.begin()[alternative(alternatives.size())];
  }
  template <typename T>
  T one_of(const std::vector<T>& alternatives) {
    return alternatives[alternative(alternatives.size())];
  }
  // Any enumerator of a field's type.
  template <typename Enum>
  Enum any() {
    return static_cast<Enum>(alternative(enum_names<Enum>().names.size()));
  }
  // `count` draws of `item(i)`, for a list of one value an axis.
  template <typename Item>
  IntList each(std::size_t count, Item item) {
    IntList list;
    for (std::size_t i = 0; i < count; ++i) list.push_back(item(i));
    return list;
  }

  // A lambda that takes the input. Callers include model/lambda/lambda_function.h.
  virtual LambdaFunction lambda() = 0;
  // The layers of a nested stack that takes the input.
  virtual std::vector<Layer> stack() = 0;
  // A layer that takes an input of `context`, of a class for which `fits` holds; empty where none does. Cells come
  // where they alone fit, and nowhere else.
  virtual std::optional<Layer> child(const DrawContext& context, const Fits& fits) = 0;
  std::optional<Layer> child(const DrawContext& context);

 private:
  DrawContext context_;
};

}  // namespace revive
