// The subscripts of an einsum, "bij,jk->bik": a letter for each axis of each operand.
//
// "..." stands for the axes that have no letter and broadcast. Without "->" the result has the axes of "..." and then,
// in alphabetical order, those whose letter appears once. What Keras infers no or a wrong shape for is refused: spaces,
// capitals, and a "..." that is longer in one operand than in another unless the result starts with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/ops/contraction.h"

namespace revive::ops {

struct Subscripts {
  struct Term {
    // The letters before and after "...", or all of them before where there is none.
    std::string head;
    std::string tail;
    bool ellipsis = false;
  };

  // One or two.
  std::vector<Term> operands;
  Term output;

  // REQUIRES: as many shapes as operands. Errors: graph_argument where the ranks do not fit.
  Result<Contraction> labels(std::span<const Shape> shapes) const;
};

// Which letters there may be. Keras' op takes capitals and infers no shape for them; its EinsumDense infers its own.
enum class Letters : std::uint8_t { lower_case, any };

// Errors: graph_argument.
Result<Subscripts> parse_subscripts(std::string_view text, Letters letters = Letters::lower_case);

}  // namespace revive::ops
