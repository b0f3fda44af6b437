// Mutations of JSON that know nothing of Keras: of the tree, and of the text where no tree has the spelling.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/fuzz/mutators/row.h"
#include "revive/model/base/random.h"
#include "revive/model/base/value.h"

namespace revive::fuzz {

// Every value of the tree in order of the text, the root first.
std::vector<Value*> all_values(Value& root);

// A value near another one: another number, the other bool, a changed spelling, a list with an item more or less.
void nudge_value(Value& value, Random& random);
using IntegerRow = Row<std::int64_t, std::int64_t, Random&>;
std::span<const IntegerRow> integer_rows();
using StringRow = Row<void, std::string&, Random&>;
std::span<const StringRow> string_rows();
// What is empty gets a member or an item, by the last row.
using ObjectRow = Row<void, Value::Object&, Random&>;
std::span<const ObjectRow> object_rows();
using ArrayRow = Row<void, Value::Array&, Random&>;
std::span<const ArrayRow> array_rows();

// A value that a careless reader trips over: of another kind, huge, deep, not a number, not ASCII.
using OddRow = Row<Value, Random&>;
std::span<const OddRow> odd_value_rows();
Value odd_value(Random& random, std::span<const OddRow> rows = odd_value_rows());

// One change somewhere in the tree: a value, a key (dropped, renamed, doubled, added), an item (removed, doubled,
// moved), or a part of the tree copied over another.
using TreeRow = Row<void, Value&, const std::vector<Value*>&, Random&>;
std::span<const TreeRow> tree_rows();
void mutate_tree(Value& root, Random& random, std::span<const TreeRow> rows = tree_rows());

// One change of the text that print_json() cannot print: bad UTF-8, a lone surrogate, a byte order mark, a number out
// of every range, trailing text, endless nesting, a key said twice. A row puts the spelling somewhere.
using TextRow = Row<void, std::string&, const std::string&, Random&>;
std::span<const TextRow> text_rows();
std::span<const std::string> odd_spellings();
void mutate_json_text(std::string& text, Random& random, std::span<const TextRow> rows = text_rows());

}  // namespace revive::fuzz
