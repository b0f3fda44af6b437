#include "revive/model/ops/contraction.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "revive/model/kernels/matmul.h"
#include "revive/model/ops/axes.h"
#include "revive/model/tensor/broadcast.h"

namespace revive::ops {
namespace {

using Label = Contraction::Label;
using Labels = Contraction::Labels;

bool contains(const Labels& labels, Label label) {
  return std::ranges::find(labels, label) != labels.end();
}

Label label_count(const Contraction& contraction) {
  Label count = contraction.broadcasting;
  for (const Labels& labels : contraction.operands) {
    for (const Label label : labels) count = std::max(count, label + 1);
  }
  return count;
}

// The length of every label; 1 for those that no operand carries.
Result<std::vector<std::int64_t>> lengths_of(const Contraction& contraction, std::span<const Shape> operands) {
  std::vector<std::int64_t> lengths(label_count(contraction), 1);
  std::vector<bool> seen(lengths.size(), false);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Labels& labels = contraction.operands[i];
    for (std::size_t axis = 0; axis < labels.size(); ++axis) {
      std::int64_t& length = lengths[labels[axis]];
      const std::int64_t found = operands[i][axis];
      const bool broadcasts = labels[axis] < contraction.broadcasting;
      const bool yields =
          !seen[labels[axis]] || (broadcasts && length == 1) || (length == kUnknown && !(broadcasts && found == 1));
      const bool fits = yields || found == length || found == kUnknown || (broadcasts && found == 1);
      if (!fits) {
        return bad_argument(
            fmt::format("axis {} of {} is {} long where {} is expected", axis, to_string(operands[i]), found, length));
      }
      if (yields) length = found;
      seen[labels[axis]] = true;
    }
  }
  return lengths;
}

Status check_batch(const Contraction& contraction, std::span<const OperandType> operands) {
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (!operands[i].depends_on_x) continue;
    const Label batch = contraction.operands[i].front();
    if (!contains(contraction.output, batch)) {
      return bad_argument("the batch axis would be summed over, which mixes samples; contract other axes");
    }
    if (contraction.output.front() != batch) return bad_argument("the result does not keep the batch axis at axis 0");
    for (std::size_t j = 0; j < operands.size(); ++j) {
      const Labels& labels = contraction.operands[j];
      for (std::size_t axis = 0; axis < labels.size(); ++axis) {
        const bool is_batch = operands[j].depends_on_x && axis == 0;
        const bool repeats = batch < contraction.broadcasting && operands[j].shape[axis] == 1;
        if (labels[axis] == batch && !is_batch && !repeats) {
          return bad_argument(
              fmt::format("axis {} of {} would run along the batch axis", axis, to_string(operands[j].shape)));
        }
      }
    }
  }
  return {};
}

// One loop over an operand, in elements.
struct Axis {
  std::size_t count = 1;
  std::size_t stride = 0;
};

template <typename T>
T plus(T a, T b) {
  if constexpr (Whole<T>) {
    return wrapping_add(a, b);
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    return (a | b) != 0;
  } else {
    return a + b;
  }
}

template <typename T>
T times(T a, T b) {
  if constexpr (Whole<T>) {
    return wrapping_multiply(a, b);
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    return a != 0 && b != 0;
  } else {
    return a * b;
  }
}

// Calls visit(offset) for every index of the axes, the last running fastest.
template <typename Visit>
void for_each_offset(std::span<const Axis> axes, Visit visit) {
  if (std::ranges::any_of(axes, [](const Axis& axis) { return axis.count == 0; })) return;
  std::vector<std::size_t> index(axes.size(), 0);
  std::size_t offset = 0;
  for (;;) {
    visit(offset);
    std::size_t axis = axes.size();
    while (axis > 0) {
      --axis;
      offset += axes[axis].stride;
      if (++index[axis] < axes[axis].count) break;
      offset -= axes[axis].stride * axes[axis].count;
      index[axis] = 0;
      if (axis == 0) return;
    }
    if (axes.empty()) return;
  }
}

// An operand with a stride for every label; an axis of 1 that broadcasts is not among them.
class Labelled {
 public:
  Labelled(Tensor tensor, const Labels& labels, std::span<const std::int64_t> lengths)
      : tensor_(std::move(tensor)), axes_(lengths.size()), present_(lengths.size(), false) {
    std::size_t stride = 1;
    for (std::size_t axis = labels.size(); axis > 0; --axis) {
      const Label label = labels[axis - 1];
      const std::int64_t length = tensor_.dim(axis - 1);
      if (length == lengths[label]) {
        axes_[label].count = static_cast<std::size_t>(length);
        axes_[label].stride += stride;
        present_[label] = true;
      }
      stride *= static_cast<std::size_t>(length);
    }
  }

  bool has(Label label) const { return present_[label]; }
  Label labels() const { return axes_.size(); }
  std::size_t count(Label label) const { return axes_[label].count; }

  // The elements in the order of `kept`, summed over `summed`.
  Tensor arranged(const Labels& kept, const Labels& summed) const {
    Dims dims;
    for (const Label label : kept) dims.push_back(static_cast<std::int64_t>(count(label)));
    const std::vector<Axis> outer = axes_of(kept);
    const std::vector<Axis> inner = axes_of(summed);
    if (inner.empty() && in_order(outer)) return tensor_.reshaped(std::move(dims));
    Tensor out = Tensor::uninitialized(tensor_.dtype(), std::move(dims));
    with_element_type(tensor_.dtype(), [&]<typename T>(T) {
      const T* const in = tensor_.data<T>().data();
      T* next = out.data<T>().data();
      for_each_offset(outer, [&](std::size_t start) {
        if (inner.empty()) {
          *next++ = in[start];
          return;
        }
        T sum{};
        for_each_offset(inner, [&](std::size_t offset) { sum = plus(sum, in[start + offset]); });
        *next++ = sum;
      });
    });
    return out;
  }

 private:
  std::vector<Axis> axes_of(const Labels& labels) const {
    std::vector<Axis> axes;
    for (const Label label : labels) axes.push_back(axes_[label]);
    return axes;
  }

  bool in_order(std::span<const Axis> axes) const {
    std::size_t stride = 1;
    for (std::size_t i = axes.size(); i > 0; --i) {
      if (axes[i - 1].count != 1 && axes[i - 1].stride != stride) return false;
      stride *= axes[i - 1].count;
    }
    return stride == tensor_.size();
  }

  Tensor tensor_;
  std::vector<Axis> axes_;
  std::vector<bool> present_;
};

// What two operands have in common.
struct Roles {
  Labels batch;  // in both and in the result
  Labels rows;   // in the first and in the result
  Labels columns;
  Labels inner;                 // in both, summed over
  std::array<Labels, 2> alone;  // in one, summed over
};

template <typename Has>
Roles roles_of(const Contraction& contraction, Label count, Has has) {
  Roles roles;
  for (Label label = 0; label < count; ++label) {
    const bool in_a = has(0, label);
    const bool in_b = has(1, label);
    const bool kept = contains(contraction.output, label);
    if (in_a && in_b) {
      (kept ? roles.batch : roles.inner).push_back(label);
    } else if (in_a) {
      (kept ? roles.rows : roles.alone[0]).push_back(label);
    } else if (in_b) {
      (kept ? roles.columns : roles.alone[1]).push_back(label);
    }
  }
  return roles;
}

Labels joined(std::initializer_list<const Labels*> parts) {
  Labels all;
  for (const Labels* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

template <typename T>
void multiply_blocks(const T* a, const T* b, T* out, std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  if constexpr (Real<T>) {
    multiply_add<T>({a, inner}, {b, columns}, {out, columns}, rows, inner, columns);
  } else {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t k = 0; k < inner; ++k) {
        for (std::int64_t c = 0; c < columns; ++c) {
          T& sum = out[r * columns + c];
          sum = plus(sum, times(a[r * inner + k], b[k * columns + c]));
        }
      }
    }
  }
}

Tensor product(const Contraction& contraction, const Labelled& a, const Labelled& b) {
  const Roles roles = roles_of(contraction, a.labels(), [&](std::size_t operand, Label label) {
    return operand == 0 ? a.has(label) : b.has(label);
  });
  const Tensor left = a.arranged(joined({&roles.batch, &roles.rows, &roles.inner}), roles.alone[0]);
  const Tensor right = b.arranged(joined({&roles.batch, &roles.inner, &roles.columns}), roles.alone[1]);
  const auto size_of_labels = [](const Labelled& operand, const Labels& labels) {
    std::int64_t size = 1;
    for (const Label label : labels) size *= static_cast<std::int64_t>(operand.count(label));
    return size;
  };
  const std::int64_t blocks = size_of_labels(a, roles.batch);
  const std::int64_t rows = size_of_labels(a, roles.rows);
  const std::int64_t inner = size_of_labels(a, roles.inner);
  const std::int64_t columns = size_of_labels(b, roles.columns);

  const Labels order = joined({&roles.batch, &roles.rows, &roles.columns});
  Dims dims;
  std::vector<std::int64_t> lengths(a.labels(), 1);
  for (const Label label : order) {
    lengths[label] = static_cast<std::int64_t>(a.has(label) ? a.count(label) : b.count(label));
    dims.push_back(lengths[label]);
  }
  Tensor out(left.dtype(), std::move(dims));
  // Where nothing is computed, the other lengths may be beyond anything that a loop could count to.
  if (out.size() == 0) return Labelled(std::move(out), order, lengths).arranged(contraction.output, {});
  with_element_type(left.dtype(), [&]<typename T>(T) {
    const T* const in_a = left.data<T>().data();
    const T* const in_b = right.data<T>().data();
    T* const result = out.data<T>().data();
    // A product that is not summed keeps its sign when it is zero: -0.0 + y is y for every y.
    if (roles.inner.empty()) std::ranges::fill(out.data<T>(), static_cast<T>(-0.0f));
    for (std::int64_t block = 0; block < blocks; ++block) {
      multiply_blocks(in_a + block * rows * inner, in_b + block * inner * columns, result + block * rows * columns,
                      rows, inner, columns);
    }
  });
  return Labelled(std::move(out), order, lengths).arranged(contraction.output, {});
}

}  // namespace

Result<TensorType> infer_contraction(const Contraction& contraction, std::span<const Argument> arguments,
                                     std::span<const TensorType> values) {
  std::vector<OperandType> operands;
  std::vector<Shape> shapes;
  for (const Argument& argument : arguments) {
    operands.push_back(operand_type(argument, values));
    shapes.push_back(operands.back().shape);
  }
  const DType dtype = common_dtype(operands.front(), operands.back());
  for (const Argument& argument : arguments) {
    if (const Status fits = check_fits(argument, dtype); !fits) return std::unexpected(fits.error());
  }
  if (const Status batch = check_batch(contraction, operands); !batch) return std::unexpected(batch.error());
  REVIVE_ASSIGN_OR_RETURN(const auto lengths, lengths_of(contraction, shapes));
  TensorType type{dtype, {}};
  for (const Label label : contraction.output) type.shape.push_back(lengths[label]);
  return type;
}

Tensor evaluate_contraction(const Contraction& contraction, const TensorType& type, std::span<const Argument> arguments,
                            std::span<const Tensor> values) {
  std::vector<Tensor> tensors;
  std::vector<Shape> shapes;
  for (const Argument& argument : arguments) {
    tensors.push_back(operand(argument, values, type.dtype));
    shapes.emplace_back(tensors.back().dims());
  }
  const std::vector<std::int64_t> lengths = lengths_of(contraction, shapes).value();
  const Labelled first(tensors[0], contraction.operands[0], lengths);
  if (tensors.size() == 1) {
    Labels summed;
    for (Label label = 0; label < first.labels(); ++label) {
      if (first.has(label) && !contains(contraction.output, label)) summed.push_back(label);
    }
    return first.arranged(contraction.output, summed);
  }
  return product(contraction, first, Labelled(tensors[1], contraction.operands[1], lengths));
}

std::int64_t multiply_adds_of(const Contraction& contraction, std::span<const Shape> operands) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto lengths = lengths_of(contraction, operands);
  if (!lengths || operands.size() == 1) return 0;
  const Roles roles = roles_of(contraction, lengths->size(), [&](std::size_t operand, Label label) {
    return contains(contraction.operands[operand], label);
  });
  std::int64_t product = 1;
  for (const Label label : joined({&roles.batch, &roles.rows, &roles.inner, &roles.columns})) {
    const bool is_batch = !contraction.output.empty() && label == contraction.output.front();
    const std::int64_t length = is_batch || (*lengths)[label] == kUnknown ? 1 : (*lengths)[label];
    if (__builtin_mul_overflow(product, length, &product)) return kMost;
  }
  return product;
}

}  // namespace revive::ops
