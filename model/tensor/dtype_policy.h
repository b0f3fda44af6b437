// A layer's dtype policy: the dtype that it computes in, and the dtype of its variables. Source: Keras' DTypePolicy.
//
// A policy has the name of a float dtype, which is both, or is mixed_float16 or mixed_bfloat16, which compute in 16
// bits with variables of float32. Quantized policies are refused by name: what they compute is something else.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/model/tensor/dtype.h"

namespace revive {

class DTypePolicy {
 public:
  // float32.
  DTypePolicy() = default;
  // Nothing for any other name.
  static std::optional<DTypePolicy> from_name(std::string_view name);

  DType compute_dtype() const { return compute_; }
  DType variable_dtype() const { return variable_; }
  std::string name() const;

  friend bool operator==(const DTypePolicy&, const DTypePolicy&) = default;

 private:
  constexpr DTypePolicy(DType compute, DType variable) : compute_(compute), variable_(variable) {}

  DType compute_ = DType::float32;
  DType variable_ = DType::float32;
};

// Their names, float32 first.
std::span<const std::string_view> dtype_policy_names();

// A name, as all versions read it, or the object that Keras writes since 3.4. Errors: config_type, config_unsupported.
Result<DTypePolicy> policy_from_value(const Value& value, const std::string& place);

}  // namespace revive
