// Objects and arrays written as lists in braces, whose items are moved into place.
//
// A std::initializer_list holds its items as const: a Value::Object made of one copies each of them with all that is
// below it, and an object five levels deep is copied five times.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "revive/model/base/value.h"

namespace revive {

// A member in a list: owned by the list, and given up to the object made of it.
class ListedMember {
 public:
  ListedMember(std::string_view key, Value value) : member_(std::string(key), std::move(value)) {}
  Value::Member take() const { return std::move(member_); }

 private:
  mutable Value::Member member_;
};

// The same for an item of an array.
class ListedItem {
 public:
  ListedItem(Value item) : item_(std::move(item)) {}
  Value take() const { return std::move(item_); }

 private:
  mutable Value item_;
};

inline Value::Object object_of(std::initializer_list<ListedMember> members) {
  Value::Object object;
  object.reserve(members.size());
  for (const ListedMember& member : members) object.push_back(member.take());
  return object;
}

inline Value::Array array_of(std::initializer_list<ListedItem> items) {
  Value::Array array;
  array.reserve(items.size());
  for (const ListedItem& item : items) array.push_back(item.take());
  return array;
}

}  // namespace revive
