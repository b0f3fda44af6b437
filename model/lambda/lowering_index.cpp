// x[...]: basic indices become GetItem, one list of indices becomes Take.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/lambda/lowering_frame.h"
#include "revive/model/lambda/python_semantics.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

bool is_int(const PartialValue& item) {
  const Value* const value = item.get<Value>();
  return value != nullptr && value->is_int();
}

// Whether the item leaves its axis, or all axes, as they are.
bool is_full(const PartialValue& item) {
  const Slice* const slice = item.get<Slice>();
  return item.get<Ellipsis>() != nullptr || (slice != nullptr && slice->full());
}

// The item as what an index may be: an array of rank 0 is its number, a list is an array.
Result<PartialValue> index_item(const PartialValue& item) {
  if (item.is_tensor()) {
    return type_error(
        "an index that is computed from x gives a shape that only the run knows; use ops.where or ops.take");
  }
  const Tensor* array = item.get<Tensor>();
  std::optional<Tensor> listed;
  if (const auto* const sequence = item.get<Sequence>()) {
    REVIVE_ASSIGN_OR_RETURN(auto made, array_from(*sequence));
    listed = std::move(made);
    array = &*listed;
  }
  if (array == nullptr) return item;
  if (!is_integer(array->dtype())) {
    return type_error(fmt::format("a list of indices has to hold ints, found {}", name_of(array->dtype())));
  }
  if (array->rank() == 0) return PartialValue(*value_of(PartialValue(*array)));
  return PartialValue(*array);
}

// x.at[key], whose methods change x there.
Result<PartialValue> places_of(const PartialValue& x, std::vector<PartialValue> key) {
  REVIVE_ASSIGN_OR_RETURN(auto places, make_sequence(std::move(key), SequenceKind::tuple));
  REVIVE_ASSIGN_OR_RETURN(auto indexed, make_sequence({x, std::move(places)}, SequenceKind::tuple));
  return PartialValue(FunctionName{std::string(kPlaces), std::make_shared<const PartialValue>(std::move(indexed))});
}

// The items of an index without lists, as GetItem holds them.
Result<Argument::List> basic_index(const std::vector<PartialValue>& key) {
  Argument::List items;
  for (const PartialValue& item : key) {
    if (const Slice* const slice = item.get<Slice>()) {
      items.emplace_back(*slice);
    } else if (item.get<Ellipsis>() != nullptr) {
      items.emplace_back(Ellipsis{});
    } else if (const Value* const value = item.get<Value>()) {
      items.emplace_back(*value);
    } else {
      return type_error(fmt::format("an index has to be an int, a slice, None or ..., found {}", item.kind_name()));
    }
  }
  return items;
}

}  // namespace

Result<PartialValue> Lowering::subscript(const PartialValue& base, std::vector<PartialValue> key) {
  if (base.get<Mapping>() != nullptr && key.size() == 1) {
    REVIVE_RETURN_IF_ERROR(check_hashable(key.front()));
    for (const auto& [name, value] : *base.get<Mapping>()->entries) {
      REVIVE_RETURN_IF_ERROR(take_steps(1));
      REVIVE_ASSIGN_OR_RETURN(const auto same, is_found(name, key.front()));
      if (same) return value;
    }
    return type_error("the dict has no such key");
  }
  if (const auto* const function = base.get<FunctionName>(); function != nullptr && function->text == "Tensor.at") {
    return places_of(*function->self, std::move(key));
  }
  if (!base.is_array_like()) {
    const auto* const sequence = base.get<Sequence>();
    const Value* const text = base.get<Value>();
    if (key.size() != 1) return type_error(fmt::format("{} cannot be indexed so", base.kind_name()));
    REVIVE_RETURN_IF_ERROR(take_steps(sequence != nullptr                    ? sequence->size()
                                      : text != nullptr && text->is_string() ? text->as_string().size()
                                                                             : 1));
    auto item = static_subscript(base, key.front());
    const auto* const part = item ? item->get<Sequence>() : nullptr;
    if (part == nullptr || sequence == nullptr || !sequence->is_vector()) return item;
    return make_vector({part->begin(), part->end()});
  }
  // A tuple that is the whole key is the key.
  if (const auto* const tuple = key.front().get<Sequence>(); key.size() == 1 && tuple != nullptr && !tuple->is_list()) {
    key = std::vector<PartialValue>(tuple->begin(), tuple->end());
  }
  // A table, looked up with the ids that x is.
  if (base.is_array() && key.size() == 1 && key.front().is_tensor()) {
    REVIVE_ASSIGN_OR_RETURN(const auto dtype, dtype_of(key.front()));
    if (is_integer(dtype)) return call("op.take", {{base, key.front(), PartialValue(Value(0))}, {}}, true);
  }
  std::optional<std::size_t> list;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (const Status affordable = take_steps(key[i].expanded()); !affordable) {
      return std::unexpected(affordable.error());
    }
    auto item = index_item(key[i]);
    if (!item) return item;
    key[i] = *std::move(item);
    if (!key[i].is_array()) continue;
    if (list) return type_error("two lists of indices in one index are not part of the expression language");
    list = i;
  }
  if (list) return take(base, std::move(key), *list);
  REVIVE_ASSIGN_OR_RETURN(auto items, basic_index(key));
  REVIVE_ASSIGN_OR_RETURN(auto operand, operand_from(base));
  return op("get_item", {std::move(operand), Argument(std::move(items))});
}

// NumPy's rule for one list: the other indices are taken first, and the list replaces its axis. Ints count as lists
// too, so they must stand beside it, or the list's axis would move to the front.
Result<PartialValue> Lowering::take(const PartialValue& base, std::vector<PartialValue> key, std::size_t at) {
  std::size_t first = at;
  std::size_t last = at;
  while (first > 0 && is_int(key[first - 1])) --first;
  while (last + 1 < key.size() && is_int(key[last + 1])) ++last;
  const auto ints = static_cast<std::size_t>(std::ranges::count_if(key, is_int));
  if (ints != last - first) {
    return type_error("an int apart from a list of indices moves the list's axis to the front; index in two steps");
  }
  const PartialValue indices = std::exchange(key[at], PartialValue(Slice{}));
  const auto kept = [](const PartialValue& item) { return !is_int(item); };
  const auto before = std::span(key).first(at);
  const auto after = std::span(key).subspan(at + 1);
  const bool counts_from_end =
      std::ranges::any_of(before, [](const PartialValue& item) { return item.get<Ellipsis>() != nullptr; });
  const auto axis = counts_from_end ? -1 - std::ranges::count_if(after, kept) : std::ranges::count_if(before, kept);

  PartialValue rest = base;
  if (!std::ranges::all_of(key, is_full)) {
    auto indexed = subscript(base, std::move(key));
    if (!indexed) return indexed;
    rest = *std::move(indexed);
  }
  REVIVE_ASSIGN_OR_RETURN(auto operand, operand_from(rest));
  const OpClass* const take = find_op_function("take");
  if (take == nullptr) return type_error("a list of indices needs the op Take");
  return op(*take, {std::move(operand), Argument(*indices.get<Tensor>())}, {Value(std::int64_t{axis})});
}

}  // namespace revive
