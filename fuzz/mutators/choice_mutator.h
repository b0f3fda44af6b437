// The mutator of model_fuzzer, whose inputs are choice sequences (properties/choices/recording.h has the bytes).
//
// Half of the mutants are made on the spans that the generator opens: a layer dropped, doubled, moved or put in another
// one's place stays a layer. The others change single values, or bytes. A pure function of its arguments; what comes
// out is at most `max` bytes long, and shorter than before where `max` is below `size`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "revive/fuzz/mutators/engine.h"
#include "revive/fuzz/mutators/row.h"
#include "revive/properties/choices/recording.h"

namespace revive::fuzz {

// Tokens from an open one to behind its close.
struct ChoiceSpan {
  std::size_t open = 0;
  std::size_t end = 0;
};

// Another value for a choice between 0 and `max`.
using ChoiceRow = Row<std::uint64_t, std::uint64_t, std::uint64_t, Random&>;
std::span<const ChoiceRow> choice_rows();
// A change of a span.
using SpanRow = Row<void, std::vector<properties::Token>&, ChoiceSpan, Random&>;
std::span<const SpanRow> span_rows();
// A change of a span that has another one of its label beside it.
using PairRow = Row<void, std::vector<properties::Token>&, ChoiceSpan, ChoiceSpan>;
std::span<const PairRow> pair_rows();
// A change of values that nothing is known of. REQUIRES for all but the first: there are values.
using FlatRow = Row<void, properties::FuzzInput&, Random&>;
std::span<const FlatRow> flat_rows();

struct ChoiceTables {
  std::span<const SpanRow> spans = span_rows();
  std::span<const PairRow> pairs = pair_rows();
  std::span<const FlatRow> flat = flat_rows();
};

std::size_t mutate_choices(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed,
                           ByteMutator mutate, const ChoiceTables& tables = {});

}  // namespace revive::fuzz
