// For tests: drawing a layer from a seed, or the simplest one, without a generator.
#pragma once

#include "revive/model/base/random.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layer_draw.h"
#include "revive/model/registry.h"

namespace revive::testing {

// What is inside of a layer owns nothing itself, and its lambdas are all the same.
class RandomLayerDraw final : public LayerDraw {
 public:
  // Where there is no `random`, the simplest of every choice is drawn.
  RandomLayerDraw(const DrawContext& context, Random* random) : LayerDraw(context), random_(random) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) override {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  std::size_t alternative(std::size_t count) override { return static_cast<std::size_t>(below(count)); }
  bool flag() override { return below(2) == 1; }
  LambdaFunction lambda() override { return *make_expression("lambda x: -x", {}); }
  std::vector<Layer> stack() override {
    auto layer = LayerDraw::child(context());
    std::vector<Layer> layers;
    if (layer) layers.push_back(std::move(*layer));
    return layers;
  }
  std::optional<Layer> child(const DrawContext& context, const Fits& fits) override {
    std::vector<const LayerClass*> classes;
    for (const LayerClass* each : layer_classes()) {
      if (fits(*each) && each->draw && !each->is_container() && each->accepts(context.shape)) classes.push_back(each);
    }
    if (classes.empty()) return std::nullopt;
    Layer layer(*classes[static_cast<std::size_t>(below(classes.size()))]);
    layer.set_name("inside");
    RandomLayerDraw draw(context, random_);
    layer.layer_class().draw(draw, layer.config());
    return layer;
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_ != nullptr ? random_->below(bound) : 0; }

  Random* random_;
};

}  // namespace revive::testing
