// For tests: what is said of many things, counted, for a file of recorded lines.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/testing/recorded.h"

namespace revive::testing {

// Numbers, and what stands in quotes, become one sign each.
inline std::string plain(std::string_view sentence) {
  std::string text;
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    const char c = sentence[i];
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (sentence.substr(i).starts_with("0x")) {
      text += "0x_";
      i = std::min(sentence.find_first_not_of("0123456789abcdef", i + 2), sentence.size()) - 1;
    } else if (digit) {
      if (!text.ends_with('0')) text += '0';
    } else if (c == '"' || c == '`' || c == '\'') {
      const std::size_t end = sentence.find(c, i + 1);
      if (end == std::string_view::npos) break;
      text += "_";
      i = end;
    } else if (c == '(' && i + 1 < sentence.size() && std::string_view("0123456789N-").contains(sentence[i + 1])) {
      // A shape.
      text += "(..)";
      i = std::min(sentence.find(')', i), sentence.size() - 1);
    } else if (sentence.substr(i).starts_with("reads ") && sentence.find(" without", i) != std::string_view::npos) {
      // Names that nobody knows.
      text += "reads _";
      i = sentence.find(" without", i) - 1;
    } else if (c == '{' || c == '[') {
      // A value, as it stands in the file.
      text += "..";
      break;
    } else {
      text += std::isprint(static_cast<unsigned char>(c)) != 0 ? c : '?';
    }
  }
  constexpr std::size_t kMost = 160;
  return text.substr(0, kMost);
}

// FNV-1a.
inline std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

class Said {
 public:
  void add(const Error& error) {
    ++counts_[fmt::format("{}: {}", name_of(error.code), plain(error.message))];
    places_ += error.place.size();
  }
  void add(std::string_view what) { ++counts_[std::string(what)]; }

  // One of many different things, of which the sum alone is kept.
  void add_to_sum(std::string_view text) {
    sum_ += hash_of(text);
    ++others_;
  }

  // A line for each sentence and one for the rest, each behind its name.
  Recorded lines(const std::string& what) const {
    Recorded lines;
    for (const auto& [sentence, count] : counts_) lines[fmt::format("{}: {}", what, sentence)] = std::to_string(count);
    lines[what] =
        fmt::format("{} sentences, {} letters of places, {} others {:016x}", counts_.size(), places_, others_, sum_);
    return lines;
  }
  void expect(const std::string& file, const std::string& what) const { expect_recorded(file, lines(what)); }

 private:
  std::map<std::string, std::size_t> counts_;
  std::size_t places_ = 0;
  std::size_t others_ = 0;
  std::uint64_t sum_ = 0;
};

// How many of many different things there were by their kind, and the sum of what each said, word by word.
class Tally {
 public:
  void add(const Error& error) { add(name_of(error.code), error.text()); }
  void add(std::string_view kind, std::string_view text) {
    ++counts_[std::string(kind)];
    sum_ += hash_of(text);
  }

  std::string text() const {
    std::string text;
    for (const auto& [kind, count] : counts_) text += fmt::format("{} {}, ", count, kind);
    return fmt::format("{}{:016x}", text, sum_);
  }

 private:
  std::map<std::string, std::size_t> counts_;
  std::uint64_t sum_ = 0;
};

}  // namespace revive::testing
