#include "revive/properties/checks/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/tensor/element_type.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive::properties {
namespace {

// |a - b| <= tolerance + tolerance * |a|, NaN where NaN and equal infinities; of floats alone.
bool near(const Tensor& expected, const Tensor& found, double tolerance) {
  if (tolerance == 0 || expected.dtype() != found.dtype() || !is_float(expected.dtype())) return false;
  if (expected.dims() != found.dims()) return false;
  const Tensor wide_expected = cast(expected, DType::float64);
  const Tensor wide_found = cast(found, DType::float64);
  return std::ranges::equal(wide_expected.data<double>(), wide_found.data<double>(), [&](double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    // An infinity is as far from everything else as its tolerance is wide.
    if (std::isinf(a) || std::isinf(b)) return a == b;
    return std::abs(a - b) <= tolerance + tolerance * std::abs(a);
  });
}

}  // namespace

Verdict violation(std::string_view what, const Error& error) {
  return Violation{.message = fmt::format("{}: {}", what, error.text()),
                   .kind = fmt::format("{} {}", what, name_of(error.code))};
}
Verdict violation(const Difference& difference) {
  return Violation{
      .message = fmt::format("{}: {} before, {} after", difference.path, difference.left, difference.right),
      .difference = difference};
}

Verdict violation(const std::optional<Difference>& difference) {
  return difference ? violation(*difference) : std::nullopt;
}

Verdict about(const Sequential& model, std::string_view how, Verdict verdict) {
  if (!verdict) return verdict;
  verdict->message = fmt::format("{}: {}", how, verdict->message);
  verdict->varied = model;
  return verdict;
}

Environment altered(const Environment& environment) {
  Environment other;
  for (const auto& [name, value] : environment) {
    if (const auto* tensor = std::get_if<Tensor>(&value)) {
      other.emplace(name, Tensor(tensor->dtype(), tensor->dims()));
      continue;
    }
    const auto* scalar = std::get_if<Value>(&value);
    if (scalar == nullptr) continue;
    if (scalar->is_int()) {
      other.emplace(name, Value(scalar->as_int() == 1 ? std::int64_t{2} : std::int64_t{1}));
    } else if (scalar->is_real()) {
      other.emplace(name, Value(scalar->as_real() == 0.125 ? 0.5 : 0.125));
    }
  }
  return other;
}

Result<Bytes> save_with(const Subject& subject, const Sequential& model, const Environment& environment) {
  return subject.save ? subject.save(model, environment) : revive_subject().save(model, environment);
}

std::expected<Revived, Verdict> revive_case(const Case& the_case, const Subject& subject, const Legs& legs) {
  auto archive = save_with(subject, the_case.model, the_case.environment);
  if (!archive) return std::unexpected(legs.of("saves", violation("save failed", archive.error())));
  auto loaded = subject.load(*archive, altered(the_case.environment));
  if (!loaded) return std::unexpected(legs.of("loads", violation("load failed", loaded.error())));
  return Revived{std::move(*archive), std::move(*loaded)};
}

Verdict survives_beside(const Sequential& reference, const Case& the_case, const Subject& subject, const Legs& legs) {
  const auto revived = revive_case(the_case, subject, legs);
  if (!revived) return revived.error();
  if (const auto& loaded = revived->loaded.model) {
    if (auto verdict = legs.of("same_weights", violation(first_weights_difference(the_case.model, *loaded)))) {
      return verdict;
    }
    if (auto verdict = legs.of("same_config", violation(first_config_difference(the_case.model, *loaded)))) {
      return verdict;
    }
  }
  return compare_outputs(reference, revived->loaded, the_case.input, subject, legs);
}

Verdict compare_outputs(const Sequential& before, const Loaded& after, const Tensor& input, const Subject& subject,
                        const Legs& legs) {
  if (!subject.predict) return std::nullopt;
  const auto expected = run_before(before, input, subject);
  if (!expected) return legs.of("runs_before", violation(kNotRunBefore, expected.error()));
  const auto found = subject.predict(after, input);
  if (!found) return legs.of("runs_after", violation(kNotRunAfter, found.error()));
  return legs.of("same_output", compare_runs(*expected, *found, subject));
}

Result<Tensor> run_before(const Sequential& before, const Tensor& input, const Subject& subject) {
  return subject.before ? subject.before(before, input) : before.predict(input);
}

Verdict compare_runs(const Tensor& expected, const Tensor& found, const Subject& subject) {
  if (!subject.before) return compare_tensors(expected, found, "output", subject);
  // One program computed both.
  if (const auto difference = first_difference(expected, found, "output")) return violation(*difference);
  return std::nullopt;
}

Verdict compare_tensors(const Tensor& expected, const Tensor& found, std::string_view what, const Subject& subject) {
  const auto difference = first_difference(expected, found, std::string(what));
  if (difference && !near(expected, found, subject.tolerance)) return violation(*difference);
  return std::nullopt;
}

}  // namespace revive::properties
