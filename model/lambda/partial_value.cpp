#include "revive/model/lambda/partial_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "revive/model/base/utf8.h"
#include "revive/model/ops/operand.h"
#include "revive/model/tensor/element.h"

namespace revive {
namespace {

constexpr std::uint64_t kMostItems = std::uint64_t{1} << 20;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// The number that a scalar or an array of rank 0 holds.
std::optional<Value> number_of(const PartialValue& lowered) {
  if (const Value* const value = lowered.get<Value>()) {
    if (value->is_bool() || value->is_int() || value->is_real()) return *value;
    return std::nullopt;
  }
  const Tensor* const array = lowered.get<Tensor>();
  if (array == nullptr || array->rank() != 0) return std::nullopt;
  return value_of(lowered);
}

// The flat elements and dims of a rectangular sequence; false when it is none.
bool flatten(const Sequence& sequence, std::size_t depth, Dims& dims, std::vector<Value>& numbers) {
  if (depth == dims.size()) {
    // A number was seen at this depth before, so the sequence is ragged.
    if (!numbers.empty()) return false;
    dims.push_back(static_cast<std::int64_t>(sequence.size()));
  }
  if (dims[depth] != static_cast<std::int64_t>(sequence.size())) return false;
  for (const PartialValue& item : sequence) {
    if (const auto* const inner = item.get<Sequence>()) {
      if (!flatten(*inner, depth + 1, dims, numbers)) return false;
    } else {
      auto number = number_of(item);
      if (!number || dims.size() != depth + 1) return false;
      numbers.push_back(*std::move(number));
    }
  }
  return true;
}

// An array is one item, however large.
std::uint64_t spelled(const PartialValue& item) {
  return item.is_array() ? 1 : item.expanded();
}

Value nested_lists(const Tensor& array, std::size_t axis, std::size_t& next) {
  if (axis == array.rank()) return element_of(array, next++);
  Value::Array items;
  for (std::int64_t i = 0; i < array.dim(axis); ++i) items.push_back(nested_lists(array, axis + 1, next));
  return Value(std::move(items));
}

}  // namespace

std::size_t Sequence::size() const {
  return items->size();
}
const PartialValue& Sequence::operator[](std::size_t index) const {
  return (*items)[index];
}
std::vector<PartialValue>::const_iterator Sequence::begin() const {
  return items->begin();
}
std::vector<PartialValue>::const_iterator Sequence::end() const {
  return items->end();
}

bool PartialValue::is_none() const {
  const Value* const value = get<Value>();
  return value != nullptr && value->is_null();
}

// Bounded by make_sequence().
bool PartialValue::depends_on_x() const {
  if (is_tensor() || is_run_time()) return true;
  if (const auto* const mapping = get<Mapping>()) {
    return std::ranges::any_of(*mapping->entries, [](const auto& entry) { return entry.value.depends_on_x(); });
  }
  const auto* const sequence = get<Sequence>();
  return sequence != nullptr && std::ranges::any_of(*sequence, &PartialValue::depends_on_x);
}

bool PartialValue::is_run_time() const {
  const auto* const sequence = get<Sequence>();
  return get<Length>() != nullptr || get<RunNumber>() != nullptr || get<BatchNumber>() != nullptr ||
         (sequence != nullptr && sequence->is_vector());
}

std::uint64_t PartialValue::expanded() const {
  if (const auto* const sequence = get<Sequence>()) return sequence->expanded;
  if (const auto* const mapping = get<Mapping>()) return mapping->expanded;
  const Tensor* const array = get<Tensor>();
  return array == nullptr ? 1 : array->size();
}

std::string_view PartialValue::kind_name() const {
  if (is_tensor()) return "a tensor";
  if (is_array()) return "an array";
  if (get<Slice>() != nullptr) return "a slice";
  if (get<Ellipsis>() != nullptr) return "...";
  if (get<FunctionName>() != nullptr) return "a function";
  if (get<Mapping>() != nullptr) return "a dict";
  if (get<Length>() != nullptr) return "the length of an axis that only the run knows";
  if (get<RunNumber>() != nullptr) return "a number that only the run knows";
  if (get<BatchNumber>() != nullptr) return "a number that depends on the length of the batch";
  if (is_run_time()) return "a shape that only the run knows";
  if (const auto* const sequence = get<Sequence>()) {
    switch (sequence->kind) {
      case SequenceKind::list: return "a list";
      case SequenceKind::range: return "a range";
      case SequenceKind::view: return "a view of a dict";
      case SequenceKind::iterator: return "an iterator";
      default: return "a tuple";
    }
  }
  return is_none() ? "None" : get<Value>()->kind_name();
}

Result<PartialValue> make_mapping(std::vector<Mapping::Entry> entries) {
  std::uint64_t expanded = 1;
  for (const auto& [key, value] : entries) expanded += spelled(key) + spelled(value);
  if (expanded > kMostItems) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("expected at most {} items in a dict", kMostItems));
  }
  return PartialValue(Mapping{std::make_shared<const std::vector<Mapping::Entry>>(std::move(entries)), expanded});
}

Result<PartialValue> make_sequence(std::vector<PartialValue> items, SequenceKind kind) {
  std::uint64_t expanded = 1;
  for (const PartialValue& item : items) expanded += spelled(item);
  if (expanded > kMostItems) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("expected at most {} items in a sequence", kMostItems));
  }
  return PartialValue(Sequence{std::make_shared<const std::vector<PartialValue>>(std::move(items)), kind, expanded,
                               kind == SequenceKind::iterator ? std::make_shared<bool>(false) : nullptr});
}

Status walk(const Sequence& sequence) {
  if (sequence.kind != SequenceKind::iterator) return {};
  if (*sequence.walked) return type_error("an iterator can be walked through once; make a list of it");
  *sequence.walked = true;
  return {};
}

Result<PartialValue> make_vector(std::vector<PartialValue> items) {
  const bool is_known = std::ranges::none_of(items, &PartialValue::is_run_time);
  auto made = make_sequence(std::move(items), SequenceKind::tuple);
  if (!made) return made;
  Sequence sequence = *made->get<Sequence>();
  if (is_known && sequence.size() > 0) {
    REVIVE_ASSIGN_OR_RETURN(auto array, array_from(sequence));
    return PartialValue(std::move(array));
  }
  if (!is_known) sequence.kind = SequenceKind::vector;
  return PartialValue(std::move(sequence));
}

Result<PartialValue> lowered_value(const Value& value, std::uint64_t depth) {
  if (value.is_object() || depth == 0) {
    return type_error(
        fmt::format("a captured value is a number, a string, None, a tuple of them, an array or a function, found {}",
                    value.brief()));
  }
  if (value.is_string() && !is_utf8(value.as_string())) {
    return type_error(fmt::format("a captured string is UTF-8, found {}", value.brief()));
  }
  if (!value.is_array()) return PartialValue(value);
  std::vector<PartialValue> items;
  for (const Value& item : value.as_array()) {
    auto lowered = lowered_value(item, depth - 1);
    if (!lowered) return lowered;
    items.push_back(*std::move(lowered));
  }
  return make_sequence(std::move(items), SequenceKind::either);
}

PartialValue tuple_of(const std::vector<std::int64_t>& ints) {
  const std::vector<PartialValue> items(ints.begin(), ints.end());
  return PartialValue(Sequence{std::make_shared<const std::vector<PartialValue>>(items), SequenceKind::tuple,
                               items.size() + 1, nullptr});
}

std::optional<Value> value_of(const PartialValue& lowered) {
  if (const Value* const value = lowered.get<Value>()) return *value;
  if (const Tensor* const array = lowered.get<Tensor>(); array != nullptr && ops::computes(array->dtype())) {
    std::size_t next = 0;
    return nested_lists(*array, 0, next);
  }
  const auto* const sequence = lowered.get<Sequence>();
  if (sequence == nullptr || !sequence->is_indexed()) return std::nullopt;
  Value::Array items;
  for (const PartialValue& item : *sequence) {
    auto value = value_of(item);
    if (!value) return std::nullopt;
    items.push_back(*std::move(value));
  }
  return Value(std::move(items));
}

Result<Tensor> array_from(const Sequence& sequence) {
  Dims dims;
  std::vector<Value> numbers;
  if (!sequence.is_indexed()) return type_error("what can only be walked through is no array; make a list of it");
  if (!flatten(sequence, 0, dims, numbers) || numbers.empty()) {
    return type_error("a sequence beside a tensor has to hold numbers in a rectangular shape");
  }
  DType dtype = DType::boolean;
  if (std::ranges::any_of(numbers, &Value::is_int)) dtype = DType::int32;
  if (std::ranges::any_of(numbers, &Value::is_real)) dtype = DType::float32;
  using Range = std::numeric_limits<std::int32_t>;
  for (const Value& number : numbers) {
    const bool too_large = number.is_int() && (number.as_int() < Range::min() || number.as_int() > Range::max());
    if (dtype == DType::int32 && too_large) {
      return type_error(fmt::format("an int of an array has to fit int32, found {}", number.as_int()));
    }
  }
  Tensor array = Tensor::uninitialized(dtype, std::move(dims));
  ops::with_element_type(dtype, [&]<typename T>(T) {
    std::ranges::transform(numbers, array.data<T>().begin(), [](const Value& number) {
      if (number.is_real()) return static_cast<T>(number.as_real());
      return static_cast<T>(number.is_bool() ? std::int64_t{number.as_bool()} : number.as_int());
    });
  });
  return array;
}

Result<Argument> operand_from(const PartialValue& lowered) {
  if (const Value* const value = lowered.get<Value>()) return Argument(*value);
  if (const NodeRef* const ref = lowered.get<NodeRef>()) return Argument(*ref);
  if (const Tensor* const array = lowered.get<Tensor>()) return Argument(*array);
  const auto* const sequence = lowered.get<Sequence>();
  if (sequence == nullptr)
    return type_error(fmt::format("expected a tensor or a number, found {}", lowered.kind_name()));
  if (!sequence->is_indexed()) {
    return type_error(fmt::format("expected a tensor or a list of them, found {}", lowered.kind_name()));
  }
  const auto is_operand = [](const PartialValue& item) {
    return item.is_tensor() || (item.is_array() && item.get<Tensor>()->rank() > 0);
  };
  if (std::ranges::none_of(*sequence, is_operand)) {
    REVIVE_ASSIGN_OR_RETURN(auto array, array_from(*sequence));
    return Argument(std::move(array));
  }
  Argument::List operands;
  for (const PartialValue& item : *sequence) {
    auto operand = operand_from(item);
    if (!operand) return operand;
    operands.push_back(*std::move(operand));
  }
  return Argument(std::move(operands));
}

}  // namespace revive
