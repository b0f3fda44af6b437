// A T that takes the room of a pointer: its own block of memory once it is not empty, nothing before that.
//
// For what is nested in itself or mostly absent. Copies are deep, a moved-from Box is empty, and a const one that was
// never filled reads as T().
#pragma once

#include <memory>
#include <utility>

namespace revive {

template <typename T>
class Box {
 public:
  Box() = default;
  explicit Box(T value) : held_(value.empty() ? nullptr : std::make_unique<T>(std::move(value))) {}
  Box(const Box& other) : held_(other.held_ == nullptr ? nullptr : std::make_unique<T>(*other.held_)) {}
  Box(Box&& other) noexcept = default;
  Box& operator=(const Box& other) {
    if (this != &other) *this = Box(other);
    return *this;
  }
  Box& operator=(Box&& other) noexcept = default;
  ~Box() = default;

  const T& operator*() const {
    static const T empty;
    return held_ == nullptr ? empty : *held_;
  }
  T& operator*() {
    if (held_ == nullptr) held_ = std::make_unique<T>();
    return *held_;
  }

  friend bool operator==(const Box& a, const Box& b) { return *a == *b; }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace revive
