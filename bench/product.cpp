#include "revive/bench/product.h"

#include <Eigen/Core>

#include <array>
#include <memory>

#include "revive/model/kernels/matmul.h"

namespace revive::bench {
namespace {

constexpr std::int64_t kRows = 64;
constexpr std::int64_t kInner = 1024;
constexpr std::int64_t kColumns = 1024;

struct Operands {
  std::vector<float> a = std::vector<float>(kRows * kInner, 0.5F);
  std::vector<float> b = std::vector<float>(kInner * kColumns, 0.25F);
  std::vector<float> out = std::vector<float>(kRows * kColumns);
};

void by_eigen(Operands& operands) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Matrix> a(operands.a.data(), kRows, kInner);
  const Eigen::Map<const Matrix> b(operands.b.data(), kInner, kColumns);
  Eigen::Map<Matrix> out(operands.out.data(), kRows, kColumns);
  out.noalias() += a * b;
}

void by(Instructions instructions, Operands& operands) {
  multiply_add<float>(instructions, {operands.a.data(), kInner}, {operands.b.data(), kColumns},
                      {operands.out.data(), kColumns}, kRows, kInner, kColumns);
}

}  // namespace

std::vector<Product> products() {
  constexpr std::array kNames = {"product/plain", "product/avx2"};
  const auto operands = std::make_shared<Operands>();
  std::vector<Product> found = {{"product/Eigen", [operands] { by_eigen(*operands); }}};
  for (const Instructions each : instructions_here()) {
    found.push_back({kNames[static_cast<std::size_t>(each)], [operands, each] { by(each, *operands); }});
  }
  return found;
}

}  // namespace revive::bench
