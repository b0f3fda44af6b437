// For tests: what a draw gives, in a line.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <set>
#include <string>

#include "revive/model/base/value.h"

namespace revive::testing {

// All values that one thing was seen to have. text() is "0..3, 0.5, false, true, null, lists of 1..2 [1..4]".
class SeenValues {
 public:
  void add(const Value& value) {
    if (value.is_int()) {
      ints_.insert(value.as_int());
    } else if (value.is_array()) {
      lengths_.insert(static_cast<std::int64_t>(value.as_array().size()));
      for (const Value& item : value.as_array()) add_item(item);
    } else {
      others_.insert(value.brief());
    }
  }

  std::string text() const {
    std::string said;
    const auto say = [&](const std::string& what) { said += (said.empty() ? "" : ", ") + what; };
    if (!ints_.empty()) say(range(ints_));
    constexpr std::size_t kMost = 16;
    if (others_.size() > kMost) {
      say(fmt::format("{} others", others_.size()));
    } else {
      for (const std::string& other : others_) say(other);
    }
    if (!lengths_.empty()) say(fmt::format("lists of {} [{}]", range(lengths_), items_ ? items_->text() : ""));
    return said;
  }

 private:
  void add_item(const Value& item) {
    if (!items_) items_ = std::make_shared<SeenValues>();
    items_->add(item);
  }
  static std::string range(const std::set<std::int64_t>& numbers) {
    if (numbers.size() == 1) return std::to_string(*numbers.begin());
    return fmt::format("{}..{}", *numbers.begin(), *numbers.rbegin());
  }

  std::set<std::int64_t> ints_;
  std::set<std::int64_t> lengths_;
  std::set<std::string> others_;
  std::shared_ptr<SeenValues> items_;
};

}  // namespace revive::testing
