// Lengths that only the run knows: the vector that tf.shape(x) is, arithmetic with an axis, and shapes with the batch
// in front.
//
// The batch takes part in shapes alone, where it stands for itself. Another axis is counted by the graph: the sum of as
// many ones as it is long, once for each sample.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/python_semantics.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

using Arguments = std::span<const PartialValue>;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

bool is_batch(const PartialValue& value) {
  const Length* const length = value.get<Length>();
  return length != nullptr && length->axis == 0;
}

// The length that the operator leaves as it is, beside 0 or 1; nullptr if there is none.
const PartialValue* unchanged_length(std::string_view symbol, const PartialValue& a, const PartialValue& b) {
  const auto is_neutral = [symbol](const PartialValue& value) {
    const auto number = static_number(value);
    if (!number || number->real) return false;
    return number->integer == (symbol == "+" || symbol == "-" ? 0 : 1);
  };
  if (symbol != "+" && symbol != "-" && symbol != "*" && symbol != "//") return nullptr;
  if (a.get<Length>() != nullptr && is_neutral(b)) return &a;
  return b.get<Length>() != nullptr && is_neutral(a) && (symbol == "+" || symbol == "*") ? &b : nullptr;
}

bool depends_on_batch(const PartialValue& a, const PartialValue& b) {
  return is_batch(a) || is_batch(b) || a.get<BatchNumber>() != nullptr || b.get<BatchNumber>() != nullptr;
}

// The items of a vector, or as many of a number.
Result<std::vector<PartialValue>> aligned_items(const PartialValue& value, std::size_t count) {
  std::vector<PartialValue> items;
  if (const auto* const sequence = value.get<Sequence>()) {
    items.assign(sequence->begin(), sequence->end());
  } else if (const Tensor* const array = value.get<Tensor>(); array != nullptr && array->rank() == 1) {
    REVIVE_ASSIGN_OR_RETURN(const auto ints, integers_argument(value, "a shape"));
    for (const std::int64_t item : ints) items.emplace_back(Value(item));
  } else {
    items.assign(count, value);
  }
  return items;
}

// The lengths of the axes, with a Length for those that nobody knows.
Result<std::vector<PartialValue>> lengths_of(Lowering& lowering, const PartialValue& value) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(value));
  std::vector<PartialValue> lengths;
  for (std::size_t axis = 0; axis < type.shape.rank(); ++axis) {
    lengths.push_back(type.shape.known(axis) ? PartialValue(Value(type.shape[axis]))
                                             : PartialValue(Length{*value.get<NodeRef>(), axis}));
  }
  return lengths;
}

// keras.ops.shape(x), a tuple.
Result<PartialValue> lengths(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(auto found, lengths_of(lowering, arguments[0]));
  return make_sequence(std::move(found), SequenceKind::shape);
}

// tf.shape(x), a vector; of a vector, that of its one axis.
Result<PartialValue> shape_vector(Lowering& lowering, const Builtin&, Arguments arguments) {
  if (const auto* const sequence = arguments[0].get<Sequence>(); sequence != nullptr && sequence->is_vector()) {
    return make_vector({PartialValue(Value(static_cast<std::int64_t>(sequence->size())))});
  }
  REVIVE_ASSIGN_OR_RETURN(auto found, lengths_of(lowering, arguments[0]));
  return make_vector(std::move(found));
}

// Whether there is a length that only the run knows in the value or one of its items.
Result<PartialValue> has_lengths(Lowering&, const Builtin&, Arguments arguments) {
  const auto* const sequence = arguments[0].get<Sequence>();
  const bool found =
      arguments[0].is_run_time() || (sequence != nullptr && std::ranges::any_of(*sequence, &PartialValue::is_run_time));
  return PartialValue(Value(found));
}

// What tf.concat and tf.stack make of shapes and lengths: one vector.
Result<PartialValue> joined(Lowering& lowering, const Builtin&, Arguments arguments) {
  std::vector<PartialValue> all;
  for (const PartialValue& part : *arguments[0].get<Sequence>()) {
    REVIVE_ASSIGN_OR_RETURN(auto items, aligned_items(part, 1));
    if (const Status affordable = lowering.take_steps(items.size()); !affordable) {
      return std::unexpected(affordable.error());
    }
    all.insert(all.end(), items.begin(), items.end());
  }
  return make_vector(std::move(all));
}

// The array, which has one element along its first axis, once for each sample.
Result<PartialValue> per_sample(Lowering& lowering, const PartialValue& array, const Length& batch) {
  const PartialValue like(batch.of);
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(like));
  std::vector<PartialValue> key = {PartialValue(Slice{})};
  for (std::size_t axis = 1; axis < type.shape.rank(); ++axis) {
    if (!type.shape.known(axis) || type.shape[axis] == 0) {
      return type_error(fmt::format("a constant for each sample needs an input whose axes are known, found {}",
                                    to_string(type.shape)));
    }
    key.emplace_back(Value(0));
  }
  PartialValue column = like;
  if (key.size() > 1) {
    REVIVE_ASSIGN_OR_RETURN(column, lowering.subscript(like, std::move(key)));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto array_type, lowering.type_of(array));
  const PartialValue dtype(Value(name_of(array_type.dtype)));
  REVIVE_ASSIGN_OR_RETURN(const auto typed, lowering.call("_array", {{column, dtype}, {}}, true));
  REVIVE_ASSIGN_OR_RETURN(const auto zeros, lowering.call("op.zeros_like", {{typed}, {}}, true));
  std::vector<std::int64_t> shape(array_type.shape.rank(), 1);
  shape.front() = -1;
  REVIVE_ASSIGN_OR_RETURN(const auto spread, lowering.call("op.reshape", {{zeros, tuple_of(shape)}, {}}, true));
  const std::string_view join = array_type.dtype == DType::boolean ? "op.logical_or" : "op.add";
  return lowering.call(join, {{spread, array}, {}}, true);
}

// A shape with the batch in front, as the same with one sample. Errors: lengths elsewhere.
Result<PartialValue> one_sample(const Sequence& shape) {
  std::vector<PartialValue> items(shape.begin(), shape.end());
  items.front() = PartialValue(Value(1));
  if (std::ranges::any_of(items, &PartialValue::is_run_time)) {
    return type_error("a shape that only the run knows may have the batch in front and nowhere else");
  }
  return make_sequence(std::move(items), SequenceKind::tuple);
}

const Sequence* with_batch_in_front(const PartialValue& shape) {
  const auto* const sequence = shape.get<Sequence>();
  return sequence != nullptr && sequence->size() > 0 && is_batch((*sequence)[0]) ? sequence : nullptr;
}

// _batch_full(shape, value, dtype), _batch_broadcast(array, shape) and _batch_tile(array, repeats): as those without
// the batch, where it stands in front.
Result<PartialValue> batch_full(Lowering& lowering, const Builtin&, Arguments arguments) {
  const Sequence* const shape = with_batch_in_front(arguments[0]);
  if (shape == nullptr) return lowering.call("_full", {{arguments.begin(), arguments.end()}, {}}, true);
  REVIVE_ASSIGN_OR_RETURN(const auto sample, one_sample(*shape));
  REVIVE_ASSIGN_OR_RETURN(const auto array, lowering.call("_full", {{sample, arguments[1], arguments[2]}, {}}, true));
  return per_sample(lowering, array, *(*shape)[0].get<Length>());
}

Result<PartialValue> repeated_for_each_sample(Lowering& lowering, std::string_view function, Arguments arguments) {
  const Sequence* const shape = with_batch_in_front(arguments[1]);
  if (shape == nullptr || arguments[0].is_tensor()) {
    return lowering.call(function, {{arguments[0], arguments[1]}, {}}, true);
  }
  REVIVE_ASSIGN_OR_RETURN(const auto sample, one_sample(*shape));
  REVIVE_ASSIGN_OR_RETURN(const auto array, lowering.call(function, {{arguments[0], sample}, {}}, true));
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(array));
  if (type.shape.rank() != shape->size() || type.shape[0] != 1) {
    return type_error(fmt::format("expected an array of one sample to repeat, found {}", to_string(type.shape)));
  }
  return per_sample(lowering, array, *(*shape)[0].get<Length>());
}

// A tensor of the batch in the shape that it has beside an array of one sample of that shape, which adds nothing to it.
Result<PartialValue> spread(Lowering& lowering, const PartialValue& tensor, const Sequence& shape) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(tensor));
  if (type.shape.rank() != shape.size()) {
    return type_error(fmt::format("{} does not become a batch of {} axes", to_string(type.shape), shape.size()));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto sample, one_sample(shape));
  const Value nothing = is_float(type.dtype) ? Value(-0.0) : Value(0);
  const PartialValue dtype(Value(name_of(type.dtype)));
  REVIVE_ASSIGN_OR_RETURN(const auto array, lowering.call("_full", {{sample, PartialValue(nothing), dtype}, {}}, true));
  return lowering.call(type.dtype == DType::boolean ? "op.logical_or" : "op.add", {{tensor, array}, {}}, true);
}

Result<PartialValue> batch_broadcast(Lowering& lowering, const Builtin&, Arguments arguments) {
  const Sequence* const shape = with_batch_in_front(arguments[1]);
  if (shape != nullptr && arguments[0].is_tensor()) return spread(lowering, arguments[0], *shape);
  return repeated_for_each_sample(lowering, "op.broadcast_to", arguments);
}

Result<PartialValue> batch_tile(Lowering& lowering, const Builtin&, Arguments arguments) {
  return repeated_for_each_sample(lowering, "op.tile", arguments);
}

}  // namespace

Result<PartialValue> Lowering::counted(const PartialValue& value) {
  if (is_batch(value) || value.get<BatchNumber>() != nullptr) {
    return type_error("a number that depends on the length of the batch would mix its samples");
  }
  const Length* const length = value.get<Length>();
  if (length == nullptr) return value;
  const PartialValue of(length->of);
  REVIVE_ASSIGN_OR_RETURN(const auto type, type_of(of));
  std::vector<PartialValue> key = {PartialValue(Slice{})};
  for (std::size_t axis = 1; axis < type.shape.rank(); ++axis) {
    if (axis == length->axis) {
      key.emplace_back(Slice{});
    } else if (type.shape.known(axis) && type.shape[axis] > 0) {
      key.emplace_back(Value(0));
    } else {
      return type_error(fmt::format("only one axis of {} may be unknown where it is counted", to_string(type.shape)));
    }
  }
  REVIVE_ASSIGN_OR_RETURN(const auto row, subscript(of, std::move(key)));
  REVIVE_ASSIGN_OR_RETURN(const auto typed, call("_array", {{row, PartialValue(Value("int32"))}, {}}, true));
  REVIVE_ASSIGN_OR_RETURN(const auto ones, call("op.ones_like", {{typed}, {}}, true));
  REVIVE_ASSIGN_OR_RETURN(const auto sum, call("op.sum", {{ones, PartialValue(Value(1))}, {}}, true));
  return PartialValue(RunNumber{*sum.get<NodeRef>()});
}

Result<PartialValue> Lowering::infix_at_run_time(std::string_view symbol, const PartialValue& a,
                                                 const PartialValue& b) {
  const auto is_vector = [](const PartialValue& value) {
    const auto* const sequence = value.get<Sequence>();
    return sequence != nullptr && sequence->is_vector();
  };
  if (is_vector(a) || is_vector(b)) {
    const std::size_t count = (is_vector(a) ? a : b).get<Sequence>()->size();
    REVIVE_ASSIGN_OR_RETURN(const auto left, aligned_items(a, count));
    REVIVE_ASSIGN_OR_RETURN(const auto right, aligned_items(b, count));
    if (left.size() != right.size()) return type_error("two shapes of different lengths meet");
    std::vector<PartialValue> items;
    for (std::size_t i = 0; i < count; ++i) {
      if (depends_on_batch(left[i], right[i]) && unchanged_length(symbol, left[i], right[i]) == nullptr) {
        items.emplace_back(BatchNumber{});
        continue;
      }
      REVIVE_ASSIGN_OR_RETURN(auto item, infix(symbol, left[i], right[i]));
      items.push_back(std::move(item));
    }
    return make_vector(std::move(items));
  }
  if (const PartialValue* const length = unchanged_length(symbol, a, b)) return *length;
  REVIVE_ASSIGN_OR_RETURN(const auto left, counted(a));
  REVIVE_ASSIGN_OR_RETURN(const auto right, counted(b));
  const PartialValue& tensor = left.is_array_like() ? left : right;
  if (tensor.is_array()) {
    const Tensor& array = *tensor.get<Tensor>();
    if (array.rank() > 0) return type_error("a number that only the run knows does not take part beside an array");
    const PartialValue number(*value_of(tensor));
    return left.is_array() ? infix_at_run_time(symbol, number, right) : infix_at_run_time(symbol, left, number);
  }
  const auto as_node = [&](const PartialValue& value) -> Result<PartialValue> {
    const RunNumber* const number = value.get<RunNumber>();
    if (number == nullptr) return value;
    if (!tensor.is_array_like()) return PartialValue(number->per_sample);
    REVIVE_ASSIGN_OR_RETURN(const auto type, type_of(tensor));
    std::vector<std::int64_t> shape(std::max<std::size_t>(type.shape.rank(), 1), 1);
    shape.front() = -1;
    return call("op.reshape", {{PartialValue(number->per_sample), tuple_of(shape)}, {}}, true);
  };
  REVIVE_ASSIGN_OR_RETURN(const auto x1, as_node(left));
  REVIVE_ASSIGN_OR_RETURN(const auto x2, as_node(right));
  if (!x1.is_array_like() && !x2.is_array_like()) {
    return type_error(fmt::format("`{}` does not take {} and {}", symbol, a.kind_name(), b.kind_name()));
  }
  REVIVE_ASSIGN_OR_RETURN(auto result, infix(symbol, x1, x2));
  if (tensor.is_array_like()) return result;
  return PartialValue(RunNumber{*result.get<NodeRef>()});
}

Result<PartialValue> Lowering::cast_run_number(const PartialValue& value, std::string_view dtype) {
  REVIVE_ASSIGN_OR_RETURN(const auto number, counted(value));
  const RunNumber* const counted_number = number.get<RunNumber>();
  if (counted_number == nullptr) return type_error(fmt::format("{} has no dtype to change", value.kind_name()));
  const CallArguments arguments{{PartialValue(counted_number->per_sample), PartialValue(Value(dtype))}, {}};
  REVIVE_ASSIGN_OR_RETURN(const auto result, call("op.cast", arguments, true));
  return PartialValue(RunNumber{*result.get<NodeRef>()});
}

std::span<const Builtin> length_builtins() {
  static const Builtin table[] = {
      {"_batch_broadcast", 2, 2, batch_broadcast}, {"_batch_full", 3, 3, batch_full}, {"_batch_tile", 2, 2, batch_tile},
      {"_has_lengths", 1, 1, has_lengths},         {"_joined", 1, 1, joined},         {"_lengths", 1, 1, lengths},
      {"_shape_vector", 1, 1, shape_vector},
  };
  return table;
}

}  // namespace revive
