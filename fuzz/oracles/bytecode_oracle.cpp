#include "revive/fuzz/oracles/bytecode_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/lambda/printer.h"

namespace revive::fuzz {
namespace {

using Objection = std::optional<std::string>;

std::string printed(const Tree& tree) {
  return tree_to_text(tree).value_or("a tree without a text");
}

Objection refused_with_sentence(const BytecodeTrial& trial) {
  if (!trial.refused || !trial.refused->message.empty()) return std::nullopt;
  return fmt::format("an error without a sentence: {} '{}'", name_of(trial.refused->code), trial.refused->place);
}

Objection children_first(const BytecodeTrial& trial) {
  if (!trial.translation) return std::nullopt;
  const std::vector<TreeNode>& nodes = trial.translation->tree.nodes;
  for (TreeIndex index = 0; index < nodes.size(); ++index) {
    for (const TreeIndex child : nodes[index].children) {
      if (child != kNoTree && child >= index) return fmt::format("node {} has the child {}", index, child);
    }
  }
  return std::nullopt;
}

Objection has_a_body(const BytecodeTrial& trial) {
  if (!trial.translation) return std::nullopt;
  const Tree& tree = trial.translation->tree;
  if (tree.body < tree.nodes.size()) return std::nullopt;
  return fmt::format("the body is node {} of {}", tree.body, tree.nodes.size());
}

Objection translates_again(const BytecodeTrial& trial) {
  const Error* const error = failure_of(trial.again);
  if (error == nullptr) return std::nullopt;
  return fmt::format("{}\ndoes not translate again: {}", printed(trial.translation->tree), error->text());
}

Objection same_versions_again(const BytecodeTrial& trial) {
  if (!succeeded(trial.again) || (*trial.again)->versions == trial.translation->versions) return std::nullopt;
  return fmt::format("{}\nis of {} versions at first, of {} the second time", printed(trial.translation->tree),
                     trial.translation->versions.size(), (*trial.again)->versions.size());
}

Objection same_tree_again(const BytecodeTrial& trial) {
  if (!succeeded(trial.again) || same_tree((*trial.again)->tree, trial.translation->tree)) return std::nullopt;
  return fmt::format("{}\nis another tree the second time: {}", printed(trial.translation->tree),
                     printed((*trial.again)->tree));
}

Objection text_parses(const BytecodeTrial& trial) {
  const Error* const error = failure_of(trial.parsed);
  if (error == nullptr) return std::nullopt;
  return fmt::format("{}\ndoes not parse: {}", *trial.text, error->text());
}

Objection text_is_the_tree(const BytecodeTrial& trial) {
  if (!succeeded(trial.parsed) || same_tree(**trial.parsed, trial.translation->tree)) return std::nullopt;
  return fmt::format("{}\nparses to another tree: {}", *trial.text, printed(**trial.parsed));
}

constexpr std::array kLegs = {
    BytecodeLeg{"refused_with_sentence", "Code that is refused is refused with a sentence.", refused_with_sentence},
    BytecodeLeg{"children_first", "The children of a node stand before it.", children_first},
    BytecodeLeg{"has_a_body", "The body is a node of the tree.", has_a_body},
    BytecodeLeg{"translates_again", "What translates does so again.", translates_again},
    BytecodeLeg{"same_versions_again", "Translated again, code is of the same versions.", same_versions_again},
    BytecodeLeg{"same_tree_again", "Translated again, code gives the same tree.", same_tree_again},
    BytecodeLeg{"text_parses", "The text of a tree parses.", text_parses},
    BytecodeLeg{"text_is_the_tree", "The text of a tree parses to the tree.", text_is_the_tree},
};

BytecodeTrial try_bytecode(std::string_view bytes, const BytecodeCalls& calls) {
  BytecodeTrial trial;
  const auto code = calls.read(bytes);
  if (!code) {
    trial.refused = code.error();
    return trial;
  }
  auto translation = calls.translate(*code);
  if (!translation) {
    trial.refused = translation.error();
    return trial;
  }
  trial.translation = std::move(*translation);
  // Nobody can walk such a tree.
  if (children_first(trial) || has_a_body(trial)) return trial;
  const std::size_t hash = calls.hash(bytes);
  if (hash % kTranslatedAgainOneIn == 0) trial.again = calls.translate(*code);
  if (hash % kParsedOneIn == 0) trial.text = calls.print(trial.translation->tree);
  if (trial.text) trial.parsed = calls.parse(*trial.text);
  return trial;
}

}  // namespace

BytecodeCalls::BytecodeCalls()
    : translate([](const python::Code& code) { return python::translate(code); }),
      print([](const Tree& tree) { return tree_to_text(tree); }),
      parse([](std::string_view text) { return parse_lambda(text, {}); }) {}

std::span<const BytecodeLeg> bytecode_legs() {
  return kLegs;
}

BytecodeVerdict judge_bytecode(std::string_view bytes, const BytecodeCalls& calls, std::span<const BytecodeLeg> legs) {
  const BytecodeTrial trial = try_bytecode(bytes, calls);
  BytecodeVerdict verdict;
  verdict.refused = trial.refused;
  if (trial.translation) verdict.versions = trial.translation->versions;
  verdict.printed = trial.parsed.has_value();
  verdict.finding = first_objection(legs, trial);
  return verdict;
}

bool worth_keeping(std::string_view bytes, const BytecodeVerdict& verdict) {
  constexpr unsigned kRefusedKeptOneIn = 16;
  if (!verdict.refused) return true;
  if (verdict.refused->code == ErrorCode::bytecode_format) return false;
  return static_cast<std::uint8_t>(bytes[bytes.size() / 2]) % kRefusedKeptOneIn == 0;
}

}  // namespace revive::fuzz
