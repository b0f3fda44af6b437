#include "revive/model/tensor/dtype_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace revive {
namespace {

constexpr std::string_view kMixed = "mixed_";
constexpr std::array<std::string_view, 6> kNames = {"float32",  "float64",       "float16",
                                                    "bfloat16", "mixed_float16", "mixed_bfloat16"};

// What a config calls the policy: a policy of Keras' own has a name, a quantized one a mode and the name of a source.
std::string described(const Value& policy) {
  const Value* const class_name = policy.find("class_name");
  const Value* const config = policy.find("config");
  const Value* const mode = config != nullptr ? config->find("mode") : nullptr;
  if (mode != nullptr && mode->is_string()) return fmt::format("the quantized policy {}", mode->brief());
  if (class_name != nullptr && class_name->is_string()) return "a " + class_name->as_string();
  return policy.brief();
}

}  // namespace

std::optional<DTypePolicy> DTypePolicy::from_name(std::string_view name) {
  if (std::ranges::find(kNames, name) == kNames.end()) return std::nullopt;
  const bool mixed = name.starts_with(kMixed);
  const DType compute = *dtype_from_name(mixed ? name.substr(kMixed.size()) : name);
  return DTypePolicy(compute, mixed ? DType::float32 : compute);
}

std::string DTypePolicy::name() const {
  return std::string(compute_ == variable_ ? "" : kMixed).append(name_of(compute_));
}

std::span<const std::string_view> dtype_policy_names() {
  return kNames;
}

Result<DTypePolicy> policy_from_value(const Value& value, const std::string& place) {
  const Value* name = &value;
  if (value.is_object()) {
    const Value* const config = value.find("config");
    name = config != nullptr ? config->find("name") : nullptr;
    if (name == nullptr) {
      return fail(ErrorCode::config_unsupported, place,
                  fmt::format("expected a dtype policy of {}, found {}", fmt::join(kNames, ", "), described(value)));
    }
  }
  if (!name->is_string()) {
    return fail(ErrorCode::config_type, place, "expected a dtype policy, found " + name->brief());
  }
  if (const auto policy = DTypePolicy::from_name(name->as_string())) return *policy;
  return fail(ErrorCode::config_unsupported, place,
              fmt::format("expected a dtype policy of {}, found {}", fmt::join(kNames, ", "), name->brief()));
}

}  // namespace revive
