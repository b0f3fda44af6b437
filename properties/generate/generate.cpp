#include "revive/properties/generate/generate.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/layers/input_layer.h"
#include "revive/model/registry.h"
#include "revive/model/tensor/element_type.h"
#include "revive/properties/generate/class_odds.h"
#include "revive/properties/generate/input_draw.h"
#include "revive/properties/generate/lambda.h"
#include "revive/properties/generate/layer_draw.h"
#include "revive/properties/generate/numbers.h"

namespace revive::properties {
namespace {

constexpr SpanLabel kLayerLabel = "layer";
constexpr std::size_t kDeepestNesting = 2;
constexpr std::size_t kMostNestedLayers = 3;

// One layer in so many has another dtype policy than float32.
constexpr std::uint32_t kPolicyShare = 12;

struct Flow {
  DrawContext context;
  DType dtype = DType::float32;
  // What flows are ids that an Embedding has yet to look up.
  bool ids = false;
  // What flows has the same bits in every implementation.
  bool exact = true;
  // A mask flows beside it.
  bool masked = false;
};

class StackGenerator {
 public:
  StackGenerator(Choices& choices, const GenerateOptions& options)
      : choices_(choices), options_(options), only_(options.only), odds_(choices), lambdas_(choices, options.profile) {
    std::ranges::sort(only_);
  }

  Result<std::vector<Layer>> draw() {
    // Where any class may come, there always is one that does.
    const auto goes_on = [&](const DrawnInput& each) { return only_.empty() || any_allowed(flow_of(each), 0); };
    InputDraw inputs(choices_, options_, odds_, goes_on);
    if (!inputs.possible())
      return fail(ErrorCode::usage, "", "no stack can be made of these classes alone: none of them takes an input");
    Flow flow = flow_of(inputs.draw());
    std::vector<Layer> layers;
    Layer input = make_input_layer(flow.context.shape, flow.dtype);
    if (Status status = input.build(flow.context.shape, flow.dtype, {}); !status)
      return std::unexpected(status.error());
    layers.push_back(std::move(input));
    const std::size_t most = options_.profile == Profile::wild ? options_.most_layers : kTameLayers;
    REVIVE_RETURN_IF_ERROR(draw_stack(layers, flow, most, 0, options_.least_layers));
    return layers;
  }

  const LambdaGenerator& lambdas() const { return lambdas_; }

 private:
  Flow flow_of(const DrawnInput& input) const {
    Flow flow;
    flow.context.shape = input.shape;
    flow.context.probe = input.shape.concrete(kBatch, kUnknownAxisSize);
    flow.context.for_keras = options_.profile != Profile::wild;
    flow.dtype = input.dtype;
    flow.ids = input.ids;
    return flow;
  }

  bool any_allowed(const Flow& flow, std::size_t nesting) const {
    const Shape probe(flow.context.probe);
    return std::ranges::any_of(layer_classes(), [&](const LayerClass* layer_class) {
      return stands_here(*layer_class, flow, probe, nesting);
    });
  }

  // `probe` is that of the flow, made once for all classes that are asked about.
  bool stands_here(const LayerClass& layer_class, const Flow& flow, const Shape& probe, std::size_t nesting) const {
    return layer_class.stands_in_stacks() && allowed(layer_class, flow, probe, nesting);
  }

  bool allowed(const LayerClass& layer_class, const Flow& flow, const Shape& probe, std::size_t nesting) const {
    if (!layer_class.is_drawn) return false;
    if (options_.lambdas_only && !layer_class.holds_lambda) return false;
    if (!only_.empty() && !std::ranges::binary_search(only_, &layer_class)) return false;
    return can_stand(layer_class, flow, probe, nesting);
  }

  bool can_stand(const LayerClass& layer_class, const Flow& flow, const Shape& probe, std::size_t nesting) const {
    const bool reads_ids = !layer_class.ids_field.empty();
    if (flow.ids ? !reads_ids && !layer_class.keeps_dtype : reads_ids) return false;
    if (layer_class.is_container() && nesting >= kDeepestNesting) return false;
    if (flow.masked && layer_class.mask_rule == MaskRule::refuses) return false;
    // A recurrent layer takes one mask for each step, and what walks over more axes than steps and features takes none.
    constexpr std::size_t kMaskedRank = 3;
    if (flow.masked && layer_class.reads_mask && flow.context.shape.rank() > kMaskedRank) return false;
    // Without an epsilon it divides by what may be near zero, and makes of last bits first ones.
    const bool is_steep = layer_class.family == Family::normalization && layer_class.field("epsilon") == nullptr;
    if (options_.profile == Profile::tame && is_steep && !flow.exact) return false;
    // What a pixel's weight of zero makes of an infinity depends on Keras' backend.
    if (options_.profile == Profile::specials && layer_class.field("interpolation") != nullptr) return false;
    // Stock Keras takes no root of an int, and on JAX it slides no float kernel over ints.
    const bool is_number = is_float(flow.dtype) || flow.ids;
    const auto wants_floats = [&] {
      return layer_class.family == Family::normalization || layer_class.field("kernel_size") != nullptr;
    };
    if (flow.context.for_keras && !is_number && wants_floats()) return false;
    return layer_class.accepts(flow.context.shape) && layer_class.accepts(probe);
  }

  Status draw_stack(std::vector<Layer>& layers, Flow& flow, std::size_t most, std::size_t nesting,
                    std::size_t likely = 1) {
    Status status;
    const auto draw_one = [&](std::size_t) {
      // Where the classes are restricted, a stack may come to where none of them goes on.
      if (!status || (!options_.only.empty() && !any_allowed(flow, nesting))) return;
      const Shape probe(flow.context.probe);
      Layer layer(*layer_classes()[odds_.pick(
          flow.masked, [&](const LayerClass& each) { return stands_here(each, flow, probe, nesting); })]);
      status = draw_layer(layer, flow, nesting);
      if (status) layers.push_back(std::move(layer));
    };
    choices_.list(kLayerLabel, 1, most, draw_one, likely);
    return status;
  }

  Result<std::optional<Layer>> draw_child(Flow flow, const LayerDraw::Fits& fits, std::size_t nesting) {
    bool restricted = true;
    const Shape probe(flow.context.probe);
    const auto takes = [&](const LayerClass& each) {
      return fits(each) && (restricted ? allowed(each, flow, probe, nesting) : can_stand(each, flow, probe, nesting));
    };
    const auto none_fits = [&] {
      return std::ranges::none_of(layer_classes(), [&](const LayerClass* each) { return takes(*each); });
    };
    // Where the classes are restricted to layers around others, what is inside of them is any other.
    if (none_fits()) restricted = false;
    if (none_fits()) return std::nullopt;
    // A list of one, so that a layer can be lifted out of what is around it.
    std::optional<Layer> child;
    Status status;
    choices_.list(kLayerLabel, 1, 1, [&](std::size_t) {
      child.emplace(*layer_classes()[odds_.pick(flow.masked, takes)]);
      status = draw_layer(*child, flow, nesting);
    });
    REVIVE_RETURN_IF_ERROR(status);
    return child;
  }

  Status draw_layer(Layer& layer, Flow& flow, std::size_t nesting) {
    const LayerDrawHooks hooks{
        .lambda = [&]() -> Result<LambdaFunction> {
          LambdaFunction lambda;
          // A float comes as what the layer computes in.
          const DType dtype = is_float(flow.dtype) ? layer.policy().compute_dtype() : flow.dtype;
          REVIVE_RETURN_IF_ERROR(lambdas_.draw(lambda, dtype, flow.context, flow.exact));
          return lambda;
        },
        .stack = [&]() -> Result<std::vector<Layer>> {
          std::vector<Layer> layers;
          Flow inner = flow;
          REVIVE_RETURN_IF_ERROR(draw_stack(layers, inner, kMostNestedLayers, nesting + 1));
          return layers;
        },
        .child = [&](const DrawContext& context, const LayerDraw::Fits& fits) -> Result<std::optional<Layer>> {
          Flow inner = flow;
          inner.context = context;
          inner.masked = context.masked;
          return draw_child(std::move(inner), fits, nesting + 1);
        }};
    layer.set_policy(draw_policy(layer.layer_class()));
    flow.context.masked = flow.masked;
    flow.context.dtype = flow.dtype;
    if (Status status = draw_config(layer, flow.context, choices_, hooks); !status) return place(status, layer, flow);
    if (Status status = layer.build(flow.context.shape, flow.dtype, {}); !status) return place(status, layer, flow);
    const LayerClass& layer_class = layer.layer_class();
    const auto probe = layer_class.output_shape(layer.config(), Shape(flow.context.probe));
    if (!probe) return place(std::unexpected(probe.error()), layer, flow);
    flow.context.shape = layer.output_shape();
    flow.context.probe = probe->axes();
    flow.dtype = layer.output_dtype();
    // Other layers that keep bits are few, and lambdas come often.
    flow.exact = layer_class.holds_lambda && lambdas_.exact();
    flow.masked = layer.gives_mask(flow.masked);
    flow.ids = flow.ids && layer_class.keeps_dtype;
    return {};
  }

  // Mostly float32. A lambda has no variables for the other half of a mixed policy, and a container computes nothing.
  // Stock Keras has no float64 but in a process of its own, and compares no better than the shortest dtype.
  DTypePolicy draw_policy(const LayerClass& layer_class) {
    const auto names = dtype_policy_names();
    const bool plain = !layer_class.has_policy || layer_class.is_container() || layer_class.holds_lambda ||
                       options_.profile != Profile::wild;
    if (plain || !choices_.flag(1, kPolicyShare)) return {};
    return *DTypePolicy::from_name(names[1 + choices_.draw(names.size() - 2)]);
  }

  static Status place(const Status& status, const Layer& layer, const Flow& flow) {
    return std::unexpected(
        status.error().within(fmt::format("generated {} for {}", describe(layer), to_string(flow.context.shape))));
  }

  Choices& choices_;
  const GenerateOptions& options_;
  // options_.only, sorted: every class is looked for wherever a layer can stand.
  std::vector<const LayerClass*> only_;
  ClassOdds odds_;
  LambdaGenerator lambdas_;
};

}  // namespace

Result<Case> generate_case(Choices& choices, const GenerateOptions& options) {
  StackGenerator stack(choices, options);
  REVIVE_ASSIGN_OR_RETURN(auto layers, stack.draw());
  REVIVE_ASSIGN_OR_RETURN(auto model, Sequential::make("generated", std::move(layers)));
  draw_weights(model, choices, options.profile);
  Tensor input = draw_input(model, choices, options.profile);
  return Case{std::move(model), std::move(input), stack.lambdas().environment()};
}

}  // namespace revive::properties
