// What functions of the language that cut, reshape and contract tensors are made of: the pieces of a tensor, the shapes
// and axes that a call leaves to be worked out, and the einsum that a batch_dot is.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/python_semantics.h"

namespace revive {
namespace {

using Arguments = std::span<const PartialValue>;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// The type of a tensor and the axis counted from the front. Errors: an axis that is not there.
Result<std::size_t> axis_of(const TensorType& type, std::int64_t axis) {
  if (const auto from_front = axis_from_front(axis, type.shape.rank())) return *from_front;
  return type_error(fmt::format("axis {} is out of range for a tensor of shape {}", axis, to_string(type.shape)));
}

// The axes other than the batch that have one element, which squeeze() without axes removes.
Result<PartialValue> unit_axes(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  std::vector<std::int64_t> axes;
  const std::size_t first = arguments[0].is_tensor() ? 1 : 0;
  for (std::size_t axis = first; axis < type.shape.rank(); ++axis) {
    if (!type.shape.known(axis)) {
      return type_error(
          fmt::format("squeeze without axes needs to know every axis, found {}; name the axes", to_string(type.shape)));
    }
    if (type.shape[axis] == 1) axes.push_back(static_cast<std::int64_t>(axis));
  }
  return tuple_of(axes);
}

// x[first:stop] along an axis.
Result<PartialValue> piece(Lowering& lowering, const PartialValue& x, std::int64_t axis, const PartialValue& item) {
  std::vector<PartialValue> key;
  if (axis >= 0) {
    key.assign(static_cast<std::size_t>(axis), PartialValue(Slice{}));
    key.push_back(item);
  } else {
    key.emplace_back(Ellipsis{});
    key.push_back(item);
    key.resize(key.size() + static_cast<std::size_t>(-1 - axis), PartialValue(Slice{}));
  }
  return lowering.subscript(x, std::move(key));
}

Result<std::int64_t> small_axis(const PartialValue& value) {
  const auto axis = integer_argument(value, "an axis");
  if (axis && (*axis > 32 || *axis < -32)) return type_error(fmt::format("axis {} is out of range", *axis));
  return axis;
}

Result<PartialValue> pieces(Lowering& lowering, const PartialValue& x, std::int64_t axis,
                            const std::vector<std::optional<std::int64_t>>& cuts) {
  std::vector<PartialValue> items;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    auto item = piece(lowering, x, axis, PartialValue(Slice{cuts[i], cuts[i + 1], std::nullopt}));
    if (!item) return item;
    items.push_back(*std::move(item));
  }
  return make_sequence(std::move(items), SequenceKind::list);
}

// Into equal parts, whose number is given, which needs the length of the axis.
Result<PartialValue> equal_pieces(Lowering& lowering, const PartialValue& x, std::int64_t axis, std::int64_t count) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(x));
  REVIVE_ASSIGN_OR_RETURN(const auto at, axis_of(type, axis));
  const std::int64_t length = type.shape[at];
  if (length == kUnknown || count <= 0 || count > length || length % count != 0) {
    return type_error(
        fmt::format("axis {} of {} does not split into {} equal parts", axis, to_string(type.shape), count));
  }
  std::vector<std::optional<std::int64_t>> cuts;
  for (std::int64_t part = 0; part <= count; ++part) cuts.emplace_back(part * (length / count));
  return pieces(lowering, x, axis, cuts);
}

// split(x, parts or cut points, axis), as NumPy and Keras have it.
Result<PartialValue> split_at(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto axis, small_axis(arguments[2]));
  if (static_number(arguments[1])) {
    REVIVE_ASSIGN_OR_RETURN(const auto count, integer_argument(arguments[1], "the number of parts"));
    return equal_pieces(lowering, arguments[0], axis, count);
  }
  REVIVE_ASSIGN_OR_RETURN(const auto points, integers_argument(arguments[1], "the cut points"));
  std::vector<std::optional<std::int64_t>> cuts = {0};
  cuts.insert(cuts.end(), points.begin(), points.end());
  cuts.emplace_back();
  return pieces(lowering, arguments[0], axis, cuts);
}

// split(x, parts or sizes, axis), as TensorFlow has it: one size may be -1, which is what the others leave.
Result<PartialValue> split_sizes(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  if (static_number(arguments[1])) return split_at(lowering, builtin, arguments);
  REVIVE_ASSIGN_OR_RETURN(const auto axis, small_axis(arguments[2]));
  REVIVE_ASSIGN_OR_RETURN(auto sizes, integers_argument(arguments[1], "the sizes of the parts"));
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto at, axis_of(type, axis));
  const std::int64_t length = type.shape[at];
  std::int64_t total = 0;
  for (const std::int64_t size : sizes) {
    if (size < -1 || __builtin_add_overflow(total, std::max<std::int64_t>(size, 0), &total)) {
      return type_error("the sizes of the parts have to be lengths, or -1 for one of them");
    }
  }
  const auto open = std::ranges::count(sizes, -1);
  if (open > 1 || length == kUnknown || (open == 1 ? total > length : total != length)) {
    return type_error(
        fmt::format("axis {} of {} does not split into parts of {}", axis, to_string(type.shape), to_string(sizes)));
  }
  std::ranges::replace(sizes, -1, length - total);
  std::vector<std::optional<std::int64_t>> cuts = {0};
  for (const std::int64_t size : sizes) cuts.emplace_back(*cuts.back() + size);
  return pieces(lowering, arguments[0], axis, cuts);
}

// unstack(x, number or None, axis): the items along an axis.
Result<PartialValue> unstack(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto axis, small_axis(arguments[2]));
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto at, axis_of(type, axis));
  const std::int64_t length = type.shape[at];
  REVIVE_ASSIGN_OR_RETURN(
      const auto wanted, arguments[1].is_none() ? Result<std::int64_t>(length) : integer_argument(arguments[1], "num"));
  if (length == kUnknown || wanted != length) {
    return type_error(fmt::format("axis {} of {} does not unstack into {} items", axis, to_string(type.shape),
                                  wanted == kUnknown ? "unknown" : std::to_string(wanted)));
  }
  std::vector<PartialValue> items;
  for (std::int64_t i = 0; i < length; ++i) {
    auto item = piece(lowering, arguments[0], axis, PartialValue(Value(i)));
    if (!item) return item;
    items.push_back(*std::move(item));
  }
  return make_sequence(std::move(items), SequenceKind::list);
}

// The shape that a reshape asks for, with the batch as -1: None or -1 in front of lengths that fill a sample is the
// batch, and then another -1 is worked out here.
Result<PartialValue> target_shape(Lowering& lowering, const Builtin&, Arguments arguments) {
  std::vector<PartialValue> wanted;
  if (const auto* const sequence = arguments[1].get<Sequence>()) {
    wanted.assign(sequence->begin(), sequence->end());
  } else {
    REVIVE_ASSIGN_OR_RETURN(const auto ints, integers_argument(arguments[1], "a shape"));
    for (const std::int64_t length : ints) wanted.emplace_back(Value(length));
  }
  const auto is_open = [](const PartialValue& item) {
    const auto number = static_number(item);
    return number && !number->real && number->integer == -1;
  };
  const auto is_batch = [](const PartialValue& item) {
    const Length* const length = item.get<Length>();
    return item.is_none() || (length != nullptr && length->axis == 0);
  };
  if (wanted.empty() || !is_batch(wanted.front())) return make_sequence(std::move(wanted), SequenceKind::tuple);
  wanted.front() = PartialValue(Value(-1));
  const auto open = std::find_if(wanted.begin() + 1, wanted.end(), is_open);
  if (open == wanted.end()) return make_sequence(std::move(wanted), SequenceKind::tuple);
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  std::int64_t known = 1;
  for (const PartialValue& item : std::span(wanted).subspan(1)) {
    const auto number = static_number(item);
    if (!number || number->real || number->integer < -1 || number->integer == 0 ||
        (number->integer > 0 && __builtin_mul_overflow(known, number->integer, &known))) {
      return type_error("a shape has to hold lengths");
    }
  }
  const auto elements = type.shape.elements_per_sample();
  if (!type.shape.known_but_batch() || !elements || *elements % known != 0) {
    return type_error(fmt::format("{} does not reshape into the shape asked for", to_string(type.shape)));
  }
  *open = PartialValue(Value(*elements / known));
  return make_sequence(std::move(wanted), SequenceKind::tuple);
}

// x[begin:begin + size] on every axis; a size of -1 takes the rest.
Result<PartialValue> slice_of(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto begin, integers_argument(arguments[1], "begin"));
  REVIVE_ASSIGN_OR_RETURN(const auto size, integers_argument(arguments[2], "size"));
  if (begin.size() != size.size()) return type_error("begin and size of a slice name the same axes");
  std::vector<PartialValue> key;
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    const std::int64_t first = begin[axis];
    const std::int64_t length = size[axis];
    std::int64_t stop = 0;
    if (first < 0 || length < -1 || __builtin_add_overflow(first, length, &stop)) {
      return type_error("begin and size of a slice are lengths, or -1 for the rest of an axis");
    }
    const auto from = first == 0 ? std::nullopt : std::optional(first);
    key.emplace_back(Slice{from, length == -1 ? std::nullopt : std::optional(stop), std::nullopt});
  }
  return lowering.subscript(arguments[0], std::move(key));
}

// x with as many axes of one element behind its own as `like` has more.
Result<PartialValue> with_axes_of(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto like, lowering.type_of(arguments[1]));
  if (type.shape.rank() >= like.shape.rank()) return arguments[0];
  std::vector<PartialValue> key(like.shape.rank() - type.shape.rank() + 1, PartialValue(Value()));
  key.front() = PartialValue(Ellipsis{});
  return lowering.subscript(arguments[0], std::move(key));
}

// The subscripts of the einsum that K.batch_dot(x, y, axes) is, axes being None, an int or two of them.
Result<PartialValue> batch_dot_subscripts(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto x, lowering.type_of(arguments[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto y, lowering.type_of(arguments[1]));
  std::vector<std::int64_t> axes = {-1, y.shape.rank() == 2 ? -1 : -2};
  if (static_number(arguments[2])) {
    REVIVE_ASSIGN_OR_RETURN(const auto both, integer_argument(arguments[2], "axes"));
    axes = {both, both};
  } else if (!arguments[2].is_none()) {
    REVIVE_ASSIGN_OR_RETURN(auto given, integers_argument(arguments[2], "axes"));
    axes = std::move(given);
  }
  if (axes.size() != 2) return type_error("batch_dot takes one axis of each tensor");
  REVIVE_ASSIGN_OR_RETURN(const auto x_axis, axis_of(x, axes[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto y_axis, axis_of(y, axes[1]));
  constexpr std::size_t kMostRank = 8;
  if (x_axis == 0 || y_axis == 0 || x.shape.rank() > kMostRank || y.shape.rank() > kMostRank) {
    return type_error(fmt::format("batch_dot of {} and {} cannot contract the axes {}", to_string(x.shape),
                                  to_string(y.shape), to_string(axes)));
  }
  // The batch is a, the contracted axis z; each other axis has a letter of its own.
  char next = 'b';
  std::string output = "a";
  const auto operand = [&](std::size_t rank, std::size_t contracted) {
    std::string subscripts = "a";
    for (std::size_t axis = 1; axis < rank; ++axis) {
      const char letter = axis == contracted ? 'z' : next++;
      subscripts += letter;
      if (axis != contracted) output += letter;
    }
    return subscripts;
  };
  const std::string left = operand(x.shape.rank(), x_axis);
  const std::string right = operand(y.shape.rank(), y_axis);
  return PartialValue(Value(left + "," + right + "->" + output));
}

// How many elements go into one of a reduction over the axes, None being all but the batch.
Result<PartialValue> count_along(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  std::vector<std::int64_t> axes;
  if (static_number(arguments[1])) {
    REVIVE_ASSIGN_OR_RETURN(const auto axis, integer_argument(arguments[1], "an axis"));
    axes = {axis};
  } else if (!arguments[1].is_none()) {
    REVIVE_ASSIGN_OR_RETURN(axes, integers_argument(arguments[1], "axes"));
  } else {
    for (std::size_t axis = 1; axis < type.shape.rank(); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  }
  std::int64_t count = 1;
  for (const std::int64_t axis : axes) {
    REVIVE_ASSIGN_OR_RETURN(const auto at, axis_of(type, axis));
    if (!type.shape.known(at) || __builtin_mul_overflow(count, type.shape[at], &count)) {
      return type_error(fmt::format("axis {} of {} has to be known here", axis, to_string(type.shape)));
    }
  }
  return PartialValue(Value(count));
}

struct Aspect {
  std::int64_t height = 0;
  std::int64_t width = 0;
  // As high or wide as the other side of the image and the target's proportions make it.
  std::int64_t fitting_height = 0;
  std::int64_t fitting_width = 0;
};

Result<Aspect> aspect_of(Lowering& lowering, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto size, integers_argument(arguments[1], "size"));
  constexpr std::size_t kImages = 4;
  constexpr std::int64_t kMostSide = std::int64_t{1} << 24;
  const auto is_side = [](std::int64_t side) { return side > 0 && side < kMostSide; };
  if (type.shape.rank() != kImages || size.size() != 2 || !std::ranges::all_of(size, is_side) ||
      !is_side(type.shape[1]) || !is_side(type.shape[2])) {
    return type_error(fmt::format("an aspect ratio needs images and a size that are known, found {} and {}",
                                  to_string(type.shape), to_string(size)));
  }
  Aspect aspect{.height = type.shape[1], .width = type.shape[2]};
  const auto fitting = [](std::int64_t product, std::int64_t by) {
    return static_cast<std::int64_t>(static_cast<double>(product) / static_cast<double>(by));
  };
  aspect.fitting_height = fitting(aspect.width * size[0], size[1]);
  aspect.fitting_width = fitting(aspect.height * size[1], size[0]);
  return aspect;
}

// The middle of the images that has the proportions of the size.
Result<PartialValue> cropped_to_aspect(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto aspect, aspect_of(lowering, arguments));
  const auto middle = [](std::int64_t length, std::int64_t wanted) {
    const std::int64_t kept = std::max<std::int64_t>(std::min(length, wanted), 1);
    const std::int64_t first = (length - kept) / 2;
    return PartialValue(Slice{first, first + kept, std::nullopt});
  };
  return lowering.subscript(arguments[0], {PartialValue(Slice{}), middle(aspect.height, aspect.fitting_height),
                                           middle(aspect.width, aspect.fitting_width), PartialValue(Slice{})});
}

// The images with the same border on two sides, as far as halves of it are whole.
Result<PartialValue> padded_to_aspect(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto aspect, aspect_of(lowering, arguments));
  const std::int64_t above = std::max<std::int64_t>(aspect.fitting_height - aspect.height, 0) / 2;
  const std::int64_t beside = above > 0 ? 0 : std::max<std::int64_t>(aspect.fitting_width - aspect.width, 0) / 2;
  if (above == 0 && beside == 0) return arguments[0];
  const std::vector<PartialValue> widths = {tuple_of({0, 0}), tuple_of({above, above}), tuple_of({beside, beside}),
                                            tuple_of({0, 0})};
  REVIVE_ASSIGN_OR_RETURN(const auto pad_width, make_sequence(widths, SequenceKind::tuple));
  return lowering.call("ops.pad", {{arguments[0], pad_width, PartialValue(Value("constant")), arguments[2]}, {}}, true);
}

}  // namespace

std::span<const Builtin> shaping_builtins() {
  static const Builtin table[] = {
      {"_batch_dot_subscripts", 3, 3, batch_dot_subscripts},
      {"_count_along", 2, 2, count_along},
      {"_cropped_to_aspect", 2, 2, cropped_to_aspect},
      {"_padded_to_aspect", 3, 3, padded_to_aspect},
      {"_slice_of", 3, 3, slice_of},
      {"_split_at", 3, 3, split_at},
      {"_split_sizes", 3, 3, split_sizes},
      {"_target_shape", 2, 2, target_shape},
      {"_unit_axes", 1, 1, unit_axes},
      {"_unstack", 3, 3, unstack},
      {"_with_axes_of", 2, 2, with_axes_of},
  };
  return table;
}

}  // namespace revive
