// Ops that move elements, each beside where an element of the result comes from: in every dtype, with every bit kept.
#include <functional>

#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

const NodeRef kX{0};

using Index = std::vector<std::int64_t>;

struct Move {
  std::string_view function;
  Dims x;
  std::vector<Argument> arguments;
  Settings settings;
  Dims expected;
  // The index in x of what stands at an index of the result; an empty one for what is filled in.
  Index (*from)(const Index& at) = nullptr;
  Exact fill = 0;
};

Value list_of(std::initializer_list<std::int64_t> ints) {
  Value::Array array;
  for (const std::int64_t each : ints) array.emplace_back(each);
  return Value(std::move(array));
}
Value pairs_of(std::initializer_list<Value> pairs) {
  return Value(Value::Array(pairs));
}
Argument ints_argument(Dims dims, std::initializer_list<std::int32_t> values) {
  return Argument(Tensor::from<std::int32_t>(std::move(dims), values));
}

// What the elements of each row are named by: at[0] is the batch.
#define REVIVE_FROM(...) [](const Index& at) -> Index { return __VA_ARGS__; }

std::int64_t mirrored(std::int64_t at, std::int64_t length, std::int64_t edge) {
  if (at < 0) return -at - 1 + edge;
  return at < length ? at : 2 * length - 1 - at - edge;
}
std::int64_t turned(std::int64_t at, std::int64_t length) {
  return ((at % length) + length) % length;
}

const std::vector<Move>& shapings() {
  static const std::vector<Move> kMoves = {
      {"reshape", {2, 3, 4}, {kX}, {list_of({-1, 12})}, {2, 12}, REVIVE_FROM({at[0], at[1] / 4, at[1] % 4})},
      {"reshape",
       {2, 3, 4},
       {kX},
       {list_of({2, 6, -1})},
       {2, 6, 2},
       REVIVE_FROM({at[0], (at[1] * 2 + at[2]) / 4, (at[1] * 2 + at[2]) % 4})},
      {"reshape", {0, 3}, {kX}, {list_of({-1, 3, 1})}, {0, 3, 1}, REVIVE_FROM({at[0], at[1]})},
      {"expand_dims", {2, 3}, {kX}, {Value(1)}, {2, 1, 3}, REVIVE_FROM({at[0], at[2]})},
      {"expand_dims", {2, 3}, {kX}, {Value(-1)}, {2, 3, 1}, REVIVE_FROM({at[0], at[1]})},
      {"expand_dims", {2, 3}, {kX}, {list_of({1, 3})}, {2, 1, 3, 1}, REVIVE_FROM({at[0], at[2]})},
      {"squeeze", {2, 1, 3, 1}, {kX}, {Value(1)}, {2, 3, 1}, REVIVE_FROM({at[0], 0, at[1], 0})},
      {"squeeze", {2, 1, 3, 1}, {kX}, {Value(-1)}, {2, 1, 3}, REVIVE_FROM({at[0], 0, at[2], 0})},
      {"squeeze", {2, 1, 3, 1}, {kX}, {list_of({1, 3})}, {2, 3}, REVIVE_FROM({at[0], 0, at[1], 0})},
      {"transpose", {2, 3, 4}, {kX}, {list_of({0, 2, 1})}, {2, 4, 3}, REVIVE_FROM({at[0], at[2], at[1]})},
      {"transpose",
       {2, 3, 4, 5},
       {kX},
       {list_of({0, 3, 1, 2})},
       {2, 5, 3, 4},
       REVIVE_FROM({at[0], at[2], at[3], at[1]})},
      {"transpose", {1, 17, 33}, {kX}, {list_of({0, -1, 1})}, {1, 33, 17}, REVIVE_FROM({at[0], at[2], at[1]})},
      {"swapaxes", {2, 3, 4, 5}, {kX}, {Value(1), Value(-1)}, {2, 5, 4, 3}, REVIVE_FROM({at[0], at[3], at[2], at[1]})},
      {"moveaxis", {2, 3, 4, 5}, {kX}, {Value(1), Value(-1)}, {2, 4, 5, 3}, REVIVE_FROM({at[0], at[3], at[1], at[2]})},
      {"moveaxis", {2, 3, 4, 5}, {kX}, {Value(3), Value(1)}, {2, 5, 3, 4}, REVIVE_FROM({at[0], at[2], at[3], at[1]})},
      {"moveaxis",
       {2, 3, 4, 5},
       {kX},
       {list_of({1, 2}), list_of({3, 1})},
       {2, 4, 5, 3},
       REVIVE_FROM({at[0], at[3], at[1], at[2]})},
      {"flip", {2, 3, 5}, {kX}, {Value(1)}, {2, 3, 5}, REVIVE_FROM({at[0], 2 - at[1], at[2]})},
      {"flip", {2, 3, 17}, {kX}, {Value(-1)}, {2, 3, 17}, REVIVE_FROM({at[0], at[1], 16 - at[2]})},
      {"flip", {2, 3, 5}, {kX}, {list_of({1, -1})}, {2, 3, 5}, REVIVE_FROM({at[0], 2 - at[1], 4 - at[2]})},
      {"roll", {2, 5, 3}, {kX}, {Value(2), Value(1)}, {2, 5, 3}, REVIVE_FROM({at[0], turned(at[1] - 2, 5), at[2]})},
      {"roll", {2, 5, 3}, {kX}, {Value(-1), Value(-1)}, {2, 5, 3}, REVIVE_FROM({at[0], at[1], turned(at[2] + 1, 3)})},
      {"roll", {2, 5, 3}, {kX}, {Value(-13), Value(1)}, {2, 5, 3}, REVIVE_FROM({at[0], turned(at[1] + 13, 5), at[2]})},
      {"roll",
       {2, 5, 3},
       {kX},
       {list_of({1, -2}), list_of({1, 2})},
       {2, 5, 3},
       REVIVE_FROM({at[0], turned(at[1] - 1, 5), turned(at[2] + 2, 3)})},
      {"roll", {2, 0, 3}, {kX}, {Value(1), Value(1)}, {2, 0, 3}, REVIVE_FROM({at[0], at[1], at[2]})},
  };
  return kMoves;
}

const std::vector<Move>& repetitions() {
  static const std::vector<Move> kMoves = {
      {"broadcast_to", {2, 1, 4}, {kX}, {list_of({2, 3, 4})}, {2, 3, 4}, REVIVE_FROM({at[0], 0, at[2]})},
      {"broadcast_to", {2, 1, 1}, {kX}, {list_of({2, 17, 3})}, {2, 17, 3}, REVIVE_FROM({at[0], 0, 0})},
      {"tile", {2, 3, 4}, {kX}, {list_of({1, 2, 3})}, {2, 6, 12}, REVIVE_FROM({at[0], at[1] % 3, at[2] % 4})},
      {"tile", {2, 3}, {kX}, {list_of({2})}, {2, 6}, REVIVE_FROM({at[0], at[1] % 3})},
      {"tile", {2, 3}, {kX}, {list_of({1, 0})}, {2, 0}, REVIVE_FROM({at[0], at[1]})},
      {"repeat", {2, 3, 2}, {kX}, {Value(3), Value(1)}, {2, 9, 2}, REVIVE_FROM({at[0], at[1] / 3, at[2]})},
      {"repeat", {2, 3, 2}, {kX}, {Value(2), Value(-1)}, {2, 3, 4}, REVIVE_FROM({at[0], at[1], at[2] / 2})},
      {"repeat", {2, 3}, {kX}, {Value(0), Value(1)}, {2, 0}, REVIVE_FROM({at[0], at[1]})},
      {"concatenate",
       {2, 3, 2},
       {Argument(Argument::List{kX, kX})},
       {Value(1)},
       {2, 6, 2},
       REVIVE_FROM({at[0], at[1] % 3, at[2]})},
      {"concatenate",
       {2, 3, 2},
       {Argument(Argument::List{kX, kX, kX})},
       {Value(-1)},
       {2, 3, 6},
       REVIVE_FROM({at[0], at[1], at[2] % 2})},
      {"stack", {2, 3}, {Argument(Argument::List{kX, kX})}, {Value(1)}, {2, 2, 3}, REVIVE_FROM({at[0], at[2]})},
      {"stack", {2, 3}, {Argument(Argument::List{kX, kX, kX})}, {Value(-1)}, {2, 3, 3}, REVIVE_FROM({at[0], at[1]})},
      {"take",
       {2, 4, 3},
       {kX, ints_argument({3}, {3, -1, 0})},
       {Value(1)},
       {2, 3, 3},
       REVIVE_FROM({at[0], at[1] < 2 ? 3 : 0, at[2]})},
      {"take",
       {2, 3, 4},
       {kX, ints_argument({2, 2}, {0, -2, 2, 1})},
       {Value(-1)},
       {2, 3, 2, 2},
       REVIVE_FROM({at[0], at[1], at[3] == 0 ? at[2] * 2 : 2 - at[2]})},
      {"take", {2, 4}, {kX, ints_argument({}, {-3})}, {Value(1)}, {2}, REVIVE_FROM({at[0], 1})},
      {"take_along_axis",
       {2, 3, 2},
       {kX, ints_argument({1, 2, 2}, {0, -1, 2, 1})},
       {Value(1)},
       {2, 2, 2},
       REVIVE_FROM({at[0], at[2] == 0 ? at[1] * 2 : 2 - at[1], at[2]})},
      {"take_along_axis",
       {2, 3, 2},
       {kX, ints_argument({1, 1, 1}, {-1})},
       {Value(-1)},
       {2, 3, 1},
       REVIVE_FROM({at[0], at[1], 1})},
  };
  return kMoves;
}

const std::vector<Move>& fillings() {
  static const Value kTwo = pairs_of({list_of({0, 0}), list_of({1, 2}), list_of({0, 1})});
  static const Argument kNone = Value();
  static const std::vector<Move> kMoves = {
      {"pad",
       {2, 3, 2},
       {kX, kNone},
       {kTwo},
       {2, 6, 3},
       [](const Index& at) { return at[1] < 1 || at[1] > 3 || at[2] > 1 ? Index() : Index{at[0], at[1] - 1, at[2]}; }},
      {"pad",
       {2, 3, 2},
       {kX, Value(1)},
       {kTwo},
       {2, 6, 3},
       [](const Index& at) { return at[1] < 1 || at[1] > 3 || at[2] > 1 ? Index() : Index{at[0], at[1] - 1, at[2]}; },
       1},
      {"pad",
       {2, 3, 2},
       {kX, kNone},
       {kTwo, Value("reflect")},
       {2, 6, 3},
       REVIVE_FROM({at[0], mirrored(at[1] - 1, 3, 1), mirrored(at[2], 2, 1)})},
      {"pad",
       {2, 3, 2},
       {kX, kNone},
       {kTwo, Value("symmetric")},
       {2, 6, 3},
       REVIVE_FROM({at[0], mirrored(at[1] - 1, 3, 0), mirrored(at[2], 2, 0)})},
      {"tril", {2, 3, 5}, {kX}, {}, {2, 3, 5}, [](const Index& at) { return at[2] > at[1] ? Index() : at; }},
      {"tril",
       {2, 3, 5},
       {kX},
       {Value(1)},
       {2, 3, 5},
       [](const Index& at) { return at[2] > at[1] + 1 ? Index() : at; }},
      {"tril",
       {1, 17, 16},
       {kX},
       {Value(-3)},
       {1, 17, 16},
       [](const Index& at) { return at[2] > at[1] - 3 ? Index() : at; }},
      {"triu", {2, 3, 5}, {kX}, {}, {2, 3, 5}, [](const Index& at) { return at[2] < at[1] ? Index() : at; }},
      {"triu",
       {2, 5, 3},
       {kX},
       {Value(2)},
       {2, 5, 3},
       [](const Index& at) { return at[2] < at[1] + 2 ? Index() : at; }},
      {"triu",
       {1, 17, 16},
       {kX},
       {Value(-1)},
       {1, 17, 16},
       [](const Index& at) { return at[2] < at[1] - 1 ? Index() : at; }},
  };
  return kMoves;
}

#undef REVIVE_FROM

const Defined kShapings(shapings());
const Defined kRepetitions(repetitions());
const Defined kFillings(fillings());

std::size_t flat_index(const Index& index, const Dims& dims) {
  std::size_t flat = 0;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    EXPECT_GE(index[axis], 0);
    EXPECT_LT(index[axis], dims[axis]);
    flat = flat * static_cast<std::size_t>(dims[axis]) + static_cast<std::size_t>(index[axis]);
  }
  return flat;
}

void expect_move(const Move& move, DType dtype) {
  const auto count = static_cast<std::size_t>(element_count(move.x).value());
  const Numbers numbers = in_turn(unfriendly(dtype), count, 2);
  const auto found = result_of(move.function, move.arguments, move.settings, tensor_of(dtype, move.x, numbers));
  if (!found && dtype == DType::boolean && move.fill != 0) return;
  ASSERT_TRUE(found) << call_text(move.function, move.settings, dtype);
  ASSERT_EQ(found->dims(), move.expected) << call_text(move.function, move.settings, dtype);
  ASSERT_EQ(found->dtype(), dtype) << move.function;
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Index from = move.from(unravel(static_cast<std::int64_t>(i), found->dims()));
    const Exact expected = from.empty() ? move.fill : numbers[flat_index(from, move.x)];
    expect_near(*found, i, expected, kExact, 0, [&] { return call_text(move.function, move.settings, dtype); });
  }
}

TEST(OpDefinitions, OfMoves) {
  for (const auto* const moves : {&shapings(), &repetitions(), &fillings()}) {
    for (const Move& move : *moves) {
      for (const DType dtype : computed_dtypes()) expect_move(move, dtype);
    }
  }
}

// Parts of x, of different lengths, put back together in another order.
TEST(OpDefinitions, OfTensorsOfDifferentLengthsSideBySide) {
  for (const std::size_t length : kLengths) {
    const auto n = static_cast<std::int64_t>(length);
    for (std::int64_t cut = 0; cut <= n; cut += std::max<std::int64_t>(n / 3, 1)) {
      const auto part = [&](Slice slice) {
        return op_node("get_item", {kX, Argument(Argument::List{Argument(Slice{}), Argument(slice)})});
      };
      const auto graph =
          Graph::make({part({cut, {}, {}}), part({{}, cut, {}}),
                       op_node("concatenate", {Argument(Argument::List{NodeRef{1}, NodeRef{2}})}, {Value(1)})},
                      {3});
      ASSERT_TRUE(graph) << graph.error().text();
      const Numbers numbers = in_turn(unfriendly(DType::float32), 2 * length * 3);
      const auto found = graph->evaluate(tensor_of(DType::float32, {2, n, 3}, numbers));
      ASSERT_TRUE(found) << found.error().text();
      for (std::size_t i = 0; i < found->size(); ++i) {
        const Index at = unravel(static_cast<std::int64_t>(i), {2, n, 3});
        const Exact expected = numbers[flat_index({at[0], turned(at[1] + cut, n), at[2]}, {2, n, 3})];
        expect_near(*found, i, expected, kExact, 0, [&] { return "cut at " + std::to_string(cut); });
      }
    }
  }
}

// Each int of x is looked up in a table; one that the table does not have gives what JAX fills in.
TEST(OpDefinitions, OfTakingFromATable) {
  const Tensor table = tensor_of(DType::float32, {3, 2}, {1, -0.0L, kInfinity, 0.1L, kNaN, -7});
  for (const DType dtype : computed_dtypes()) {
    if (!is_integer(dtype)) continue;
    const Numbers indices = unfriendly(dtype);
    const Tensor x = tensor_of(dtype, {1, static_cast<std::int64_t>(indices.size())}, indices);
    const auto found = result_of("take", {Argument(table), kX}, {Value(0)}, x);
    ASSERT_TRUE(found) << name_of(dtype);
    ASSERT_EQ(found->size(), 2 * indices.size());
    for (std::size_t i = 0; i < found->size(); ++i) {
      const Exact index = indices[i / 2] < 0 ? indices[i / 2] + 3 : indices[i / 2];
      const bool inside = index >= 0 && index < 3;
      const Exact expected = inside ? number_at(table, static_cast<std::size_t>(index) * 2 + i % 2) : kNaN;
      expect_near(*found, i, expected, kExact, 0, [&] { return call_text("take", {}, dtype); });
    }
  }
}

}  // namespace
}  // namespace revive::testing
