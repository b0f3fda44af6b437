// Determinant and inverse of the matrices in the last two axes, by elimination with the largest pivot of the column, in
// double. A singular matrix has the determinant 0 and an inverse of infinities and NaN, as on JAX; other backends of
// Keras raise.
#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <vector>

#include "revive/model/graph/op_draw.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"

namespace revive::ops {
namespace {

constexpr std::string_view kLinalg = "keras.src.ops.linalg";

Status check(const Node& node) {
  return check_tensor(node);
}

bool is_computed(DType dtype) {
  return dtype == DType::float32 || dtype == DType::float64;
}

template <bool kInverse>
Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const std::size_t rank = x.shape.rank();
  const std::size_t batches = x.depends_on_x ? 1 : 0;
  if (rank < 2 + batches || !x.shape.known(rank - 1) || x.shape.axes()[rank - 1] != x.shape.axes()[rank - 2]) {
    return bad_argument(fmt::format("{} expects square matrices{}, found {}", node.op->class_name,
                                    x.depends_on_x ? " in each sample" : "", to_string(x.shape)));
  }
  if (!is_computed(x.dtype)) {
    return bad_argument(fmt::format("{} expects float32 or float64, found {}", node.op->class_name, name_of(x.dtype)));
  }
  if (kInverse) return TensorType{x.dtype, x.shape};
  const auto& axes = x.shape.axes();
  return TensorType{x.dtype, Shape(Dims(axes.begin(), axes.end() - 2))};
}

// Rows in place: U on the diagonal and above it, what each row was reduced by below.
struct Elimination {
  explicit Elimination(std::size_t n) : size(n), rows(n * n), order(n) {}

  double& at(std::size_t row, std::size_t column) { return rows[row * size + column]; }

  void run() {
    for (std::size_t i = 0; i < size; ++i) order[i] = i;
    for (std::size_t k = 0; k < size; ++k) {
      std::size_t pivot = k;
      for (std::size_t i = k + 1; i < size; ++i) {
        if (std::fabs(at(i, k)) > std::fabs(at(pivot, k))) pivot = i;
      }
      if (pivot != k) {
        for (std::size_t j = 0; j < size; ++j) std::swap(at(pivot, j), at(k, j));
        std::swap(order[pivot], order[k]);
        is_odd = !is_odd;
      }
      // The whole column is zero.
      if (at(k, k) == 0) continue;
      for (std::size_t i = k + 1; i < size; ++i) {
        const double factor = at(i, k) / at(k, k);
        at(i, k) = factor;
        for (std::size_t j = k + 1; j < size; ++j) at(i, j) -= factor * at(k, j);
      }
    }
  }

  double determinant() {
    double product = is_odd ? -1 : 1;
    for (std::size_t k = 0; k < size; ++k) product *= at(k, k);
    return product;
  }

  // The column of the inverse, forwards through what the rows were reduced by and backwards through U.
  void solve(std::size_t column, std::vector<double>& x) {
    for (std::size_t i = 0; i < size; ++i) {
      double sum = order[i] == column ? 1 : 0;
      for (std::size_t j = 0; j < i; ++j) sum -= at(i, j) * x[j];
      x[i] = sum;
    }
    for (std::size_t i = size; i-- > 0;) {
      for (std::size_t j = i + 1; j < size; ++j) x[i] -= at(i, j) * x[j];
      x[i] /= at(i, i);
    }
  }

  std::size_t size;
  std::vector<double> rows;
  std::vector<std::size_t> order;
  bool is_odd = false;
};

template <bool kInverse>
Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor& x = array_of(node.arguments[0], values);
  Tensor out = result_array(type);
  const auto n = static_cast<std::size_t>(x.dim(x.rank() - 1));
  const auto work = [&]<typename T>(T) {
    const auto in = x.data<T>();
    const auto result = out.data<T>();
    std::vector<double> column(n);
    const std::size_t matrices = n == 0 ? out.size() : x.size() / (n * n);
    for (std::size_t m = 0; m < matrices; ++m) {
      Elimination elimination(n);
      for (std::size_t i = 0; i < n * n; ++i) elimination.rows[i] = static_cast<double>(in[m * n * n + i]);
      elimination.run();
      if constexpr (!kInverse) {
        result[m] = static_cast<T>(elimination.determinant());
      } else {
        for (std::size_t j = 0; j < n; ++j) {
          elimination.solve(j, column);
          for (std::size_t i = 0; i < n; ++i) result[m * n * n + i * n + j] = static_cast<T>(column[i]);
        }
      }
    }
  };
  x.dtype() == DType::float64 ? work(double{}) : work(float{});
  return out;
}

// As many as a product of two such matrices.
std::int64_t multiply_adds(const Node& node, std::span<const TensorType> values) {
  const Shape shape = operand_type(node.arguments[0], values).shape;
  return saturating_product({shape.elements_per_sample().value_or(kHuge), shape.axes()[shape.rank() - 1], kScalarStep});
}

bool applies(const DrawnValue& x) {
  const std::size_t rank = x.type.shape.rank();
  return rank >= 3 && is_computed(x.type.dtype) && x.type.shape.known(rank - 1) &&
         x.type.shape.axes()[rank - 1] == x.type.shape.axes()[rank - 2];
}

template <bool kInverse>
OpClass of_matrices(std::string_view class_name, std::string_view function) {
  return {.module = kLinalg,
          .class_name = class_name,
          .function = function,
          .symbol = {},
          .parameters = kTensorParameter,
          .settings = {},
          .check = check,
          .infer = infer<kInverse>,
          .evaluate = evaluate<kInverse>,
          .multiply_adds = multiply_adds,
          .draw = [](OpDraw&, Node&) {},
          .applies = applies,
          .numerics = {.unstable = true}};
}

}  // namespace

std::span<const OpClass> matrices() {
  static const OpClass table[] = {
      of_matrices<false>("Det", "det"),
      of_matrices<true>("Inv", "inv"),
  };
  return table;
}

}  // namespace revive::ops
