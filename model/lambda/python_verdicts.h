// What CPython makes of generated static expressions (model/lambda/python_expressions.py), for tests that compare.
//
// REVIVE_PYTHON_SEED and REVIVE_PYTHON_COUNT choose others than the tests do.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revive/model/lambda/capture_literal.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/lowering_frame.h"
#include "revive/model/lambda/names.h"
#include "revive_build/source_dir.h"

namespace revive::testing {

// An expression, what Python makes of it, and its code in base64, which is empty where there is none.
struct PythonVerdict {
  std::string text;
  std::string value;
  std::string code;

  bool is_refused() const { return value.starts_with('!'); }
};

// What the expressions capture.
inline constexpr std::pair<const char*, const char*> kPythonCaptures[] = {
    {"I", "7"},     {"NEGATIVE", "-3"}, {"ZERO", "0"}, {"F", "-2.75"},     {"MINUS_ZERO", "-0.0"},
    {"S", "'abc'"}, {"B", "True"},      {"N", "None"}, {"T", "(1, 2, 3)"}, {"EMPTY", "()"},
};

inline const Captures& python_captures() {
  static const Captures kCaptures = [] {
    Captures captures;
    for (const auto& [name, literal] : kPythonCaptures) captures.emplace_back(name, *parse_capture(literal));
    return captures;
  }();
  return kCaptures;
}

// As python_expressions.py spells it. A value that no Python value is, such as a tensor, is "?".
inline std::string spelled(const PartialValue& value) {
  const auto items = [](const auto& all) {
    std::string text;
    for (const PartialValue& item : all) text += (text.empty() ? "" : ",") + spelled(item);
    return text;
  };
  if (const Value* const scalar = value.get<Value>()) {
    if (scalar->is_null()) return "n";
    if (scalar->is_bool()) return scalar->as_bool() ? "b1" : "b0";
    if (scalar->is_int()) return "i" + std::to_string(scalar->as_int());
    std::string text = scalar->is_real() ? "f" : "s";
    if (scalar->is_real() && std::isnan(scalar->as_real())) return "fnan";
    const auto hexadecimal = [&](const char* format, auto number) {
      char digits[32];
      std::snprintf(digits, sizeof digits, format, number);
      text += digits;
    };
    if (scalar->is_real()) {
      hexadecimal("%016llx", std::bit_cast<unsigned long long>(scalar->as_real()));
    } else {
      for (const char c : scalar->as_string())
        hexadecimal("%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return text;
  }
  if (value.get<Ellipsis>() != nullptr) return "e";
  if (value.get<FunctionName>() != nullptr) return "c";
  if (const Slice* const slice = value.get<Slice>()) {
    const auto bound = [](const auto& given) { return given ? "i" + std::to_string(*given) : std::string("n"); };
    return "l(" + bound(slice->start) + "," + bound(slice->stop) + "," + bound(slice->step) + ")";
  }
  if (const auto* const mapping = value.get<Mapping>()) {
    std::string text;
    for (const auto& [key, of_key] : *mapping->entries) {
      text += (text.empty() ? "" : ",") + spelled(key) + ":" + spelled(of_key);
    }
    return "{" + text + "}";
  }
  const auto* const sequence = value.get<Sequence>();
  if (sequence == nullptr || value.is_run_time()) return "?";
  switch (sequence->kind) {
    case SequenceKind::list: return "[" + items(*sequence) + "]";
    case SequenceKind::range: return "r(" + items(*sequence) + ")";
    case SequenceKind::view: return "v(" + items(*sequence) + ")";
    case SequenceKind::iterator: return "y(" + items(*sequence) + ")";
    default: return "(" + items(*sequence) + ")";
  }
}

// The value of a tree with the parameter x alone, as Python would make it.
inline Result<PartialValue> static_value_of(const Tree& tree) {
  REVIVE_RETURN_IF_ERROR(check_names(tree));
  REVIVE_ASSIGN_OR_RETURN(const auto names, names_read(tree, python_captures(), {}));
  if (!names.unbound.empty()) return fail(ErrorCode::expression_free_name, "", names.unbound.front());
  Lowering::Scope scope;
  for (const auto& [name, capture] : python_captures()) {
    REVIVE_ASSIGN_OR_RETURN(auto value, lowered_value(std::get<Value>(capture), 2));
    // Python's captures are tuples, where ours may be lists as well.
    if (const auto* const sequence = value.get<Sequence>()) {
      REVIVE_ASSIGN_OR_RETURN(value, make_sequence(*sequence->items, SequenceKind::tuple));
    }
    scope.emplace(name, std::move(value));
  }
  return Lowering({}, Backend::keras).value(tree, std::move(scope));
}

struct PythonComparison {
  std::size_t decided = 0;
  std::size_t refused_by_python = 0;
  // Those that Python computes and we refuse, and the sentences with which we do.
  std::size_t refused_by_us = 0;
  std::map<std::string, std::size_t> sentences;
  // Where both compute, and not the same, or we compute what Python refuses.
  std::vector<std::string> differences;

  // For people: the counts, and with REVIVE_PYTHON_SENTENCES the sentences as well.
  std::string text() const {
    std::string said = fmt::format("{} expressions: {} refused by Python, {} by us alone, {} differences\n", decided,
                                   refused_by_python, refused_by_us, differences.size());
    if (std::getenv("REVIVE_PYTHON_SENTENCES") == nullptr) return said;
    for (const auto& [sentence, times] : sentences) said += fmt::format("{:6}  {}\n", times, sentence);
    return said;
  }
};

// Asks Python, and compares what `tree_of` reads of each verdict. Verdicts for which it gives nothing do not count.
using ReadTree = std::function<std::optional<Result<Tree>>(const PythonVerdict&)>;

inline PythonComparison compare_with_python(const char* seed, const char* count, const ReadTree& tree_of) {
  const auto given = [](const char* name, const char* otherwise) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? otherwise : value);
  };
  std::string command = "python3 '" REVIVE_SOURCE_DIR "/model/lambda/python_expressions.py' " +
                        given("REVIVE_PYTHON_SEED", seed) + " " + given("REVIVE_PYTHON_COUNT", count);
  for (const auto& [name, literal] : kPythonCaptures) command += fmt::format(" {}=\"{}\"", name, literal);
  PythonComparison comparison;
  const auto close = [](std::FILE* file) { return pclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> output(popen(command.c_str(), "r"), close);
  std::string line;
  for (int byte = 0; output != nullptr && (byte = std::fgetc(output.get())) != EOF;) {
    if (byte != '\n') {
      line += static_cast<char>(byte);
      continue;
    }
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const PythonVerdict verdict{line.substr(0, first), line.substr(first + 1, second - first - 1),
                                line.substr(second + 1)};
    line.clear();
    const auto tree = tree_of(verdict);
    if (!tree) continue;
    ++comparison.decided;
    const auto value = *tree ? static_value_of(**tree) : std::unexpected(tree->error());
    if (verdict.is_refused()) ++comparison.refused_by_python;
    if (!value && !verdict.is_refused()) {
      ++comparison.refused_by_us;
      ++comparison.sentences[value.error().message];
    }
    if (value && spelled(*value) != verdict.value) {
      comparison.differences.push_back(
          fmt::format("{}\n  Python: {}\n  here:   {}", verdict.text, verdict.value, spelled(*value)));
    }
  }
  return comparison;
}

}  // namespace revive::testing
