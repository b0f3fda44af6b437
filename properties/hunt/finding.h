// A finding of the hunt: a program that fails, as small as it gets, and the one line that it is known by.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/value.h"
#include "revive/properties/hunt/judge.h"
#include "revive/properties/hunt/program.h"

namespace revive::properties::hunt {

struct Finding {
  // Keyed by class and argument once it is shrunk, so that one cause in ninety classes is one finding.
  std::string key;
  Site site;
  Program program;
  // What stands in program.py.
  std::string text;
  std::vector<std::uint64_t> choices;
  std::uint64_t case_number = 0;
  std::size_t tries = 0;
  // Of the unshrunk sites that ended here.
  std::set<std::string> sites;
  std::set<std::string> formats;
  std::uint64_t cases = 0;
  // What the program said when it ran alone.
  std::string said;
};

// A name for a folder or a file: the key without what cannot stand in one, and a digest.
std::string file_name_of(const std::string& key);

// Whether the word stands in the text by itself: "layer" does not stand in "keras.layers".
bool has_word(std::string_view text, std::string_view word);
// Whether an attribute (keras.layers.LSTM.initial_weights) has the name of the argument, or one that ends in it.
bool is_of_argument(std::string_view attribute, std::string_view parameter);

// "output_layers" of "Functional.get_config()['output_layers'][]".
std::string_view attribute_of(std::string_view what);
// The key of what is one defect whatever program shows it: a value that comes back as one of another kind, a clone that
// is named anew. Empty: there is none.
std::string key_of_kinds(const Site& site);
// The key of a site whose program has been shrunk.
std::string key_of(const Site& site, const Program& program);
// The keys that the site may come to have, whichever of the features that may explain it is its cause.
std::vector<std::string> possible_keys(const Site& site, const Program& program,
                                       bool (*may_explain)(const Feature& feature, const Site& site));

Value finding_to_value(const Finding& finding);

}  // namespace revive::properties::hunt
