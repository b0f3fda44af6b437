// A layer that does nothing at inference: noise and dropout, whatever they do in training.
#pragma once

#include "revive/model/declare.h"

namespace revive {

struct IdentityLayer {
  Result<Built> build(const Shape& input) const { return Built{input}; }
  Result<Tensor> call(const Tensor& x, const CallContext&) const { return x; }
};

// Declares `T`, which derives from IdentityLayer. Its input, of any dtype, goes on with its mask.
template <typename T>
Declaration<T> declare_identity(std::string name) {
  auto declaration = declare<T>(std::move(name), Family::identity);
  declaration.keeps_dtype().passes_mask();
  return declaration;
}

}  // namespace revive
