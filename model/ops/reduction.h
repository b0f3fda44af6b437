// Reductions, made from one C++ functor each.
//
// A functor F has kRule, kNumerics and a template operator()(const T* row, std::size_t n) for each element type that
// the rule computes in. A row is everything that is reduced to one element, side by side; what the functor makes of it
// depends on the row alone, so the bits of a sample do not depend on its neighbours. Signed arithmetic wraps.
#pragma once

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/strided.h"

namespace revive::ops {

// The dtype that rows have, from the dtype of x, and the dtype of the result.
struct ReductionRule {
  enum class Rows : std::uint8_t {
    kept,     // that of x
    counted,  // that of x, but at least int32 or uint32 where it is no float
    real,     // that of a float, float32 for the others
    truth,    // bool
  };
  enum class Gives : std::uint8_t { element, index, truth };

  Rows rows = Rows::kept;
  Gives gives = Gives::element;
  // Whether a row without elements has a result.
  bool takes_empty = true;
};

// Settings of the reductions, in the order in which their nodes have them.
inline constexpr std::size_t kAxisSetting = 0;
inline constexpr std::size_t kKeepdimsSetting = 1;
inline constexpr std::size_t kExtraSetting = 2;

DType row_dtype(ReductionRule rule, DType dtype);
DType result_dtype(ReductionRule rule, DType rows);

// `one_axis` where the op takes no list of axes.
Status check_reduction(const Node& node, bool one_axis);
// The result where rows have dtype `rows`.
Result<TensorType> infer_reduction(ReductionRule rule, DType rows, const Node& node, const OperandType& x);
// x as rows of dtype `dtype`, in its carrier, one after the other.
Tensor reduction_rows(const Node& node, const Tensor& x, DType dtype);
void draw_reduction(OpDraw& draw, Node& node, bool one_axis);

template <typename F>
Tensor reduce_rows(const Tensor& rows, const TensorType& type) {
  Tensor out = result_array(type);
  const std::size_t count = out.size();
  const std::size_t length = count == 0 ? 0 : rows.size() / count;
  with_element_type(rows.dtype(), [&]<typename T>(T) {
    constexpr F f;
    if constexpr (requires(const T* row) { f(row, std::size_t{}); }) {
      using Out = decltype(f(static_cast<const T*>(nullptr), std::size_t{}));
      const T* row = rows.data<T>().data();
      Out* const result = out.data<Out>().data();
      for (std::size_t i = 0; i < count; ++i, row += length) result[i] = f(row, length);
    }
  });
  return out;
}

}  // namespace revive::ops
