// Mutations of a model as a whole: config and weights change together, so that what comes out loads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/row.h"
#include "revive/model/base/random.h"
#include "revive/model/sequential.h"

namespace revive::fuzz {

// The model of an archive as far as it can be had: layers that are refused are left out, weights that are refused are
// drawn anew. Nothing when that leaves no model that knows its input.
std::optional<Sequential> salvage_model(const ArchiveParts& parts, Random& random);

// A change of the layers of a stack, which may not fit each other afterwards, and of what a model carries.
using EditRow = Row<void, std::vector<Layer>&, Random&>;
std::span<const EditRow> edit_rows();
using CarriedRow = Row<void, Sequential&, Random&>;
std::span<const CarriedRow> carried_rows();
struct ModelRows {
  std::span<const EditRow> edits = edit_rows();
  std::span<const CarriedRow> carried = carried_rows();
};

// The model with one thing changed: a layer put in, taken out, moved, doubled, wrapped or drawn anew; names, weights,
// the input shape, the Keras version, what is carried. Layers that no longer fit are left out. Nothing when the result
// is no model.
std::optional<Sequential> mutate_model(const Sequential& model, Random& random, const ModelRows& rows = {});

// The model without one of its layers, or, where it has none left, without what it carries.
std::optional<Sequential> shrink_model(const Sequential& model, Random& random);

// The archive of a model that the generator draws, small: what stands in for bytes that are no archive.
std::optional<std::string> fresh_archive(Random& random);

// What save_bytes() gives, nothing when it refuses.
std::optional<std::string> archive_of(const Sequential& model);

}  // namespace revive::fuzz
