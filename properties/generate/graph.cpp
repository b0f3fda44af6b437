#include "revive/properties/generate/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "revive/model/graph/op.h"
#include "revive/model/ops/groups.h"
#include "revive/model/tensor/element_type.h"

namespace revive::properties {
namespace {

constexpr SpanLabel kStepLabel = "lambda step";
constexpr std::size_t kMostSteps = 4;
// Of ten parts of a value that go backwards, so many stand beside one that a merging of nodes could confuse with them.
constexpr std::uint32_t kTwinsInTen = 9;
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
    const bool has_twin = op.function == std::string_view("get_item") && backward_slice(node) != nullptr &&
                          (last().drawn.type.dtype == DType::float32 || last().drawn.type.dtype == DType::int32) &&
                          choices_.flag(kTwinsInTen, 10);
    Node twin = has_twin ? node : Node{};
    if (Status status = append(std::move(node)); !status) return status;
    return has_twin ? subtract_twin(std::move(twin)) : Status();
  }

  Result<DrawnGraph> finish() && {
    // A batch of numbers is something few layers take.
    if (last().drawn.probe.size() == 1 && values_.front().drawn.probe.size() > 1) {
      Node node = node_of(*find_op_function("expand_dims"));
      node.settings[0] = Value(1);
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

  // What needs an exact x to be compared with Keras seldom has one, and makes up for it then.
  std::uint32_t weight_of(const OpClass& op) const {
    constexpr std::uint32_t kSeldomPossible = 3;
    return profile_ != Profile::wild && op.numerics.discontinuous ? kSeldomPossible : 1;
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

  // The slice of a whole axis that goes backwards, where there is one.
  static Slice* backward_slice(Node& node) {
    auto* const items = node.arguments[1].get<Argument::List>();
    if (items == nullptr) return nullptr;
    for (Argument& item : *items) {
      Slice* const slice = item.get<Slice>();
      if (slice != nullptr && !slice->start && !slice->stop && slice->step && *slice->step < 0) return slice;
    }
    return nullptr;
  }

  // What was appended, minus the same with a slice that goes forwards: two nodes that differ in one component of one
  // argument. Whoever takes one for the other, or loses a sign, computes zeros. The one that goes backwards comes
  // first, so that the simpler graph without its twin still has it.
  Status subtract_twin(Node twin) {
    const NodeRef minuend = last().drawn.ref;
    Slice* const slice = backward_slice(twin);
    slice->step = -*slice->step;
    if (Status status = append(std::move(twin)); !status) return status;
    Node difference = node_of(*find_op_function("subtract"));
    difference.arguments = {Argument(minuend), Argument(last().drawn.ref)};
    return append(std::move(difference));
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
    std::vector<TensorType> types;
    std::vector<TensorType> probes;
    for (const Known& value : values_) {
      types.push_back(value.drawn.type);
      probes.push_back({value.drawn.type.dtype, Shape(value.drawn.probe)});
    }
    const auto failed = [&](const Error& error) {
      return std::unexpected(error.within(fmt::format("generated {}", node.op->class_name)));
    };
    if (node.op->normalize != nullptr) node.op->normalize(node);
    if (const Status status = node.op->check(node); !status) return failed(status.error());
    auto type = node.op->infer(node, types);
    if (!type) return failed(type.error());
    auto probe = node.op->infer(node, probes);
    if (!probe) return failed(probe.error());
    bool exact = node.op->numerics.exact;
    for (const Argument& argument : node.arguments) exact = exact && reads_exact(argument);
    nodes_.push_back(std::move(node));
    values_.push_back({{{nodes_.size()}, *std::move(type), probe->shape.axes()}, exact});
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
