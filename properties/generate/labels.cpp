#include "revive/properties/generate/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <map>
#include <set>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/input_layer.h"
#include "revive/model/tensor/element_type.h"
#include "revive/properties/generate/coverage.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {
namespace {

// A stack with more layers of one class than this has names of two digits, which do not sort as they count.
constexpr std::size_t kOneDigitNames = 10;

void collect_layers(const Layer& owner, std::vector<const Layer*>& found) {
  visit_children(owner, [&](const std::string&, const ChildSlot&, const Layer& child) {
    found.push_back(&child);
    collect_layers(child, found);
  });
}

std::size_t largest_in(const CaseParts& parts) {
  std::size_t largest = parts.the_case.input.size();
  const bool has_batch = parts.the_case.input.rank() > 0;
  for (const Layer* const layer : parts.layers) {
    for (const Tensor& weight : layer->weights()) largest = std::max(largest, weight.size());
    if (!has_batch || layer->output_shape().rank() == 0) continue;
    const auto elements = element_count(layer->output_shape().concrete(parts.the_case.input.dim(0), kUnknownAxisSize));
    if (elements) largest = std::max(largest, static_cast<std::size_t>(*elements));
  }
  return largest;
}

template <typename Holds>
bool any_layer(const CaseParts& parts, Holds holds) {
  return std::ranges::any_of(parts.layers, [&](const Layer* layer) { return holds(*layer); });
}

const Captures& captures_of(const Layer& layer) {
  static const Captures kNone;
  const LambdaFunction* expression = layer.lambda();
  return expression != nullptr && expression->annotation ? expression->annotation->captures : kNone;
}

// Not finite, subnormal, or -0.0: an exponent of all ones, or one of all zeros beside other bits.
template <typename Float>
bool is_special(Float value) {
  const std::uint64_t bits = std::bit_cast<std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>>(value);
  constexpr std::uint64_t kExponent =
      std::bit_cast<std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>>(
          std::numeric_limits<Float>::infinity());
  const std::uint64_t exponent = bits & kExponent;
  return exponent == kExponent || (exponent == 0 && bits != 0);
}

bool has_special(const Tensor& tensor) {
  if (tensor.dtype() == DType::float32) return std::ranges::any_of(tensor.data<float>(), is_special<float>);
  if (!is_float(tensor.dtype())) return false;
  const Tensor wide = cast(tensor, DType::float64);
  return std::ranges::any_of(wide.data<double>(), is_special<double>);
}

bool has_special(const Argument& argument) {
  if (const auto* value = argument.get<Value>()) return value->is_real() && is_special(value->as_real());
  if (const auto* tensor = argument.get<Tensor>()) return has_special(*tensor);
  const auto* list = argument.get<Argument::List>();
  return list != nullptr && std::ranges::any_of(*list, [](const Argument& item) { return has_special(item); });
}

bool has_special(const Layer& layer) {
  if (std::ranges::any_of(layer.weights(), [](const Tensor& tensor) { return has_special(tensor); })) return true;
  const LambdaFunction* expression = layer.lambda();
  return expression != nullptr && std::ranges::any_of(expression->graph.nodes(), [](const Node& node) {
           return std::ranges::any_of(node.arguments, [](const Argument& each) { return has_special(each); }) ||
                  std::ranges::any_of(node.settings, [](const Value& each) { return has_special(Argument(each)); });
         });
}

bool special_floats(const CaseParts& parts) {
  return has_special(parts.the_case.input) || any_layer(parts, [](const Layer& layer) { return has_special(layer); });
}

bool weights(const CaseParts& parts) {
  return any_layer(parts, [](const Layer& layer) { return !layer.weights().empty(); });
}

bool capturing_lambda(const CaseParts& parts) {
  return any_layer(parts, [](const Layer& layer) { return !captures_of(layer).empty(); });
}

bool captured_array(const CaseParts& parts) {
  return any_layer(parts, [](const Layer& layer) {
    return std::ranges::any_of(captures_of(layer),
                               [](const auto& capture) { return std::holds_alternative<Tensor>(capture.second); });
  });
}

// What a serializer that binds late, or by name, gets wrong.
bool one_text_two_graphs(const CaseParts& parts) {
  std::map<std::string_view, const LambdaFunction*> first;
  return any_layer(parts, [&](const Layer& layer) {
    const LambdaFunction* expression = layer.lambda();
    if (expression == nullptr || !expression->annotation) return false;
    const auto [at, is_new] = first.emplace(expression->annotation->text, expression);
    return !is_new && !(*at->second == *expression);
  });
}

bool nested_stack(const CaseParts& parts) {
  return any_layer(parts, [](const Layer& layer) { return layer.layer_class().is_stack; });
}

bool unknown_axis(const CaseParts& parts) {
  const auto& axes = parts.the_case.model.input_shape().axes();
  return axes.size() > 1 && std::ranges::find(axes.begin() + 1, axes.end(), kUnknown) != axes.end();
}

bool recurrent_layer(const CaseParts& parts) {
  return any_layer(parts, [](const Layer& layer) { return layer.layer_class().runs_a_cell(); });
}

bool more_than_ten_of_a_class(const CaseParts& parts) {
  std::map<const LayerClass*, std::size_t> counts;
  return any_layer(parts, [&](const Layer& layer) { return ++counts[&layer.layer_class()] > kOneDigitNames; });
}

template <std::size_t kElements>
bool tensor_past(const CaseParts& parts) {
  return parts.largest_tensor > kElements;
}

constexpr std::array kLabels = {
    CaseLabel{"has weights", 0.60, weights},
    CaseLabel{"has a capturing lambda", 0.20, capturing_lambda},
    CaseLabel{"has special floats", 0.10, special_floats},
    CaseLabel{"has a captured array", 0.12, captured_array},
    CaseLabel{"has one text with two captures", 0.02, one_text_two_graphs},
    CaseLabel{"has a nested stack", 0.10, nested_stack},
    CaseLabel{"has an unknown axis", 0.08, unknown_axis},
    CaseLabel{"has a recurrent layer", 0.12, recurrent_layer},
    CaseLabel{"has more than ten layers of a class", 0.01, more_than_ten_of_a_class},
    CaseLabel{"has a tensor past 512 elements", 0.02, tensor_past<512>},
    CaseLabel{"has a tensor past 1,000 elements", 0.02, tensor_past<1'000>},
    CaseLabel{"has a tensor past 1,024 elements", 0.02, tensor_past<1'024>},
    CaseLabel{"has a tensor past 4,096 elements", 0.02, tensor_past<4'096>},
    CaseLabel{"has a tensor past 65,536 elements", 0.02, tensor_past<65'536>},
};

std::vector<std::string> listed(const std::set<std::string>& values) {
  return {values.begin(), values.end()};
}

std::vector<std::string> layer_classes_of(const Case& the_case) {
  std::set<std::string> names;
  visit_layers(the_case.model.root(), [&](const std::string& path, const Layer& layer) {
    // Every model begins with an InputLayer.
    if (!path.empty() && !is_input_layer(layer)) names.insert(layer.layer_class().name);
  });
  return listed(names);
}

std::vector<std::string> layer_count_of(const Case& the_case) {
  constexpr std::array<std::size_t, 7> kBounds = {1, 2, 3, 5, 8, 12, 20};
  const std::size_t count = count_layers(the_case.model);
  std::size_t low = 0;
  for (const std::size_t high : kBounds) {
    if (count <= high) return {low + 1 >= high ? fmt::format("{}", count) : fmt::format("{} to {}", low + 1, high)};
    low = high;
  }
  return {fmt::format("more than {}", low)};
}

std::vector<std::string> input_rank_of(const Case& the_case) {
  return {fmt::format("of rank {}", the_case.input.rank())};
}

std::vector<std::string> ops_of(const Case& the_case) {
  std::set<std::string> names;
  visit_layers(the_case.model.root(), [&](const std::string&, const Layer& layer) {
    if (layer.lambda() == nullptr) return;
    for (const Node& node : layer.lambda()->graph.nodes()) names.emplace(node.op->function);
  });
  return listed(names);
}

std::string capture_kind(const Capture& capture) {
  if (const auto* tensor = std::get_if<Tensor>(&capture)) return fmt::format("{} array", name_of(tensor->dtype()));
  if (std::holds_alternative<Function>(capture)) return "function";
  const std::string_view kind = std::get<Value>(capture).kind_name();
  return std::string(kind.substr(kind.find(' ') + 1));
}

std::vector<std::string> captures_in(const Case& the_case) {
  std::set<std::string> kinds;
  visit_layers(the_case.model.root(), [&](const std::string&, const Layer& layer) {
    for (const auto& capture : captures_of(layer)) kinds.insert(capture_kind(capture.second));
  });
  return listed(kinds);
}

std::vector<std::string> field_values_in(const Case& the_case) {
  std::set<std::string> values;
  visit_layers(the_case.model.root(), [&](const std::string&, const Layer& layer) {
    visit_fields(layer, [&](const Layer& holder, const Field& field) {
      const std::vector<std::string> all = countable_values(holder.ref(field));
      if (!all.empty()) values.insert(field_value(layer.layer_class(), field, all[countable_value(holder.ref(field))]));
    });
  });
  return listed(values);
}

std::vector<std::string> neighbours_in(const Case& the_case) {
  std::set<std::string> pairs;
  visit_layers(the_case.model.root(), [&](const std::string&, const Layer& owner) {
    const std::vector<Layer>* const layers = owner.stack();
    if (layers == nullptr) return;
    for (std::size_t i = 1; i < layers->size(); ++i) {
      const Layer& left = (*layers)[i - 1];
      if (!is_input_layer(left)) pairs.insert(neighbours(left.layer_class(), (*layers)[i].layer_class()));
    }
  });
  return listed(pairs);
}

std::vector<std::string> output_ranks_in(const Case& the_case) {
  std::set<std::string> ranks;
  visit_layers(the_case.model.root(), [&](const std::string&, const Layer& layer) {
    if (layer.built()) ranks.insert(output_of_rank(layer.layer_class(), layer.output_shape().rank()));
  });
  return listed(ranks);
}

constexpr std::array kFacets = {
    CaseFacet{"layer class", layer_classes_of}, CaseFacet{"layers", layer_count_of},
    CaseFacet{"input", input_rank_of},          CaseFacet{"op of a lambda", ops_of},
    CaseFacet{"capture", captures_in},          CaseFacet{kFieldValueFacet, field_values_in},
    CaseFacet{kNeighboursFacet, neighbours_in}, CaseFacet{kOutputRankFacet, output_ranks_in}};

}  // namespace

CaseParts::CaseParts(const Case& of) : the_case(of) {
  collect_layers(of.model.root(), layers);
  largest_tensor = largest_in(*this);
}

std::span<const CaseLabel> case_labels() {
  return kLabels;
}

std::span<const CaseFacet> case_facets() {
  return kFacets;
}

namespace {

// What another layer owns is a part of it.
std::size_t count_in(const std::vector<Layer>& layers) {
  std::size_t count = 0;
  for (const Layer& layer : layers) {
    const std::vector<Layer>* const inner = layer.stack();
    count += inner != nullptr ? count_in(*inner) : layer.layer_class().stands_in_stacks() ? 1 : 0;
  }
  return count;
}

}  // namespace

std::size_t count_layers(const Sequential& model) {
  return count_in(*model.root().stack());
}

}  // namespace revive::properties
