// Mutations of config.json and metadata.json that know what Keras writes there.
#pragma once

#include <span>

#include "revive/fuzz/mutators/row.h"
#include "revive/model/base/random.h"
#include "revive/model/base/value.h"

namespace revive::fuzz {

// Whether the document had something for the row to change.
using ConfigRow = Row<bool, Value&, Random&>;
std::span<const ConfigRow> config_rows();
std::span<const ConfigRow> metadata_rows();

// One change that keeps config.json looking like Keras': a declared field set inside or just outside of what it
// allows, another class, an older spelling, layers removed, doubled, swapped or wrapped, a constant of an op graph.
void mutate_config(Value& document, Random& random, std::span<const ConfigRow> rows);
void mutate_config(Value& document, Random& random);

// Another Keras version, another date, or a change of what revive keeps about lambdas.
void mutate_metadata(Value& document, Random& random, std::span<const ConfigRow> rows);
void mutate_metadata(Value& document, Random& random);

}  // namespace revive::fuzz
