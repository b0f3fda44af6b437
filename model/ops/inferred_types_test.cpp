// Which shape an op gives where axes are unknown, empty or one, and what it refuses of them.
#include <gtest/gtest.h>

#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

constexpr std::int64_t kAny = kUnknown;

// What the graph of the one op gives for tensors of these shapes, or why it does not.
std::string inferred(const Node& node, const std::vector<Shape>& shapes) {
  if (const Status status = node.op->check(node); !status) return status.error().message;
  std::vector<TensorType> types;
  for (const Shape& shape : shapes) types.push_back({DType::float32, shape});
  const auto type = node.op->infer(node, types);
  return type ? to_string(type->shape) : type.error().message;
}

std::string joined(std::string_view function, std::int64_t axis, const Shape& a, const Shape& b) {
  return inferred(op_node(function, {Argument(Argument::List{NodeRef{0}, NodeRef{1}})}, {Value(axis)}), {a, b});
}

TEST(InferredTypes, OfTensorsThatAreJoined) {
  struct Row {
    std::string_view function;
    std::int64_t axis;
    Shape a;
    Shape b;
    std::string_view expected;
  };
  const Row rows[] = {
      {"concatenate", 2, {kAny, kAny, 2}, {kAny, 3, 2}, "(None, 3, 4)"},
      {"concatenate", 2, {kAny, 3, 2}, {kAny, kAny, 2}, "(None, 3, 4)"},
      {"concatenate", 2, {kAny, kAny, 2}, {kAny, kAny, 2}, "(None, None, 4)"},
      {"concatenate", 1, {kAny, kAny, 2}, {kAny, 3, 2}, "(None, None, 2)"},
      {"concatenate", 1, {kAny, 3, 2}, {kAny, kAny, 2}, "(None, None, 2)"},
      {"concatenate", -2, {kAny, 4, 2}, {kAny, 3, 2}, "(None, 7, 2)"},
      {"concatenate", 1, {5, 4, 2}, {kAny, 3, 2}, "(5, 7, 2)"},
      {"concatenate", 1, {kAny, 4, 2}, {5, 3, 2}, "(5, 7, 2)"},
      {"concatenate",
       2,
       {kAny, 4, 2},
       {kAny, 3, 2},
       "Concatenate of tensors of shapes (None, 4, 2) and (None, 3, 2) does not fit"},
      {"concatenate",
       1,
       {kAny, 4, 2},
       {kAny, 3},
       "Concatenate of tensors of shapes (None, 4, 2) and (None, 3) does not fit"},
      {"stack", 1, {kAny, kAny, 2}, {kAny, 3, 2}, "(None, 2, 3, 2)"},
      {"stack", -1, {kAny, 3, 2}, {kAny, kAny, 2}, "(None, 3, 2, 2)"},
      {"stack", 1, {kAny, 4}, {kAny, 3}, "Stack of tensors of shapes (None, 4) and (None, 3) does not fit"},
  };
  for (const Row& row : rows) EXPECT_EQ(joined(row.function, row.axis, row.a, row.b), row.expected);
}

TEST(InferredTypes, OfReshapeAndSqueeze) {
  const auto reshaped = [](const Shape& shape, Value::Array to) {
    return inferred(op_node("reshape", {NodeRef{0}}, {Value(std::move(to))}), {shape});
  };
  EXPECT_EQ(reshaped({kAny, 2, 3}, {-1, 6}), "(None, 6)");
  EXPECT_EQ(reshaped({4, 2, 3}, {4, 3, 2}), "(4, 3, 2)");
  // Of nothing any batch is possible, but for one that is said.
  EXPECT_EQ(reshaped({2, 0}, {2, 0, 3}), "(2, 0, 3)");
  EXPECT_EQ(reshaped({kAny, 0}, {-1, 0, 3}), "a tensor of shape (None, 0) cannot be reshaped to (-1, 0, 3)");
  EXPECT_EQ(reshaped({kAny, kAny, 3}, {-1, 3}),
            "a tensor of shape (None, None, 3) cannot be reshaped, because only its batch may be unknown");
  const auto squeezed = [](const Shape& shape, Value axis) {
    return inferred(op_node("squeeze", {NodeRef{0}}, {std::move(axis)}), {shape});
  };
  EXPECT_EQ(squeezed({kAny, 1, 3, 1}, Value()),
            "Squeeze over all axes would mix the samples of a batch; name the axes, as in axis=-1 or (1, 2)");
  // Of a constant, those that are 1.
  const auto constant = [](const Dims& dims) {
    return inferred(op_node("squeeze", {Tensor(DType::float32, dims)}, {Value()}), {});
  };
  EXPECT_EQ(constant({1, 3, 1}), "(3,)");
  EXPECT_EQ(constant({2, 3}), "(2, 3)");
  EXPECT_EQ(squeezed({kAny, 1, 3, 1}, Value(-1)), "(None, 1, 3)");
  EXPECT_EQ(squeezed({kAny, 1, 3}, Value(2)), "only an axis of length 1 can be squeezed, found axis 2 of (None, 1, 3)");
}

TEST(InferredTypes, OfPadding) {
  const auto pair = [](std::int64_t before, std::int64_t after) { return Value(Value::Array{before, after}); };
  const auto padded = [&](std::string_view mode, const Shape& shape, const Value& last, const Value& batch) {
    Value::Array widths(shape.rank(), pair(0, 0));
    widths.front() = batch;
    widths.back() = last;
    return inferred(op_node("pad", {NodeRef{0}, Value()}, {Value(std::move(widths)), Value(mode)}), {shape});
  };
  const Value none = pair(0, 0);
  EXPECT_EQ(padded("constant", {kAny, 0, 3}, pair(1, 2), none), "(None, 0, 6)");
  for (const std::string_view mode : {"reflect", "symmetric"}) {
    // An axis that is not padded may be empty.
    EXPECT_EQ(padded(mode, {kAny, 0, 3}, pair(1, 2), none), "(None, 0, 6)") << mode;
    EXPECT_EQ(padded(mode, {kAny, 3}, pair(0, 2), none), "(None, 5)") << mode;
    EXPECT_EQ(padded(mode, {kAny, 3}, pair(0, 4), none),
              "Pad in mode \"" + std::string(mode) + "\" reaches 4 elements into axis 1 of (None, 3)");
    EXPECT_EQ(padded(mode, {kAny, 3}, pair(4, 0), none),
              "Pad in mode \"" + std::string(mode) + "\" reaches 4 elements into axis 1 of (None, 3)");
  }
  EXPECT_EQ(padded("symmetric", {kAny, 3}, pair(3, 3), none), "(None, 9)");
  EXPECT_EQ(padded("reflect", {kAny, 3}, pair(0, 3), none),
            "Pad in mode \"reflect\" reaches 3 elements into axis 1 of (None, 3)");
  for (const Value& batch : {pair(1, 0), pair(0, 1), pair(2, 2)}) {
    EXPECT_EQ(padded("constant", {kAny, 3}, none, batch),
              "Pad would add samples to a batch; pad_width starts with (0, 0)");
  }
}

TEST(InferredTypes, OfAnIndexThatMovesTheBatch) {
  const auto indexed = [](const Shape& shape, Argument::List key) {
    return inferred(op_node("get_item", {NodeRef{0}, std::move(key)}), {shape});
  };
  EXPECT_EQ(indexed({kAny, 3}, {Ellipsis{}, Value()}), "(None, 3, 1)");
  EXPECT_EQ(indexed({kAny, 3}, {Slice{}, Value(), Value(1)}), "(None, 1)");
  const std::string_view moved = "the index does not keep the batch axis of (None,) whole and in front";
  EXPECT_EQ(indexed({kAny}, {Ellipsis{}, Value(), Slice{}}), moved);
  EXPECT_EQ(indexed({kAny}, {Ellipsis{}, Value(0)}), moved);
  EXPECT_EQ(indexed({kAny}, {Ellipsis{}, Slice{1, {}, {}}}), moved);
}

}  // namespace
}  // namespace revive::testing
