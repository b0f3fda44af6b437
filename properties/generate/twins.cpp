#include "revive/properties/generate/twins.h"

#include <array>
#include <cmath>
#include <map>
#include <string_view>

#include "revive/model/tensor/element.h"

namespace revive::properties {
namespace {

// In the order in which they are offered.
enum class Kind : std::uint8_t { step, slice, integer, kind, real, boolean, string, element, tensor, order };
constexpr std::array<std::string_view, 10> kComponents = {"the step of a slice",
                                                          "a bound of a slice",
                                                          "an int",
                                                          "int or float",
                                                          "a float",
                                                          "a bool",
                                                          "a string",
                                                          "an element",
                                                          "a tensor of the graph",
                                                          "the order of arguments"};

template <typename T>
using Others = std::vector<std::pair<Kind, T>>;

constexpr std::array<std::array<std::string_view, 2>, 4> kSpellings = {
    {{"float32", "int32"}, {"int32", "bool"}, {"reflect", "symmetric"}, {"nearest", "bilinear"}}};

bool is_small(std::int64_t number) {
  constexpr std::int64_t kMost = std::int64_t{1} << 30;
  return number > -kMost && number < kMost;
}

void add_others(std::int64_t number, Others<Value>& others) {
  if (!is_small(number)) return;
  for (const std::int64_t other : {number + 1, number - 1}) others.emplace_back(Kind::integer, other);
  if (number != 0) others.emplace_back(Kind::integer, -number);
  others.emplace_back(Kind::kind, static_cast<double>(number));
}

void add_others(double number, Others<Value>& others) {
  others.emplace_back(Kind::real, std::isnan(number) ? 0.0 : -number);
  others.emplace_back(Kind::real, std::isnan(number) ? 1.0 : number + 1);
  if (!std::isnan(number)) others.emplace_back(Kind::real, std::nan(""));
  const bool is_whole = std::fabs(number) < 1e9 && std::trunc(number) == number;
  if (is_whole) others.emplace_back(Kind::kind, static_cast<std::int64_t>(number));
}

Others<Value> others_of(const Value& value) {
  Others<Value> others;
  switch (value.kind()) {
    case Value::Kind::integer: add_others(value.as_int(), others); break;
    case Value::Kind::real: add_others(value.as_real(), others); break;
    case Value::Kind::boolean: others.emplace_back(Kind::boolean, !value.as_bool()); break;
    case Value::Kind::string:
      for (const auto& [one, other] : kSpellings) {
        if (value.as_string() == one) others.emplace_back(Kind::string, other);
        if (value.as_string() == other) others.emplace_back(Kind::string, one);
      }
      break;
    case Value::Kind::array:
      for (std::size_t i = 0; i < value.as_array().size(); ++i) {
        for (auto& [kind, item] : others_of(value.as_array()[i])) {
          Value::Array items = value.as_array();
          items[i] = std::move(item);
          others.emplace_back(kind, Value(std::move(items)));
        }
      }
      break;
    case Value::Kind::null:
    case Value::Kind::object: break;
  }
  return others;
}

Others<Argument> others_of(const Slice& slice) {
  Others<Argument> others;
  const auto add = [&](Kind kind, std::optional<std::int64_t> Slice::* part, std::optional<std::int64_t> value) {
    Slice other = slice;
    other.*part = value;
    if (other != slice) others.emplace_back(kind, other);
  };
  const std::int64_t step = slice.step.value_or(1);
  if (is_small(step)) {
    add(Kind::step, &Slice::step, -step);
    add(Kind::step, &Slice::step, step < 0 ? step - 1 : step + 1);
  }
  for (const auto part : {&Slice::start, &Slice::stop}) {
    add(Kind::slice, part, std::nullopt);
    const std::int64_t bound = (slice.*part).value_or(0);
    if (!is_small(bound)) continue;
    for (const std::int64_t other : {bound + 1, bound - 1, -bound}) add(Kind::slice, part, other);
  }
  return others;
}

Others<Argument> others_of(const Tensor& array) {
  Others<Argument> others;
  if (array.size() == 0) return others;
  for (const std::size_t at : {array.size() - 1, std::size_t{0}}) {
    for (auto& [kind, element] : others_of(element_of(array, at))) {
      if (!is_element(element, array.dtype())) continue;
      Tensor other = array;
      set_element(other, at, element);
      if (!same_bits(other, array)) others.emplace_back(Kind::element, std::move(other));
    }
  }
  return others;
}

Others<Argument> others_of(const Argument& argument) {
  Others<Argument> others;
  if (const auto* const ref = argument.get<NodeRef>()) {
    if (ref->index > 0) others.emplace_back(Kind::tensor, NodeRef{ref->index - 1});
    if (ref->index > 1) others.emplace_back(Kind::tensor, NodeRef{0});
  } else if (const auto* const value = argument.get<Value>()) {
    for (auto& [kind, other] : others_of(*value)) others.emplace_back(kind, std::move(other));
  } else if (const auto* const slice = argument.get<Slice>()) {
    others = others_of(*slice);
  } else if (const auto* const array = argument.get<Tensor>()) {
    others = others_of(*array);
  } else if (const auto* const list = argument.get<Argument::List>()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      for (auto& [kind, item] : others_of((*list)[i])) {
        Argument::List items = *list;
        items[i] = std::move(item);
        others.emplace_back(kind, Argument(std::move(items)));
      }
      if (i == 0 || (*list)[i] == (*list)[i - 1]) continue;
      Argument::List items = *list;
      std::swap(items[i], items[i - 1]);
      others.emplace_back(Kind::order, Argument(std::move(items)));
    }
  }
  return others;
}

}  // namespace

std::vector<Twins> twins_of(const Node& node) {
  std::map<Kind, std::vector<Node>> by_kind;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    for (auto& [kind, argument] : others_of(node.arguments[i])) {
      by_kind[kind].push_back(node);
      by_kind[kind].back().arguments[i] = std::move(argument);
    }
    if (i == 0 || node.arguments[i] == node.arguments[i - 1]) continue;
    by_kind[Kind::order].push_back(node);
    std::swap(by_kind[Kind::order].back().arguments[i], by_kind[Kind::order].back().arguments[i - 1]);
  }
  for (std::size_t i = 0; i < node.settings.size(); ++i) {
    for (auto& [kind, setting] : others_of(node.settings[i])) {
      by_kind[kind].push_back(node);
      by_kind[kind].back().settings[i] = std::move(setting);
    }
  }
  std::vector<Twins> twins;
  for (auto& [kind, nodes] : by_kind) twins.push_back({kComponents[static_cast<std::size_t>(kind)], std::move(nodes)});
  return twins;
}

}  // namespace revive::properties
