#include "revive/model/graph/node_order.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace revive {
namespace {

using Order = std::strong_ordering;

Order compare(const Value& a, const Value& b);
Order compare(const Argument& a, const Argument& b);

template <typename T>
Order compare_lists(const std::vector<T>& a, const std::vector<T>& b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(),
                                                [](const T& left, const T& right) { return compare(left, right); });
}

Order compare(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return a.kind() <=> b.kind();
  switch (a.kind()) {
    case Value::Kind::null: return Order::equal;
    case Value::Kind::boolean: return a.as_bool() <=> b.as_bool();
    case Value::Kind::integer: return a.as_int() <=> b.as_int();
    case Value::Kind::real:
      return std::bit_cast<std::uint64_t>(a.as_real()) <=> std::bit_cast<std::uint64_t>(b.as_real());
    case Value::Kind::string: return a.as_string() <=> b.as_string();
    case Value::Kind::array: return compare_lists(a.as_array(), b.as_array());
    case Value::Kind::object: break;
  }
  const auto member = [](const Value::Member& left, const Value::Member& right) {
    const Order by_key = left.first <=> right.first;
    return by_key != 0 ? by_key : compare(left.second, right.second);
  };
  const auto& left = a.as_object();
  const auto& right = b.as_object();
  return std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end(), member);
}

Order compare(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) return a.dtype() <=> b.dtype();
  if (const Order by_dims = a.dims() <=> b.dims(); by_dims != 0) return by_dims;
  return std::memcmp(a.bytes().data(), b.bytes().data(), a.byte_size()) <=> 0;
}

Order compare(const Slice& a, const Slice& b) {
  if (const Order by_start = a.start <=> b.start; by_start != 0) return by_start;
  if (const Order by_stop = a.stop <=> b.stop; by_stop != 0) return by_stop;
  return a.step <=> b.step;
}

// The alternatives in the order in which get<>() is asked for them below.
int kind_of(const Argument& argument) {
  if (argument.get<NodeRef>() != nullptr) return 0;
  if (argument.get<Value>() != nullptr) return 1;
  if (argument.get<Tensor>() != nullptr) return 2;
  if (argument.get<Slice>() != nullptr) return 3;
  if (argument.get<Argument::List>() != nullptr) return 4;
  return 5;
}

Order compare(const Argument& a, const Argument& b) {
  const int kind = kind_of(a);
  if (const Order by_kind = kind <=> kind_of(b); by_kind != 0) return by_kind;
  switch (kind) {
    case 0: return a.get<NodeRef>()->index <=> b.get<NodeRef>()->index;
    case 1: return compare(*a.get<Value>(), *b.get<Value>());
    case 2: return compare(*a.get<Tensor>(), *b.get<Tensor>());
    case 3: return compare(*a.get<Slice>(), *b.get<Slice>());
    case 4: return compare_lists(*a.get<Argument::List>(), *b.get<Argument::List>());
    default: return Order::equal;
  }
}

}  // namespace

std::strong_ordering compare_nodes(const Node& a, const Node& b) {
  if (const Order by_op = std::compare_three_way{}(a.op, b.op); by_op != 0) return by_op;
  if (const Order by_settings = compare_lists(a.settings, b.settings); by_settings != 0) return by_settings;
  return compare_lists(a.arguments, b.arguments);
}

}  // namespace revive
