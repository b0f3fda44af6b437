// Softmax along an axis, or over several at once. Source: Keras' Softmax, which fails on an input with a mask unless
// the mask has its shape.
#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

struct Softmax : GraphLayer<Softmax> {
  Numbers axis = Number(-1);

  LambdaSource source() const {
    if (axis.items.size() == 1) return {"lambda x: ops.softmax(x, axis=axis)", {{"axis", axis.items[0].to_value()}}};
    Value::Array axes;
    for (const Number& each : axis.items) axes.push_back(each.to_value());
    return {"lambda x: ops.exp(x - ops.logsumexp(x, axis=axis, keepdims=True))", {{"axis", std::move(axes)}}};
  }
};

}  // namespace

LayerClass softmax_class() {
  return declare<Softmax>("Softmax", Family::elementwise)
      .field("axis", &Softmax::axis)
      .rule("expected an axis that is an int, or a list of at least one",
            [](const Softmax& softmax) {
              return !softmax.axis.items.empty() && std::ranges::all_of(softmax.axis.items, &Number::is_int);
            })
      .expects("an input of rank 2 or more", [](const Shape& input) { return input.rank() >= 2; })
      .refuses_mask()
      .draw([](LayerDraw& draw, Softmax& softmax) {
        const auto rank = static_cast<std::int64_t>(draw.rank());
        const std::int64_t from_front = draw.integer(1, rank - 1);
        softmax.axis = Number(draw.flag() ? rank - from_front : -from_front);
        if (!draw.flag_if(rank > 2)) return;
        std::vector<Number> axes;
        for (std::int64_t each = 1; each < rank; ++each) axes.emplace_back(each);
        softmax.axis = Numbers(std::move(axes));
      })
      .layer();
}

}  // namespace revive
