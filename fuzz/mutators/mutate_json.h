// Mutations of JSON that know nothing of Keras: of the tree, and of the text where no tree has the spelling.
#pragma once

#include <string>
#include <vector>

#include "revive/model/base/random.h"
#include "revive/model/base/value.h"

namespace revive::fuzz {

// Every value of the tree in order of the text, the root first.
std::vector<Value*> all_values(Value& root);

// A value near another one: another number, the other bool, a changed spelling, a list with an item more or less.
void nudge_value(Value& value, Random& random);
// A value that a careless reader trips over: of another kind, huge, deep, not a number, not ASCII.
Value odd_value(Random& random);

// One change somewhere in the tree: a value, a key (dropped, renamed, doubled, added), an item (removed, doubled,
// moved), or a part of the tree copied over another.
void mutate_tree(Value& root, Random& random);

// One change of the text that print_json() cannot print: bad UTF-8, a lone surrogate, a byte order mark, a number out
// of every range, trailing text, endless nesting, a key said twice.
void mutate_json_text(std::string& text, Random& random);

}  // namespace revive::fuzz
