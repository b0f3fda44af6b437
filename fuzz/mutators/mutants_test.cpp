// mutants.txt lists the rows that there are, and their shares.
#include <gtest/gtest.h>

#include <set>

#include "revive/fuzz/mutators/archive_mutator.h"
#include "revive/fuzz/mutators/bytecode_mutator.h"
#include "revive/fuzz/mutators/choice_mutator.h"
#include "revive/fuzz/mutators/mutate_config.h"
#include "revive/fuzz/mutators/mutate_hdf5.h"
#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/fuzz/mutators/mutate_zip.h"
#include "revive/fuzz/mutators/pinned.h"
#include "revive/fuzz/mutators/shrink_archive.h"

namespace revive::fuzz {
namespace {

TEST(Mutants, EveryRowIsListedAndNothingElse) {
  std::set<std::string> rows;
  const auto add = [&](std::string_view table, const auto& span) {
    std::string shares;
    for (const auto& row : span) {
      rows.insert(std::string(table) + "." + std::string(row.name));
      shares += (shares.empty() ? "" : ":") + std::to_string(row.weight);
    }
    rows.insert(std::string(table) + ":shares");
    expect_listed(std::string(table) + ":shares", shares);
  };
  add("archive", archive_rows());
  add("bytecode", bytecode_rows());
  add("choice", choice_rows());
  add("choices_flat", flat_rows());
  add("choices_span", span_rows());
  add("choices_pair", pair_rows());
  add("config", config_rows());
  add("metadata", metadata_rows());
  add("hdf5", hdf5_rows());
  add("hdf5_field", hdf5_field_rows());
  add("json.integer", integer_rows());
  add("json.string", string_rows());
  add("json.object", object_rows());
  add("json.array", array_rows());
  add("json.odd", odd_value_rows());
  add("json.tree", tree_rows());
  add("json.text", text_rows());
  add("model", edit_rows());
  add("model.carried", carried_rows());
  add("shrink", shrink_rows());
  add("zip", zip_rows());
  // As a whole.
  rows.insert({"json.nudge", "json.text", "seeds.lambda", "seeds.bytecode_names", "field.values", "legs.archive",
               "legs.bytecode", "legs.lambda"});
  for (const char* const layer : {"Conv1D", "Dropout", "Lambda", "ReLU", "ZeroPadding2D"}) {
    rows.insert(std::string("config.field_of_") + layer);
  }
  std::set<std::string> listed;
  for (const auto& [name, digest] : listed_mutants()) listed.insert(name);
  EXPECT_EQ(rows, listed);
}

}  // namespace
}  // namespace revive::fuzz
