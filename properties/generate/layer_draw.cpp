#include "revive/properties/generate/layer_draw.h"

namespace revive::properties {
namespace {

class ChoiceDraw final : public LayerDraw {
 public:
  ChoiceDraw(const DrawContext& context, Choices& choices, const LayerDrawHooks& hooks)
      : LayerDraw(context), choices_(choices), hooks_(hooks) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) override {
    // Not Choices::integer: the simplest value is the low end, which is what a declaration puts first.
    return low + static_cast<std::int64_t>(choices_.draw(static_cast<std::uint64_t>(high - low)));
  }
  std::size_t alternative(std::size_t count) override { return choices_.alternative(count); }
  bool flag() override { return choices_.flag(1, 2); }
  LambdaFunction lambda() override { return or_stop(hooks_.lambda()); }
  std::vector<Layer> stack() override { return or_stop(hooks_.stack()); }
  std::optional<Layer> child(const DrawContext& context, const Fits& fits) override {
    return or_stop(hooks_.child(context, fits));
  }

  const Status& status() const { return status_; }

 private:
  template <typename T>
  T or_stop(Result<T> drawn) {
    if (drawn) return *std::move(drawn);
    if (status_) status_ = std::unexpected(std::move(drawn.error()));
    return T{};
  }

  Choices& choices_;
  const LayerDrawHooks& hooks_;
  Status status_;
};

}  // namespace

Status draw_config(Layer& layer, const DrawContext& context, Choices& choices, const LayerDrawHooks& hooks) {
  if (layer.layer_class().draw) {
    ChoiceDraw draw(context, choices, hooks);
    layer.layer_class().draw(draw, layer.config());
    if (!draw.status()) return draw.status();
  }
  return layer.check_rules();
}

}  // namespace revive::properties
