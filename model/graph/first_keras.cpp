#include "revive/model/graph/first_keras.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "revive/model/graph/op.h"

namespace revive {
namespace {

std::array<int, 3> numbers_of(std::string_view version) {
  std::array<int, 3> numbers{};
  for (int& number : numbers) {
    const std::size_t end = std::min(version.find('.'), version.size());
    std::from_chars(version.data(), version.data() + end, number);
    version.remove_prefix(std::min(end + 1, version.size()));
  }
  return numbers;
}

void raise_to(std::string_view& first, std::string_view since) {
  if (!since.empty() && is_newer_keras(since, first)) first = since;
}

}  // namespace

bool is_newer_keras(std::string_view version, std::string_view than) {
  return numbers_of(version) > numbers_of(than);
}

std::string_view first_keras(const Node& node) {
  std::string_view first = kOldestKeras;
  raise_to(first, node.op->since);
  for (std::size_t i = 0; i < node.settings.size(); ++i) {
    const OpSetting& setting = node.op->settings[i];
    if (node.settings[i] != setting.fallback) raise_to(first, setting.since);
  }
  return first;
}

std::string_view first_keras(const Graph& graph) {
  std::string_view first = kOldestKeras;
  for (const Node& node : graph.nodes()) raise_to(first, first_keras(node));
  return first;
}

}  // namespace revive
