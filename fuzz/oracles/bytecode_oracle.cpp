#include "revive/fuzz/oracles/bytecode_oracle.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/lambda/printer.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/translate.h"

namespace revive::fuzz {
namespace {

std::optional<std::string> check_error(const Error& error) {
  if (!error.message.empty()) return std::nullopt;
  return fmt::format("an error without a sentence: {} '{}'", name_of(error.code), error.place);
}

bool well_ordered(const Tree& tree) {
  for (TreeIndex index = 0; index < tree.nodes.size(); ++index) {
    const auto behind = [&](TreeIndex child) { return child != kNoTree && child >= index; };
    if (std::ranges::any_of(tree.nodes[index].children, behind)) return false;
  }
  return tree.body < tree.nodes.size();
}

// What costs a good part of a run is asked of one translation in so many, chosen by the bytes.
constexpr std::size_t kTranslatedAgainOneIn = 32;
constexpr std::size_t kParsedOneIn = 4;

bool translates_so_again(const python::Code& code, const python::Translation& first) {
  const auto again = python::translate(code);
  return again && again->versions == first.versions && same_tree(again->tree, first.tree);
}

}  // namespace

BytecodeVerdict judge_bytecode(std::string_view bytes) {
  BytecodeVerdict verdict;
  const auto refuse = [&](const Error& error) {
    verdict.refused = error;
    verdict.finding = check_error(error);
    return verdict;
  };
  const auto code = python::read_code(bytes);
  if (!code) return refuse(code.error());
  const auto translation = python::translate(*code);
  if (!translation) return refuse(translation.error());
  verdict.versions = translation->versions;
  if (!well_ordered(translation->tree)) {
    verdict.finding = "a child stands behind its parent";
    return verdict;
  }
  const std::size_t hash = std::hash<std::string_view>()(bytes);
  if (hash % kTranslatedAgainOneIn == 0 && !translates_so_again(*code, *translation)) {
    verdict.finding =
        "the second translation differs: " + tree_to_text(translation->tree).value_or("a tree without a text");
    return verdict;
  }
  if (hash % kParsedOneIn != 0) return verdict;
  const auto text = tree_to_text(translation->tree);
  if (!text) return verdict;
  verdict.printed = true;
  const auto parsed = parse_lambda(*text, {});
  if (!parsed) {
    verdict.finding = fmt::format("{}\ndoes not parse: {}", *text, parsed.error().text());
  } else if (!same_tree(*parsed, translation->tree)) {
    verdict.finding = fmt::format("{}\nparses to another tree: {}", *text, tree_to_text(*parsed).value_or(""));
  }
  return verdict;
}

}  // namespace revive::fuzz
