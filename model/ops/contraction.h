// Sums of products over labelled axes, which matmul, dot, tensordot and einsum all come down to.
//
// Every axis of an operand carries a label. Axes with the same label run together; the result has one axis for each
// label in `output`, and the others are summed over. Products of floats are summed by model/kernels/matmul.h, and sums
// of one operand in the order of its axes, so that the order depends on the lengths of the summed axes alone. ints
// wrap; bools are combined by "and" and "or".
//
// The batch axis: axis 0 of an operand that depends on x has to be axis 0 of the result, and no other axis may carry
// its label, so that nothing is summed or paired across samples.
#pragma once

#include <vector>

#include "revive/model/ops/operand.h"

namespace revive::ops {

struct Contraction {
  using Label = std::size_t;
  using Labels = std::vector<Label>;

  // One or two.
  std::vector<Labels> operands;
  Labels output;
  // Labels below this number name axes that may be 1 in one operand and longer in the other, as in broadcasting; they
  // appear once in an operand.
  Label broadcasting = 0;
};

// REQUIRES: an operand has as many labels as axes, the labels of `output` are distinct and each is in an operand.
// Errors: graph_argument.
Result<TensorType> infer_contraction(const Contraction& contraction, std::span<const Argument> arguments,
                                     std::span<const TensorType> values);

// REQUIRES: infer_contraction() gave `type` for the types of these values.
Tensor evaluate_contraction(const Contraction& contraction, const TensorType& type, std::span<const Argument> arguments,
                            std::span<const Tensor> values);

// The multiply-adds that one sample takes, with unknown axes counted as one; the largest int64 where it is more.
// REQUIRES: as infer_contraction().
std::int64_t multiply_adds_of(const Contraction& contraction, std::span<const Shape> operands);

}  // namespace revive::ops
