#include "revive/serializer/python/translate.h"

#include <fmt/format.h>

#include <optional>

#include "revive/serializer/python/abstract_interpreter.h"
#include "revive/serializer/python/decode.h"

namespace revive::python {
namespace {

// The line table of 3.10 says of every byte of code where it comes from; the one before stops at the last line.
bool lines_cover_code(const Code& code) {
  std::size_t covered = 0;
  for (std::size_t i = 0; i < code.line_table.size(); i += 2) covered += static_cast<std::uint8_t>(code.line_table[i]);
  return covered == code.instructions.size();
}

std::vector<Version> possible_versions(const Code& code) {
  switch (code.layout) {
    case Layout::a: return {Version::py3_6, Version::py3_7};
    case Layout::b:
      if (lines_cover_code(code)) return {Version::py3_10};
      // The line table may be damaged as well.
      if (code.from_windows) return {Version::py3_8, Version::py3_9, Version::py3_10};
      return {Version::py3_8, Version::py3_9};
    case Layout::c:
      // A function that has variables without an argument among them is not what a lambda is.
      if (code.arguments_marked) return {Version::py3_14};
      return {Version::py3_11, Version::py3_12, Version::py3_13};
  }
  return {};
}

Result<Tree> translate_as(const Code& code, Version version, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto instructions, decode(code, version));
  return execute(code, version, instructions, limits);
}

// What says most: a reading that understood the function, then the first.
bool says_more(const Error& error, const Error& than) {
  return error.code != ErrorCode::bytecode_format && than.code == ErrorCode::bytecode_format;
}

}  // namespace

Result<Translation> translate(const Code& code, const Limits& limits) {
  std::optional<Translation> found;
  std::optional<Error> error;
  for (const Version version : possible_versions(code)) {
    auto tree = translate_as(code, version, limits);
    if (!tree) {
      if (!error || says_more(tree.error(), *error)) error = std::move(tree.error());
    } else if (!found) {
      found = Translation{*std::move(tree), {version}};
    } else if (same_tree(found->tree, *tree)) {
      found->versions.push_back(version);
    } else {
      return fail(ErrorCode::bytecode_format, "",
                  fmt::format("the code means one thing in Python {} and another in {}",
                              name_of(found->versions.front()), name_of(version)));
    }
  }
  if (found) return *std::move(found);
  return std::unexpected(*std::move(error));
}

}  // namespace revive::python
