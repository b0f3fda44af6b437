#include "revive/properties/generate/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <type_traits>

#include "revive/model/registry.h"

namespace revive::properties {
namespace {

constexpr std::size_t kHighestRank = 6;
constexpr std::size_t kMostOfAField = 95;
// What every axis of a shape is that stands for its rank.
constexpr std::int64_t kAxis = 4;

const Distribution::Counts& facet(const Distribution& distribution, std::string_view name) {
  const auto found = std::ranges::find(case_facets(), name, &CaseFacet::name);
  return distribution.facets()[static_cast<std::size_t>(found - case_facets().begin())];
}

void count(Coverage& coverage, const Distribution::Counts& counts, std::string what) {
  ++coverage.possible;
  if (counts.contains(what)) {
    ++coverage.reached;
  } else {
    coverage.missing.push_back(std::move(what));
  }
}

// Of a field whose name ends in ": ".
void count_field(Coverage& fields, const std::string& name, std::size_t reached, std::size_t possible) {
  if (possible == 0) return;
  ++fields.possible;
  if (reached * 100 >= possible * kMostOfAField) {
    ++fields.reached;
  } else {
    fields.missing.push_back(fmt::format("{}{} of {}", name, reached, possible));
  }
}

// Of whatever rank came out of `left`.
bool can_follow(const LayerClass& left, const LayerClass& right, const Distribution::Counts& outputs) {
  if (!right.ids_field.empty() && !left.keeps_dtype) return false;
  Shape shape = {kUnknown};
  for (std::size_t rank = 1; rank <= kHighestRank; ++rank, shape.push_back(kAxis)) {
    if (outputs.contains(output_of_rank(left, rank)) && right.accepts(shape)) return true;
  }
  return false;
}

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

// Whether a layer with this enumerator, or with null, and defaults otherwise is no legal one: a pooling pads as no
// convolution does. A number or a list that is given is one of many, of which some are legal.
bool breaks_a_rule(Layer layer, const Field& field, std::size_t value) {
  return std::visit(
      [&](const auto& target) {
        using Target = std::remove_cvref_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, EnumRef>) {
          *target.index = static_cast<std::uint8_t>(value);
          return !layer.check_rules();
        } else if constexpr (kIsOptional<std::remove_pointer_t<Target>>) {
          if (value != 0) return false;
          target->reset();
          return !layer.check_rules();
        } else {
          return false;
        }
      },
      layer.ref(field));
}

}  // namespace

std::string field_value(const LayerClass& layer_class, const Field& field, std::string_view value) {
  return fmt::format("{}.{}: {}", layer_class.name, field.name, value);
}

std::string neighbours(const LayerClass& left, const LayerClass& right) {
  return fmt::format("{}, {}", left.name, right.name);
}

std::string output_of_rank(const LayerClass& layer_class, std::size_t rank) {
  return fmt::format("{}: rank {}", layer_class.name, rank);
}

std::vector<std::string> countable_values(const FieldRef& ref) {
  return std::visit(
      [](const auto& target) -> std::vector<std::string> {
        using Target = std::remove_cvref_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, EnumRef>) {
          return {target.names->names.begin(), target.names->names.end()};
        } else if constexpr (std::is_same_v<Target, bool*>) {
          return {"false", "true"};
        } else if constexpr (kIsOptional<std::remove_pointer_t<Target>>) {
          return {"null", "a value"};
        } else {
          return {};
        }
      },
      ref);
}

std::size_t countable_value(const FieldRef& ref) {
  return std::visit(
      [](const auto& target) -> std::size_t {
        using Target = std::remove_cvref_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, EnumRef>) {
          return *target.index;
        } else if constexpr (std::is_same_v<Target, bool*>) {
          return *target ? 1 : 0;
        } else if constexpr (kIsOptional<std::remove_pointer_t<Target>>) {
          return target->has_value() ? 1 : 0;
        } else {
          return 0;
        }
      },
      ref);
}

std::vector<Coverage> coverage_of(const Distribution& distribution) {
  Coverage classes{.of = "layer classes"};
  Coverage values{.of = "values of enumerated and boolean fields"};
  Coverage fields{.of = fmt::format("fields of which {} % of these values came up", kMostOfAField)};
  Coverage pairs{.of = "possible neighbours"};
  const Distribution::Counts& outputs = facet(distribution, kOutputRankFacet);
  for (const LayerClass* const layer_class : layer_classes()) {
    if (!layer_class->stands_in_stacks() || !layer_class->is_drawn) continue;
    count(classes, facet(distribution, "layer class"), layer_class->name);
    Layer fresh(*layer_class);
    visit_fields(fresh, [&](Layer& holder, const Field& field) {
      const std::vector<std::string> all = countable_values(holder.ref(field));
      const auto [reached, possible] = std::pair(values.reached, values.possible);
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (!breaks_a_rule(holder, field, i)) {
          count(values, facet(distribution, kFieldValueFacet), field_value(*layer_class, field, all[i]));
        }
      }
      count_field(fields, field_value(*layer_class, field, ""), values.reached - reached, values.possible - possible);
    });
    for (const LayerClass* const right : layer_classes()) {
      if (!right->stands_in_stacks() || !right->is_drawn || !can_follow(*layer_class, *right, outputs)) continue;
      count(pairs, facet(distribution, kNeighboursFacet), neighbours(*layer_class, *right));
    }
  }
  return {std::move(classes), std::move(values), std::move(fields), std::move(pairs)};
}

}  // namespace revive::properties
