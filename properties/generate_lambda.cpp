#include "properties/generate_lambda.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace revive::properties {
namespace {

constexpr Label kStepLabel = "lambda step";
constexpr std::size_t kMostSteps = 3;
// Beyond this rank newaxis is not drawn; layers rarely take more.
constexpr std::size_t kMostRank = 4;

// The alternatives of a step; new ones are appended, as the number is what a case records.
enum class Step : std::uint8_t { arithmetic, slice, index, newaxis, array, negative, absolute, compare };
constexpr std::array<std::uint32_t, 8> kStepWeights = {4, 6, 2, 1, 3, 1, 1, 1};

constexpr std::array kTameOperators = {"+", "-", "*", "/"};
constexpr std::array kOperators = {"+", "-", "*", "/", "//", "%", "**"};
constexpr std::array kComparisons = {">", "<", ">=", "<=", "==", "!="};

// Text under construction, with the shape it has so far.
class TextBuilder {
 public:
  TextBuilder(Choices& choices, Profile profile, const DrawContext& context)
      : choices_(choices), profile_(profile), shape_(context.shape), probe_(context.probe) {}

  void step() {
    const auto allowed = [&](std::size_t id) {
      switch (static_cast<Step>(id)) {
        case Step::slice: return shape_.rank() >= 2;
        case Step::index: return shape_.rank() >= 3;
        case Step::newaxis: return shape_.rank() < kMostRank;
        case Step::array: return shape_.rank() >= 2 && shape_.known(shape_.rank() - 1);
        // XLA multiplies by a bool as a choice, which turns NaN into 0: nothing to compare special floats with.
        case Step::compare: return profile_ == Profile::wild;
        default: return true;
      }
    };
    switch (static_cast<Step>(choices_.pick(kStepWeights, allowed))) {
      case Step::arithmetic: arithmetic(number("SCALE")); return;
      case Step::slice:
        rely_on_lengths();
        slice();
        return;
      case Step::index:
        rely_on_lengths();
        index();
        return;
      case Step::newaxis: newaxis(); return;
      case Step::array:
        rely_on_lengths();
        arithmetic(capture({.name = "bias", .kind = CaptureSlot::Kind::array, .dims = {probe_.back()}}));
        return;
      case Step::negative:
        text_ = fmt::format("-{}", text_);
        wrap();
        return;
      case Step::absolute: text_ = fmt::format("abs({})", text_); return;
      case Step::compare: compare(); return;
    }
  }

  LambdaText finish(const DrawContext& context) && {
    return {"lambda x: " + text_, std::move(slots_), context.shape, context.probe};
  }

 private:
  // A later step that looks at lengths fixes the captures that decide them.
  void rely_on_lengths() {
    for (CaptureSlot& slot : slots_) slot.reuse.reset();
  }

  void wrap() { text_ = fmt::format("({})", text_); }

  std::string capture(CaptureSlot slot) {
    const std::string role = slot.name;
    const auto taken = [&] { return std::ranges::find(slots_, slot.name, &CaptureSlot::name) != slots_.end(); };
    for (int i = 2; taken(); ++i) slot.name = fmt::format("{}_{}", role, i);
    slots_.push_back(slot);
    return slot.name;
  }

  // A number in [low, high], as a literal or, more often, captured.
  std::string integer(std::string role, std::int64_t low, std::int64_t high) {
    if (choices_.flag(2, 3)) return capture({.name = std::move(role), .low = low, .high = high});
    return std::to_string(choices_.integer(low, high));
  }

  std::string number(std::string role) {
    if (choices_.flag(2, 3)) return capture({.name = std::move(role), .kind = CaptureSlot::Kind::real});
    constexpr std::array kLiterals = {"1", "2", "0.5", "3", "0.25", "1.5", "10"};
    return kLiterals[choices_.draw(kLiterals.size() - 1)];
  }

  void arithmetic(const std::string& operand) {
    const bool tame = profile_ == Profile::tame;
    const std::span<const char* const> operators = tame ? std::span<const char* const>(kTameOperators) : kOperators;
    const char* const op = operators[choices_.draw(operators.size() - 1)];
    const bool swapped = choices_.flag(1, 4);
    // A tame quotient has the constant below the line, where it is not near zero.
    const bool left = swapped && !(tame && std::string_view(op) == "/");
    text_ = left ? fmt::format("{} {} {}", operand, op, text_) : fmt::format("{} {} {}", text_, op, operand);
    wrap();
  }

  void compare() {
    const char* const op = kComparisons[choices_.draw(kComparisons.size() - 1)];
    const std::string operand = number("LIMIT");
    // Multiplied, because most Keras layers do not take a bool tensor.
    text_ = fmt::format("(({} {} {}) * {})", text_, op, operand, text_);
  }

  std::size_t axis() { return 1 + static_cast<std::size_t>(choices_.draw(shape_.rank() - 2)); }

  // "[:, :, item]", or "[..., item]" for the last axis.
  void subscript(std::size_t axis, const std::string& item) {
    if (axis + 1 == shape_.rank() && choices_.flag(1, 4)) {
      text_ = fmt::format("{}[..., {}]", text_, item);
      return;
    }
    std::string colons;
    for (std::size_t i = 0; i < axis; ++i) colons += ":, ";
    text_ = fmt::format("{}[{}{}]", text_, colons, item);
  }

  void slice() {
    const std::size_t at = axis();
    const std::int64_t n = probe_[at];
    std::string item;
    std::int64_t length = n;
    // Where a bound is captured, any value in its range gives an axis of at least one; the length below is the least.
    switch (choices_.draw(4)) {
      case 0: item = fmt::format("-{}:", fixed("CONV_WIDTH", 1, n, length)); break;
      case 1: {
        std::int64_t start = 0;
        item = fmt::format("{}:", fixed("START", 0, n - 1, start));
        length = n - start;
        break;
      }
      case 2: item = fmt::format(":{}", fixed("STOP", 1, n, length)); break;
      case 3: item = "::-1"; break;
      default: {
        std::int64_t step = 2;
        item = fmt::format("::{}", fixed("STEP", 1, 3, step));
        length = (n + step - 1) / step;
        break;
      }
    }
    subscript(at, item);
    if (shape_.known(at)) shape_[at] = length;
    probe_[at] = length;
  }

  // A bound whose value decides a length: drawn now, written as a literal or captured with that one value.
  std::string fixed(std::string role, std::int64_t low, std::int64_t high, std::int64_t& value) {
    value = choices_.integer(low, high);
    if (choices_.flag(2, 3)) {
      return capture({.name = std::move(role), .low = value, .high = value, .reuse = Domain::Range{low, high}});
    }
    return std::to_string(value);
  }

  void index() {
    const std::size_t at = axis();
    subscript(at, integer("CHANNEL", -probe_[at], probe_[at] - 1));
    erase_axis(at);
  }

  void erase_axis(std::size_t at) {
    Dims axes = shape_.axes();
    axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(at));
    shape_ = Shape(std::move(axes));
    probe_.erase(probe_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void newaxis() {
    text_ = fmt::format("{}[:, None]", text_);
    Dims axes = shape_.axes();
    axes.insert(axes.begin() + 1, 1);
    shape_ = Shape(std::move(axes));
    probe_.insert(probe_.begin() + 1, 1);
  }

  Choices& choices_;
  Profile profile_;
  Shape shape_;
  Dims probe_;
  std::string text_ = "x";
  std::vector<CaptureSlot> slots_;
};

}  // namespace

double LambdaGenerator::draw_real() {
  constexpr std::array kPlain = {1.0, 2.0, 0.5, -1.0, 0.25, 3.0, -0.75, 1.0 / 3.0};
  if (profile_ == Profile::wild && choices_.flag(1, 6)) {
    drew_special_ = true;
    return choices_.float64();
  }
  return kPlain[choices_.draw(kPlain.size() - 1)];
}

Capture LambdaGenerator::draw_capture(const CaptureSlot& slot) {
  switch (slot.kind) {
    case CaptureSlot::Kind::integer: {
      const std::uint64_t offset = choices_.draw(static_cast<std::uint64_t>(slot.high - slot.low));
      return Value(slot.low + static_cast<std::int64_t>(offset));
    }
    case CaptureSlot::Kind::real: return Value(draw_real());
    case CaptureSlot::Kind::array: {
      Tensor array = Tensor::uninitialized(DType::float32, slot.dims);
      for (float& value : array.data<float>()) value = static_cast<float>(draw_real());
      return array;
    }
  }
  return Value();
}

LambdaText LambdaGenerator::draw_text(const DrawContext& context) {
  TextBuilder builder(choices_, profile_, context);
  choices_.list(kStepLabel, 1, kMostSteps, [&](std::size_t) { builder.step(); });
  return std::move(builder).finish(context);
}

Status LambdaGenerator::draw(Expression& expression, const DrawContext& context) {
  const auto fits = [&](const LambdaText& text) { return text.shape == context.shape && text.probe == context.probe; };
  const auto earlier = std::ranges::find_if(texts_, fits);
  LambdaText text = earlier != texts_.end() && choices_.flag(1, 2) ? *earlier : draw_text(context);
  Captures captures;
  for (const CaptureSlot& slot : text.slots) captures.emplace_back(slot.name, draw_capture(slot));
  auto made = make_expression(text.text, captures);
  if (!made) return std::unexpected(made.error().within("generated " + text.text + ": "));
  expression = std::move(*made);
  for (auto& [name, value] : captures) environment_.insert_or_assign(name, std::move(value));
  for (CaptureSlot& slot : text.slots) {
    if (!slot.reuse) continue;
    slot.low = slot.reuse->low;
    slot.high = slot.reuse->high;
  }
  texts_.push_back(std::move(text));
  return {};
}

}  // namespace revive::properties
