#include "revive/properties/generate/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "revive/model/graph/op.h"
#include "revive/model/ops/groups.h"
#include "revive/model/tensor/element_type.h"
#include "revive/properties/generate/twins.h"

namespace revive::properties {
namespace {

constexpr SpanLabel kStepLabel = "lambda step";
constexpr std::size_t kMostSteps = 4;
// Of ten parts of a value with a step, and of ten other nodes, so many stand beside one that a merging of nodes could
// confuse with them.
constexpr std::uint32_t kTwinsOfStepsInTen = 8;
constexpr std::uint32_t kTwinsInTen = 3;
// Arrays with more elements come from a seed.
constexpr std::size_t kMostElementsDrawn = 6;

// Multiples of a power of two first: sums and products of a few of them are exact.
constexpr std::array kPlain = {1.0, 2.0, 0.5, -1.0, 0.25, 3.0, -0.75, 1.0 / 3.0, -0.0};
constexpr std::size_t kExactPlain = 7;

// How often a group of ops is drawn, for each of its ops that can be applied.
std::uint32_t weight_of_group(std::size_t group, Profile profile) {
  // Every op is to be compared with Keras, and images are seldom at hand.
  if (profile != Profile::wild && ops::kGroups[group] == ops::image) return 3;
  if (ops::kGroups[group] == ops::indexing) return 24;
  // Ints, which bits are of, are seldom at hand either, and tame ones even less.
  if (ops::kGroups[group] == ops::bitwise) return profile == Profile::wild ? 24 : 72;
  if (ops::kGroups[group] == ops::arithmetic) return 8;
  return 1;
}

// A value of the graph under construction.
struct Known {
  DrawnValue drawn;
  bool exact = false;
};

class ChoiceDraw final : public OpDraw {
 public:
  ChoiceDraw(Choices& choices, Profile profile, std::span<const Known> values, bool exact_only)
      : OpDraw(values.back().drawn), choices_(choices), profile_(profile), values_(values), exact_only_(exact_only) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) override { return choices_.integer(low, high); }
  std::size_t alternative(std::size_t count) override { return choices_.alternative(count); }
  bool flag() override { return choices_.flag(1, 2); }
  double number() override { return draw_real(choices_, profile_); }
  Tensor array(DType dtype, const Dims& dims) override { return draw_array(choices_, profile_, dtype, dims); }
  std::optional<NodeRef> value(const Fits& fits) override {
    std::vector<NodeRef> fitting;
    for (const Known& value : values_) {
      if ((value.exact || !exact_only_) && fits(value.drawn)) fitting.push_back(value.drawn.ref);
    }
    if (fitting.empty()) return std::nullopt;
    return fitting[choices_.alternative(fitting.size())];
  }
  bool tame() const override { return profile_ != Profile::wild; }

 private:
  Choices& choices_;
  Profile profile_;
  std::span<const Known> values_;
  bool exact_only_;
};

class GraphBuilder {
 public:
  GraphBuilder(Choices& choices, Profile profile, DType dtype, const DrawContext& context, bool exact)
      : choices_(choices), profile_(profile) {
    values_.push_back({{{0}, {dtype, context.shape}, context.probe}, exact});
  }

  Status step() {
    // Two picks, so that the number of an op stays what it is when ops are added to other groups.
    const auto groups = ops::kGroups.size();
    std::vector<std::uint32_t> weights;
    for (std::size_t group = 0; group < groups; ++group) {
      std::uint32_t sum = 0;
      for (const OpClass& op : ops::kGroups[group]()) sum += allowed(op) ? weight_of(op) : 0;
      weights.push_back(weight_of_group(group, profile_) * sum);
    }
    const std::size_t group = choices_.pick(weights, [&](std::size_t id) { return weights[id] > 0; });
    const auto table = ops::kGroups[group]();
    std::vector<std::uint32_t> op_weights;
    for (const OpClass& op : table) op_weights.push_back(weight_of(op));
    const OpClass& op = table[choices_.pick(op_weights, [&](std::size_t id) { return allowed(table[id]); })];

    if (profile_ != Profile::wild) {
      if (Status status = confine(op.numerics.domain); !status) return status;
    }
    Node node = node_of(op);
    ChoiceDraw draw(choices_, profile_, values_, op.numerics.discontinuous && profile_ != Profile::wild);
    op.draw(draw, node);
    if (node.op->normalize != nullptr) node.op->normalize(node);
    const Node drawn = node;
    if (Status status = append(std::move(node)); !status) return status;
    // Drawn whether or not it can be, so that what is drawn after it stays what it is where a node gets simpler.
    const bool wanted = choices_.flag(has_step(drawn) ? kTwinsOfStepsInTen : kTwinsInTen, 10);
    // Results that are compared with another implementation stay as exact as they are.
    const bool may_be = profile_ == Profile::wild || (last().exact && !op.numerics.discontinuous);
    if (!wanted || !may_be) return {};
    return add_twin(drawn);
  }

  Result<DrawnGraph> finish() && {
    if (Status status = add_input(); !status) return std::unexpected(status.error());
    // A batch of numbers is something few layers take.
    if (last().drawn.probe.size() == 1 && values_.front().drawn.probe.size() > 1) {
      // x[:, None], which holds no number that could be captured: what need not be there draws nothing.
      Node node = node_of(*find_op_function("get_item"));
      node.arguments[1] = Argument(Argument::List{Argument(Slice{}), Argument(Value())});
      if (Status status = append(std::move(node)); !status) return std::unexpected(status.error());
    }
    if (last().drawn.type.dtype != DType::float32) {
      Node node = node_of(*find_op_function("cast"));
      node.settings[0] = Value("float32");
      if (Status status = append(std::move(node)); !status) return std::unexpected(status.error());
    }
    REVIVE_ASSIGN_OR_RETURN(auto graph, Graph::make(std::move(nodes_), last().drawn.ref));
    return DrawnGraph{std::move(graph), last().exact};
  }

 private:
  const Known& last() const { return values_.back(); }

  // What needs an exact x to be compared with Keras, or square matrices, seldom has them, and makes up for it then.
  std::uint32_t weight_of(const OpClass& op) const {
    constexpr std::uint32_t kSeldomPossible = 3;
    const bool is_seldom = op.numerics.unstable || (profile_ != Profile::wild && op.numerics.discontinuous);
    return is_seldom ? kSeldomPossible : 1;
  }

  bool allowed(const OpClass& op) const {
    const Known& x = last();
    if (op.applies != nullptr && !op.applies(x.drawn)) return false;
    switch (profile_) {
      case Profile::wild: return true;
      case Profile::tame: return !op.numerics.unstable && (x.exact || !op.numerics.discontinuous);
      // Where NaN and infinities come out is compared, so nothing may depend on what implementations do about them.
      case Profile::specials: return op.numerics.exact && !op.numerics.discontinuous;
    }
    return true;
  }

  Node node_of(const OpClass& op) const {
    Node node{&op, std::vector<Argument>(op.parameters.size(), Argument(last().drawn.ref)), {}};
    for (const OpSetting& setting : op.settings) node.settings.push_back(setting.fallback);
    return node;
  }

  static bool has_step(const Node& node) {
    const auto is_stepped = [](const Argument& item) {
      const Slice* const slice = item.get<Slice>();
      return slice != nullptr && slice->step.value_or(1) != 1;
    };
    const auto* const items =
        node.op->syntax == OpClass::Syntax::subscript ? node.arguments[1].get<Argument::List>() : nullptr;
    return items != nullptr && std::ranges::any_of(*items, is_stepped);
  }

  // What the op makes of the values there are: as the model is built, and as it runs.
  struct Types {
    TensorType built;
    TensorType run;
  };
  Result<Types> types_of(const Node& node) const {
    std::vector<TensorType> types;
    std::vector<TensorType> probes;
    for (const Known& value : values_) {
      types.push_back(value.drawn.type);
      probes.push_back({value.drawn.type.dtype, Shape(value.drawn.probe)});
    }
    if (const Status status = node.op->check(node); !status) return std::unexpected(status.error());
    REVIVE_ASSIGN_OR_RETURN(auto built, node.op->infer(node, types));
    REVIVE_ASSIGN_OR_RETURN(auto run, node.op->infer(node, probes));
    return Types{std::move(built), std::move(run)};
  }

  // Whether the node can stand beside the last one: as many elements, of numbers, and depending on x.
  bool fits_beside_last(const Node& node) const {
    const auto depends_on_x = [](auto self, const Argument& argument) -> bool {
      const auto* const list = argument.get<Argument::List>();
      if (list == nullptr) return argument.get<NodeRef>() != nullptr;
      return std::ranges::any_of(*list, [&](const Argument& item) { return self(self, item); });
    };
    const bool depends =
        std::ranges::any_of(node.arguments, [&](const Argument& each) { return depends_on_x(depends_on_x, each); });
    if (!depends) return false;
    const auto types = types_of(node);
    return types && types->built.shape == last().drawn.type.shape && types->run.shape == Shape(last().drawn.probe) &&
           types->built.dtype != DType::boolean;
  }

  // x plus what was made of it, now and then: of many lambdas in a row, of which each makes what it likes of the one
  // before, most would end in NaN or in one number whatever went in, and hide what the others do.
  Status add_input() {
    const Known& x = values_.front();
    const bool wanted = profile_ == Profile::wild && choices_.flag(2, 3);
    const bool are_numbers = x.drawn.type.dtype == DType::float32 && last().drawn.type.dtype != DType::boolean;
    if (!wanted || !are_numbers) return {};
    Node sum = node_of(*find_op_function("add"));
    sum.arguments = {Argument(x.drawn.ref), Argument(last().drawn.ref)};
    const auto types = types_of(sum);
    const bool keeps_shape =
        types && types->built.shape == x.drawn.type.shape && types->run.shape == Shape(x.drawn.probe);
    if (!keeps_shape) return {};
    Node finite = node_of(*find_op_function("nan_to_num"));
    for (Value& setting : finite.settings) setting = Value(0.0);
    if (Status status = append(std::move(finite)); !status) return status;
    sum.arguments[1] = Argument(last().drawn.ref);
    return append(std::move(sum));
  }

  // What was appended, plus the same but for one component of one argument. Whoever takes one for the other computes
  // twice the one; a difference would be zeros where both mean the same, as axis 1 and axis -1 of two do, and whatever
  // else the graph computes would be lost in them. The one that was drawn comes first, so that the simpler graph
  // without its twin still has it.
  Status add_twin(const Node& drawn) {
    if (last().drawn.type.dtype == DType::boolean) return {};
    std::vector<Twins> twins = twins_of(drawn);
    for (Twins& each : twins) std::erase_if(each.nodes, [&](const Node& node) { return !fits_beside_last(node); });
    std::erase_if(twins, [](const Twins& each) { return each.nodes.empty(); });
    if (twins.empty()) return {};
    // Steps stand first, and are seldom at hand.
    const bool of_a_step = has_step(drawn) && !choices_.flag(1, 4);
    std::vector<Node>& kind = twins[of_a_step ? 0 : choices_.alternative(twins.size())].nodes;
    Node twin = std::move(kind[choices_.alternative(kind.size())]);
    const NodeRef first = last().drawn.ref;
    if (Status status = append(std::move(twin)); !status) return status;
    Node sum = node_of(*find_op_function("add"));
    sum.arguments = {Argument(first), Argument(last().drawn.ref)};
    return append(std::move(sum));
  }

  Status bound(std::string_view function, double limit) {
    if (!std::isfinite(limit)) return {};
    Node node = node_of(*find_op_function(function));
    node.arguments[1] = Argument(Value(limit));
    return append(std::move(node));
  }

  Status confine(const RealInterval& domain) {
    const Status status = bound("maximum", domain.low);
    return status ? bound("minimum", domain.high) : status;
  }

  Status append(Node node) {
    if (node.op->normalize != nullptr) node.op->normalize(node);
    auto types = types_of(node);
    if (!types) return std::unexpected(types.error().within(fmt::format("generated {}", node.op->class_name)));
    bool exact = node.op->numerics.exact;
    for (const Argument& argument : node.arguments) exact = exact && reads_exact(argument);
    nodes_.push_back(std::move(node));
    values_.push_back({{{nodes_.size()}, std::move(types->built), types->run.shape.axes()}, exact});
    return {};
  }

  bool reads_exact(const Argument& argument) const {
    if (const NodeRef* const ref = argument.get<NodeRef>()) return values_[ref->index].exact;
    const auto* const list = argument.get<Argument::List>();
    return list == nullptr || std::ranges::all_of(*list, [&](const Argument& item) { return reads_exact(item); });
  }

  Choices& choices_;
  Profile profile_;
  std::vector<Node> nodes_;
  // x and the results of the nodes.
  std::vector<Known> values_;
};

}  // namespace

double draw_real(Choices& choices, Profile profile) {
  if (profile == Profile::wild && choices.flag(1, 4)) return choices.float64();
  return kPlain[choices.draw(profile == Profile::wild ? kPlain.size() - 1 : kExactPlain - 1)];
}

Tensor draw_array(Choices& choices, Profile profile, DType dtype, const Dims& dims) {
  Tensor reals = Tensor::uninitialized(DType::float32, dims);
  const bool from_seed = reals.size() > kMostElementsDrawn;
  Random random(from_seed ? choices.draw(0xFFFF) : 0);
  // A single element takes two draws, and many should not count as simpler.
  if (from_seed) choices.pass();
  for (float& element : reals.data<float>()) {
    if (reals.size() <= kMostElementsDrawn && is_float(dtype)) {
      element = static_cast<float>(draw_real(choices, profile));
    } else if (is_float(dtype)) {
      element = static_cast<float>(kPlain[static_cast<std::size_t>(random.below(kExactPlain))]);
    } else {
      constexpr std::int64_t kMost = 4;
      const auto drawn = reals.size() <= kMostElementsDrawn ? choices.draw(kMost) : random.below(kMost + 1);
      element = static_cast<float>(dtype == DType::boolean ? drawn % 2 : drawn);
    }
  }
  return cast(reals, dtype);
}

Result<DrawnGraph> draw_graph(Choices& choices, Profile profile, DType dtype, const DrawContext& context, bool exact) {
  GraphBuilder builder(choices, profile, dtype, context, exact);
  Status status;
  choices.list(kStepLabel, 1, kMostSteps, [&](std::size_t) {
    if (status) status = builder.step();
  });
  if (!status) return std::unexpected(status.error());
  return std::move(builder).finish();
}

}  // namespace revive::properties
