// Permute: the axes behind the batch in another order. Source: Keras' Permute.
#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

struct Permute : GraphLayer<Permute> {
  // Counted from 1, the batch being 0.
  IntList dims = {1};

  LambdaSource source() const {
    Value::Array axes{0};
    axes.insert(axes.end(), dims.begin(), dims.end());
    return {"lambda x: ops.transpose(x, axes)", {{"axes", Value(std::move(axes))}}};
  }

  Result<Built> build(const Shape& input, const BuildContext& context) {
    if (input.rank() != dims.size() + 1) {
      return fail(ErrorCode::layer_input, "",
                  "Permute expects an input with the axes " + to_string(dims) + " behind the batch, found the shape " +
                      to_string(input));
    }
    return GraphLayer::build(input, context);
  }
};

bool is_permutation(IntList dims) {
  std::ranges::sort(dims);
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] != static_cast<std::int64_t>(i) + 1) return false;
  }
  return true;
}

}  // namespace

LayerClass permute_class() {
  return declare<Permute>("Permute", Family::shaping)
      .field("dims", &Permute::dims, {.legal = {.minimum = 1}, .required = true})
      .rule("expected dims that are the numbers from 1 on, each once",
            [](const Permute& layer) { return is_permutation(layer.dims); })
      .expects("an input with at least a batch axis", [](const Shape& input) { return input.rank() > 0; })
      .draw([](LayerDraw& draw, Permute& permute) {
        permute.dims.clear();
        IntList left;
        for (std::size_t axis = 1; axis < draw.rank(); ++axis) left.push_back(static_cast<std::int64_t>(axis));
        while (!left.empty()) {
          const std::size_t at = draw.alternative(left.size());
          permute.dims.push_back(left[at]);
          left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
        }
      })
      .layer();
}

}  // namespace revive
