// x.at[key].set(value) and its kin, as JAX has them: x with other numbers at places that are known.
//
// Attribute and index make a function of x and the key (Lowering::attribute, Lowering::subscript), which is called with
// the value here. Where the key leads is asked of an array that numbers the elements of a sample.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

using Arguments = std::span<const PartialValue>;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

bool leaves_axis(const PartialValue& item) {
  const Slice* const slice = item.get<Slice>();
  return slice != nullptr && slice->full();
}

// Whether the key is one behind the batch axis for x and for an array of one sample alike.
bool is_behind_batch(const Sequence& key, std::size_t rank) {
  if (key.size() == 0) return false;
  if (leaves_axis(key[0])) return true;
  if (key[0].get<Ellipsis>() == nullptr) return false;
  const auto axes = std::ranges::count_if(key, [](const PartialValue& item) { return !item.is_none(); });
  return static_cast<std::size_t>(axes) <= rank;
}

// What is placed where in one sample.
struct Places {
  PartialValue x;
  TensorType type;
  // The axes of a sample and of what the key takes of it, and the elements that these are.
  Dims sample;
  Dims taken;
  std::vector<std::int64_t> elements;
};

PartialValue ints(const std::vector<std::int32_t>& values, const Dims& dims) {
  Tensor array = Tensor::uninitialized(DType::int32, dims);
  std::ranges::copy(values, array.data<std::int32_t>().begin());
  return PartialValue(std::move(array));
}

PartialValue shape_of(const Dims& dims, std::int64_t front) {
  std::vector<std::int64_t> shape = {front};
  shape.insert(shape.end(), dims.begin(), dims.end());
  return tuple_of(shape);
}

Result<Places> places_of(Lowering& lowering, const PartialValue& indexed) {
  const Sequence& pair = *indexed.get<Sequence>();
  const Sequence& key = *pair[1].get<Sequence>();
  Places places{.x = pair[0], .type = {}, .sample = {}, .taken = {}, .elements = {}};
  if (!places.x.is_tensor()) return type_error("`.at` is known of tensors");
  REVIVE_ASSIGN_OR_RETURN(places.type, lowering.type_of(places.x));
  const Shape& shape = places.type.shape;
  if (!is_behind_batch(key, shape.rank())) {
    return type_error("an index on the batch axis would change one sample; the first index of `.at` has to be :");
  }
  for (std::size_t axis = 1; axis < shape.rank(); ++axis) {
    if (!shape.known(axis)) return type_error("`.at` is known of tensors whose axes are, but for the batch");
    places.sample.push_back(shape[axis]);
  }
  const auto count = element_count(places.sample);
  if (!count || static_cast<std::uint64_t>(*count) > lowering.limits().constant_elements) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} elements of a sample", lowering.limits().constant_elements));
  }
  REVIVE_RETURN_IF_ERROR(lowering.take_steps(static_cast<std::uint64_t>(*count)));
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(*count));
  std::iota(numbers.begin(), numbers.end(), 0);
  Dims one = places.sample;
  one.insert(one.begin(), 1);
  REVIVE_ASSIGN_OR_RETURN(const auto found, lowering.subscript(ints(numbers, one), {key.begin(), key.end()}));
  const Tensor* const array = found.get<Tensor>();
  if (array == nullptr || array->rank() == 0) return type_error("this index of `.at` is not known");
  const Dims& dims = array->dims();
  places.taken.assign(dims.begin() + 1, dims.end());
  for (const std::int32_t element : array->data<std::int32_t>()) places.elements.push_back(element);
  std::vector<std::int64_t> sorted = places.elements;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    return type_error("`.at` with one place twice is set in any order");
  }
  return places;
}

// The number, or x's own, at each place: what is known while the lambda is made.
Result<PartialValue> placed_constant(Lowering& lowering, const Places& places, const PartialValue& value,
                                     std::string_view symbol) {
  const PartialValue dtype(Value(name_of(places.type.dtype)));
  REVIVE_ASSIGN_OR_RETURN(const auto given, lowering.call("_array", {{value, dtype}, {}}, true));
  REVIVE_ASSIGN_OR_RETURN(const auto spread,
                          lowering.call("op.broadcast_to", {{given, tuple_of(places.taken)}, {}}, true));
  const Tensor* const numbers = spread.get<Tensor>();
  if (numbers == nullptr) return type_error("what `.at` places has to be known, or a tensor");
  Dims one = places.sample;
  one.insert(one.begin(), 1);
  Tensor all(numbers->dtype(), one);
  Tensor chosen(DType::boolean, one);
  const std::size_t width = size_of(numbers->dtype());
  for (std::size_t i = 0; i < places.elements.size(); ++i) {
    const auto at = static_cast<std::size_t>(places.elements[i]);
    std::ranges::copy(numbers->bytes().subspan(i * width, width), all.bytes().subspan(at * width, width).begin());
    chosen.bytes()[at] = std::byte{1};
  }
  PartialValue placed(std::move(all));
  if (!symbol.empty()) {
    REVIVE_ASSIGN_OR_RETURN(placed, lowering.infix(symbol, places.x, placed));
  }
  return lowering.call("op.where", {{PartialValue(std::move(chosen)), placed, places.x}, {}}, true);
}

// The elements of the value behind those of x, and then of each the one that is wanted.
Result<PartialValue> placed_tensor(Lowering& lowering, const Places& places, const PartialValue& indexed,
                                   PartialValue value, std::string_view symbol) {
  if (!symbol.empty()) {
    const Sequence& key = *(*indexed.get<Sequence>())[1].get<Sequence>();
    REVIVE_ASSIGN_OR_RETURN(const auto old, lowering.subscript(places.x, {key.begin(), key.end()}));
    REVIVE_ASSIGN_OR_RETURN(value, lowering.infix(symbol, old, value));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(value));
  std::vector<std::int64_t> wanted = {places.type.shape[0]};
  wanted.insert(wanted.end(), places.taken.begin(), places.taken.end());
  if (type.dtype != places.type.dtype || type.shape != Shape(wanted)) {
    return type_error(fmt::format("`.at` is known with a tensor of its own dtype and the shape {}, found {} of {}",
                                  to_string(Shape(wanted)), to_string(type.shape), name_of(type.dtype)));
  }
  const auto flat = [&](const PartialValue& each, std::size_t length) {
    return lowering.call("op.reshape", {{each, tuple_of({-1, static_cast<std::int64_t>(length)})}, {}}, true);
  };
  const auto count = static_cast<std::size_t>(*element_count(places.sample));
  std::vector<std::int32_t> sources(count);
  std::iota(sources.begin(), sources.end(), 0);
  for (std::size_t i = 0; i < places.elements.size(); ++i) {
    sources[static_cast<std::size_t>(places.elements[i])] = static_cast<std::int32_t>(count + i);
  }
  REVIVE_ASSIGN_OR_RETURN(const auto left, flat(places.x, count));
  REVIVE_ASSIGN_OR_RETURN(const auto right, flat(value, places.elements.size()));
  REVIVE_ASSIGN_OR_RETURN(const auto both, make_sequence({left, right}, SequenceKind::list));
  REVIVE_ASSIGN_OR_RETURN(const auto joined,
                          lowering.call("op.concatenate", {{both, PartialValue(Value(1))}, {}}, true));
  REVIVE_ASSIGN_OR_RETURN(
      const auto taken,
      lowering.call("op.take",
                    {{joined, ints(sources, {static_cast<std::int64_t>(count)}), PartialValue(Value(1))}, {}}, true));
  return lowering.call("op.reshape", {{taken, shape_of(places.sample, -1)}, {}}, true);
}

Result<PartialValue> placed(Lowering& lowering, const PartialValue& indexed, const PartialValue& value,
                            std::string_view symbol) {
  REVIVE_ASSIGN_OR_RETURN(const auto places, places_of(lowering, indexed));
  if (value.is_tensor()) return placed_tensor(lowering, places, indexed, value, symbol);
  REVIVE_ASSIGN_OR_RETURN(const auto dtype, lowering.dtype_of(value));
  if (is_float(dtype) && !is_float(places.type.dtype)) {
    return type_error("`.at` of ints with a float cuts off its fraction; cast it first");
  }
  return placed_constant(lowering, places, value, symbol);
}

Result<PartialValue> at_set(Lowering& lowering, const Builtin&, Arguments arguments) {
  return placed(lowering, arguments[0], arguments[1], {});
}

Result<PartialValue> at_add(Lowering& lowering, const Builtin&, Arguments arguments) {
  return placed(lowering, arguments[0], arguments[1], "+");
}

Result<PartialValue> at_multiply(Lowering& lowering, const Builtin&, Arguments arguments) {
  return placed(lowering, arguments[0], arguments[1], "*");
}

}  // namespace

std::span<const Builtin> placing_builtins() {
  static const Builtin table[] = {
      {"_At.add", 2, 2, at_add},
      {"_At.multiply", 2, 2, at_multiply},
      {"_At.set", 2, 2, at_set},
  };
  return table;
}

}  // namespace revive
