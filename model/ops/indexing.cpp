// x[key]: a key is a list of ints, slices, None (a new axis) and at most one Ellipsis, as in NumPy's basic indexing.
//
// The key has to leave the batch axis whole and in front, so it starts with `:` or `...`. Ints count from the end when
// negative and have to be in range; slices are clamped, and their step may be negative.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/strided.h"

namespace revive::ops {
namespace {

constexpr std::string_view kParameters[] = {"x", "key"};

// Where a slice starts on an axis, and how many elements it takes.
struct Extent {
  std::int64_t start = 0;
  std::int64_t count = 0;
};

Extent extent_of(const Slice& slice, std::int64_t length) {
  const std::int64_t step = slice.step.value_or(1);
  const std::int64_t lowest = step > 0 ? 0 : -1;
  const std::int64_t highest = step > 0 ? length : length - 1;
  const auto clamped = [&](const std::optional<std::int64_t>& bound, std::int64_t absent) {
    if (!bound) return absent;
    return std::clamp(*bound < 0 ? *bound + length : *bound, lowest, highest);
  };
  const std::int64_t start = clamped(slice.start, step > 0 ? lowest : highest);
  const std::int64_t stop = clamped(slice.stop, step > 0 ? highest : lowest);
  if (step > 0) return {start, start < stop ? (stop - start - 1) / step + 1 : 0};
  // The magnitude of the most negative step is not an int64.
  const auto back = std::uint64_t{0} - static_cast<std::uint64_t>(step);
  return {start, stop < start ? static_cast<std::int64_t>(static_cast<std::uint64_t>(start - stop - 1) / back) + 1 : 0};
}

bool is_new_axis(const Argument& item) {
  const Value* const value = item.get<Value>();
  return value != nullptr && value->is_null();
}

// How many axes the key names one by one.
std::size_t axes_named(const Argument::List& key) {
  return static_cast<std::size_t>(std::ranges::count_if(
      key, [](const Argument& item) { return item.get<Ellipsis>() == nullptr && !is_new_axis(item); }));
}

// Calls on_new_axis() for each None and on_axis(axis, item) for each axis of x in order, where item is the int or
// slice that the key has for it, or nullptr where the axis is taken whole. REQUIRES: axes_named(key) <= rank.
template <typename OnNewAxis, typename OnAxis>
void walk(const Argument::List& key, std::size_t rank, OnNewAxis on_new_axis, OnAxis on_axis) {
  const std::size_t named = axes_named(key);
  std::size_t axis = 0;
  for (const Argument& item : key) {
    if (item.get<Ellipsis>() != nullptr) {
      for (std::size_t whole = rank - named; whole > 0; --whole) on_axis(axis++, nullptr);
    } else if (is_new_axis(item)) {
      on_new_axis();
    } else {
      on_axis(axis++, &item);
    }
  }
  while (axis < rank) on_axis(axis++, nullptr);
}

// x[0:2] and x[(slice(0, 2),)] are the same index; a list is the form that Keras infers shapes for.
void normalize(Node& node) {
  Argument& key = node.arguments[1];
  if (key.get<Argument::List>() == nullptr) key = Argument(Argument::List{std::move(key)});
}

std::unexpected<Error> bad_key(std::string message) {
  return fail(ErrorCode::graph_argument, "", std::move(message));
}

Status check(const Node& node) {
  if (node.arguments[0].get<NodeRef>() == nullptr && node.arguments[0].get<Tensor>() == nullptr) {
    return bad_key(fmt::format("only a tensor can be indexed, found {}", node.arguments[0].kind_name()));
  }
  const auto* const key = node.arguments[1].get<Argument::List>();
  if (key == nullptr) return bad_key("an index has to be a list of ints, slices, None and ...");
  std::size_t ellipses = 0;
  for (const Argument& item : *key) {
    if (const Slice* const slice = item.get<Slice>()) {
      if (slice->step == 0) return bad_key("the step of a slice must not be zero");
    } else if (item.get<Ellipsis>() != nullptr) {
      ++ellipses;
    } else if (const Value* const value = item.get<Value>();
               value == nullptr || !(value->is_int() || value->is_null())) {
      return bad_key(fmt::format("an index has to be an int, a slice, None or ..., found {}", item.kind_name()));
    }
  }
  if (ellipses > 1) return bad_key("an index may hold one ..., found " + std::to_string(ellipses));
  const bool constant = node.arguments[0].get<Tensor>() != nullptr;
  const auto keeps_batch = [](const Argument& first) {
    return first.get<Ellipsis>() != nullptr || (first.get<Slice>() != nullptr && first.get<Slice>()->full());
  };
  if (!constant && !key->empty() && !keeps_batch(key->front())) {
    return bad_key("an index on the batch axis would drop, move or cut it; the first index has to be : or ...");
  }
  return {};
}

// Used for constants as well, where axis 0 is no batch axis: `x` says which.
Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const auto& key = *node.arguments[1].get<Argument::List>();
  if (axes_named(key) > x.shape.rank()) {
    return bad_key(fmt::format("{} indices for a tensor of shape {}", axes_named(key), to_string(x.shape)));
  }
  std::vector<std::int64_t> axes;
  std::optional<Error> trouble;
  bool batch_in_front = !x.depends_on_x;
  walk(
      key, x.shape.rank(), [&] { axes.push_back(1); },
      [&](std::size_t axis, const Argument* item) {
        const std::int64_t length = x.shape[axis];
        const Slice* const slice = item == nullptr ? nullptr : item->get<Slice>();
        if (axis == 0 && axes.empty() && (item == nullptr || (slice != nullptr && slice->full())))
          batch_in_front = true;
        if (item == nullptr) {
          axes.push_back(length);
        } else if (slice != nullptr) {
          axes.push_back(length == kUnknown ? kUnknown : extent_of(*slice, length).count);
        } else if (const std::int64_t index = item->get<Value>()->as_int();
                   length != kUnknown && (index >= length || index < -length) && !trouble) {
          trouble = Error{ErrorCode::graph_argument, "",
                          fmt::format("index {} is out of range for axis {} of length {}", index, axis, length)};
        }
      });
  if (trouble) return std::unexpected(*std::move(trouble));
  if (!batch_in_front) {
    return bad_key(fmt::format("the index does not keep the batch axis of {} whole and in front", to_string(x.shape)));
  }
  return TensorType{x.dtype, Shape(std::move(axes))};
}

Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor& x = array_of(node.arguments[0], values);
  const auto& key = *node.arguments[1].get<Argument::List>();
  const auto strides = strides_of(x.dims());
  StridedLoops loops;
  walk(
      key, x.rank(), [] {},
      [&](std::size_t axis, const Argument* item) {
        const std::int64_t length = x.dim(axis);
        if (item == nullptr) {
          loops.push(length, strides[axis]);
        } else if (const Slice* const slice = item->get<Slice>()) {
          const Extent extent = extent_of(*slice, length);
          loops.start_at(static_cast<std::ptrdiff_t>(extent.start) * strides[axis]);
          // With at most one element the step is never taken and may be too large to multiply.
          const auto step = static_cast<std::ptrdiff_t>(extent.count > 1 ? slice->step.value_or(1) : 0);
          loops.push(extent.count, step * strides[axis]);
        } else {
          const std::int64_t index = item->get<Value>()->as_int();
          loops.start_at(static_cast<std::ptrdiff_t>(index < 0 ? index + length : index) * strides[axis]);
        }
      });
  return loops.copy(x, type.shape.axes());
}

// A slice of an axis of length n that leaves at least one element.
Slice draw_slice(OpDraw& draw, std::int64_t n) {
  enum Form : std::int64_t { last, from, upto, backwards, stepped, between };
  switch (draw.one_of({last, from, upto, backwards, stepped, between})) {
    case last: return {-draw.integer(1, n), {}, {}};
    case from: return {draw.integer(0, n - 1), {}, {}};
    case upto: return {{}, draw.integer(1, n), {}};
    case backwards: return {{}, {}, -1};
    case stepped: return {{}, {}, draw.one_of<std::int64_t>({2, 3, -2, -3})};
    case between: break;
  }
  const std::int64_t start = draw.integer(0, n - 1);
  const std::int64_t stop = draw.integer(start + 1, n);
  return {start, stop, {}};
}

// An index for one axis, whole axes before it, and now and then one for each axis after it and a new axis.
void draw(OpDraw& draw, Node& node) {
  Argument::List key;
  const std::size_t rank = draw.rank();
  const auto item = [&](std::size_t axis) {
    const std::int64_t n = draw.probe()[axis];
    if (draw.flag()) return Argument(Value(draw.integer(-n, n - 1)));
    return Argument(draw_slice(draw, n));
  };
  const bool new_axis = draw.flag() && rank < kMostDrawnRank;
  if (rank == 1) {
    key.emplace_back(Slice{});
  } else if (draw.flag()) {
    key.emplace_back(Ellipsis{});
    key.push_back(item(rank - 1));
  } else {
    const std::size_t first = 1 + draw.alternative(rank - 1);
    key.assign(first, Argument(Slice{}));
    key.push_back(item(first));
    for (std::size_t axis = first + 1; axis < rank && draw.flag(); ++axis) key.push_back(item(axis));
  }
  if (new_axis) {
    const std::size_t at = 1 + draw.alternative(key.size());
    key.insert(key.begin() + static_cast<std::ptrdiff_t>(at), Argument(Value()));
  }
  node.arguments[1] = Argument(std::move(key));
}

}  // namespace

std::span<const OpClass> indexing() {
  static const OpClass table[] = {{.module = kNumpy,
                                   .class_name = "GetItem",
                                   .function = "get_item",
                                   .syntax = OpClass::Syntax::subscript,
                                   .symbol = {},
                                   .parameters = kParameters,
                                   .settings = {},
                                   .check = check,
                                   .infer = infer,
                                   .evaluate = evaluate,
                                   .draw = draw,
                                   .numerics = {.exact = true},
                                   .normalize = normalize}};
  return table;
}

}  // namespace revive::ops
