#include "revive/serializer/keras/handed_on.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "revive/model/graph/op.h"
#include "revive/model/tensor/element.h"

namespace revive {
namespace {

constexpr std::array<std::string_view, 9> kFreeToHandOn = {
    "broadcast_to", "cast", "concatenate", "get_item", "moveaxis", "reshape", "squeeze", "swapaxes", "transpose"};

// A few samples, none of them equal, with as much along the axes that nobody knows.
Tensor distinct_elements(const TensorType& type) {
  constexpr std::int64_t kSamples = 3;
  constexpr std::int64_t kLength = 3;
  constexpr std::size_t kDistinct = 100;
  Tensor x(type.dtype, type.shape.concrete(kSamples, kLength));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i % kDistinct);
    set_element(x, i, type.dtype == DType::boolean ? Value(number % 3 == 0) : Value(number));
  }
  return x;
}

}  // namespace

bool may_hand_on_its_input(const Graph& graph, const TensorType& input) {
  if (graph.nodes().empty()) return false;
  const bool moves_alone = std::ranges::all_of(graph.nodes(), [](const Node& node) {
    return std::ranges::find(kFreeToHandOn, node.op->function) != kFreeToHandOn.end();
  });
  if (!moves_alone) return false;
  const Tensor x = distinct_elements(input);
  const auto output = graph.evaluate(x);
  return output && same_bits(*output, x);
}

}  // namespace revive
