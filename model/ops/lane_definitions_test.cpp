// Ops that work along one axis beside what they mean for one lane: of ties, infinities, NaN and subnormals, of every
// length around the 16 up to which libraries sort by insertion and the widths of a kernel, along every axis.
#include <algorithm>

#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

// What a lane is worked out with: the settings but for the axis.
struct LaneSettings {
  std::int64_t times = 1;  // of diff
  std::int64_t order = 2;  // of normalize
  bool of_bools = false;   // whether they differ is what a difference of bools is
};

struct LaneDefinition {
  std::string_view function;
  Numbers (*of)(const Numbers& lane, const LaneSettings& settings);
  // Units that a sum of as many may be off by, of the sizes added up; none for what is exact.
  Exact ulps = 0;
  // Whether ints stay ints, which wrap.
  Whole (*of_whole)(Whole sum, Whole next) = nullptr;
  // What each difference is off by is the size of the largest element.
  bool finite_only = false;
};

bool is_before(Exact a, Exact b) {
  return std::isnan(b) ? !std::isnan(a) : a < b;
}

// Each element goes behind those that are not after it: stable, and NaN last.
std::vector<std::size_t> sorted_order(const Numbers& lane) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < lane.size(); ++i) {
    auto at = order.begin();
    while (at != order.end() && !is_before(lane[i], lane[*at])) ++at;
    order.insert(at, i);
  }
  return order;
}

Numbers sorted(const Numbers& lane, const LaneSettings&) {
  Numbers result;
  for (const std::size_t i : sorted_order(lane)) result.push_back(lane[i]);
  return result;
}
Numbers argsorted(const Numbers& lane, const LaneSettings&) {
  Numbers result;
  for (const std::size_t i : sorted_order(lane)) result.push_back(static_cast<Exact>(i));
  return result;
}

Numbers cumulative(const Numbers& lane, Exact (*join)(Exact, Exact)) {
  Numbers result;
  for (const Exact each : lane) result.push_back(result.empty() ? each : join(result.back(), each));
  return result;
}
Numbers cumulative_sum(const Numbers& lane, const LaneSettings&) {
  return cumulative(lane, [](Exact a, Exact b) { return a + b; });
}
Numbers cumulative_product(const Numbers& lane, const LaneSettings&) {
  return cumulative(lane, [](Exact a, Exact b) { return a * b; });
}

Numbers differences(const Numbers& lane, const LaneSettings& settings) {
  Numbers result = lane;
  for (std::int64_t i = 0; i < settings.times && !result.empty(); ++i) {
    Numbers next;
    for (std::size_t at = 1; at < result.size(); ++at) {
      const Exact difference = result[at] - result[at - 1];
      next.push_back(settings.of_bools ? std::fabs(difference) : difference);
    }
    result = next;
  }
  return result;
}

Exact largest_of(const Numbers& lane) {
  Exact largest = -kInfinity;
  for (const Exact each : lane) largest = std::isnan(each) || each > largest ? each : largest;
  return std::ranges::any_of(lane, [](Exact each) { return std::isnan(each); }) ? kNaN : largest;
}

Numbers softmax(const Numbers& lane, const LaneSettings&) {
  Numbers result;
  Exact sum = 0;
  for (const Exact each : lane) sum += std::exp(each - largest_of(lane));
  for (const Exact each : lane) result.push_back(std::exp(each - largest_of(lane)) / sum);
  return result;
}
Numbers log_softmax(const Numbers& lane, const LaneSettings&) {
  Numbers result;
  Exact sum = 0;
  for (const Exact each : lane) sum += std::exp(each - largest_of(lane));
  for (const Exact each : lane) result.push_back(each - largest_of(lane) - std::log(sum));
  return result;
}

// Keras' own, which adds up the cumulative sums of the whole support; see model/kernels/activation.cpp.
Numbers sparsemax(const Numbers& lane, const LaneSettings& settings) {
  Numbers descending = sorted(lane, settings);
  std::ranges::reverse(descending);
  Exact cumulative = 0;
  Exact sum = 0;
  Exact support = 0;
  for (std::size_t i = 0; i < descending.size(); ++i) {
    cumulative += descending[i];
    if (1 + static_cast<Exact>(i + 1) * descending[i] <= cumulative) continue;
    ++support;
    sum += cumulative;
  }
  Numbers result;
  for (const Exact each : lane) result.push_back(std::max(each - (sum - 1) / support, 0.0L));
  return result;
}

Numbers glu(const Numbers& lane, const LaneSettings&) {
  const std::size_t half = lane.size() / 2;
  Numbers result;
  for (std::size_t i = 0; i < half; ++i) result.push_back(lane[i] / (1 + std::exp(-lane[half + i])));
  return result;
}

Numbers normalized(const Numbers& lane, const LaneSettings& settings) {
  const auto order = static_cast<Exact>(settings.order);
  Exact sum = 0;
  for (const Exact each : lane) sum += std::pow(std::fabs(each), order);
  // Of the order 2 it is the root of the sum that is at least epsilon, and so is any other norm.
  const Exact norm = std::isnan(sum) ? kNaN : std::max(std::pow(sum, 1 / order), 1e-7L);
  Numbers result;
  for (const Exact each : lane) result.push_back(each / norm);
  return result;
}

const std::vector<LaneDefinition>& definitions() {
  static const std::vector<LaneDefinition> kDefinitions = {
      {"sort", sorted},
      {"argsort", argsorted},
      {"cumsum", cumulative_sum, 1, [](Whole a, Whole b) { return a + b; }},
      {"cumprod", cumulative_product, 1, [](Whole a, Whole b) { return a * b; }},
      {"diff", differences, 1, [](Whole a, Whole b) { return b - a; }},
      {"softmax", softmax, 4},
      {"log_softmax", log_softmax, 4},
      {"sparsemax", sparsemax, 8, nullptr, true},
      {"glu", glu, 8},
      {"normalize", normalized, 8, nullptr, true},
  };
  return kDefinitions;
}

const Defined kDefined(definitions());

// Lanes of one length, each with its own trouble, of what the dtype has.
std::vector<Numbers> lanes_of(std::size_t length, DType dtype, bool finite_only) {
  std::vector<Numbers> lanes;
  const auto add = [&](auto element) {
    Numbers lane;
    for (std::size_t i = 0; i < length; ++i) lane.push_back(rounded(dtype, element(i)));
    const bool fits = std::ranges::all_of(
        lane, [&](Exact each) { return holds(dtype, each) && (!finite_only || std::fabs(each) < 100); });
    if (fits) lanes.push_back(std::move(lane));
  };
  const Numbers numbers = unfriendly(dtype);
  add([&](std::size_t i) { return numbers[(i * 5) % numbers.size()]; });
  add([](std::size_t i) { return static_cast<Exact>((i * 7) % 5); });
  add([](std::size_t i) { return static_cast<Exact>((i * 7) % 5) - 2; });
  add([](std::size_t i) { return i % 3 == 0 ? 1 : 0; });
  add([](std::size_t i) { return static_cast<Exact>((i * 29) % 97); });
  if (!is_float(dtype)) return lanes;
  const Exact least = std::ldexp(1.0L, kind_of(dtype).least_exponent);
  add([](std::size_t i) { return i % 2 == 0 ? -0.0L : 0.0L; });
  add([](std::size_t i) { return 1 + static_cast<Exact>((i * 7) % 11) / 3; });
  add([](std::size_t) { return -kInfinity; });
  add([](std::size_t) { return kInfinity; });
  add([&](std::size_t i) { return i + 1 == length ? -kInfinity : static_cast<Exact>(i % 4); });
  add([&](std::size_t i) { return i == length / 2 ? kInfinity : static_cast<Exact>(i % 4); });
  add([&](std::size_t i) { return i == length / 2 ? kNaN : -static_cast<Exact>(i); });
  if (!finite_only) add([&](std::size_t i) { return least * static_cast<Exact>((i * 3) % 7); });
  return lanes;
}

// By how much a lane's element may be off: a few units of what was added up before it.
Exact size_of_lane(const Numbers& lane) {
  Exact size = 0;
  for (const Exact each : lane) size += std::isfinite(each) ? std::fabs(each) : 0;
  return size;
}

Numbers whole_lane(const LaneDefinition& definition, const Numbers& lane, DType dtype, const LaneSettings& settings) {
  Numbers result = lane;
  if (definition.function != "diff") {
    for (std::size_t i = 1; i < lane.size(); ++i) {
      const Whole joined = definition.of_whole(static_cast<Whole>(result[i - 1]), static_cast<Whole>(lane[i]));
      result[i] = wrapped(dtype, joined);
    }
    return result;
  }
  for (std::int64_t time = 0; time < settings.times && !result.empty(); ++time) {
    for (std::size_t i = 0; i + 1 < result.size(); ++i) {
      const Whole difference = definition.of_whole(static_cast<Whole>(result[i]), static_cast<Whole>(result[i + 1]));
      result[i] = wrapped(dtype, difference);
    }
    result.pop_back();
  }
  return result;
}

Settings settings_of(std::string_view function, std::int64_t axis, const LaneSettings& lane) {
  if (function == "diff") return {Value(lane.times), Value(axis)};
  if (function == "normalize") return {Value(axis), Value(lane.order)};
  return {Value(axis)};
}

// The lanes stand side by side along axis 1 of three, or along the last.
void expect_lanes(const LaneDefinition& definition, DType dtype, const std::vector<Numbers>& lanes, bool last,
                  const LaneSettings& lane_settings) {
  const std::size_t length = lanes.front().size();
  const auto count = static_cast<std::int64_t>(lanes.size());
  const auto rows = static_cast<std::int64_t>(length);
  Numbers numbers;
  for (std::size_t i = 0; i < lanes.size() * length; ++i) {
    numbers.push_back(last ? lanes[i / length][i % length] : lanes[i % lanes.size()][i / lanes.size()]);
  }
  const Tensor x = tensor_of(dtype, last ? Dims{1, count, rows} : Dims{1, rows, count}, numbers);
  const Settings settings = settings_of(definition.function, last ? -1 : 1, lane_settings);
  const std::string call = call_text(definition.function, settings, dtype) + " of " + std::to_string(length);
  const auto found = result_of(definition.function, {NodeRef{0}}, settings, x);
  if (!found) return;
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    Numbers given = lanes[lane];
    if (!is_float(dtype) && is_float(found->dtype())) {
      for (Exact& each : given) each = rounded(found->dtype(), each);
    }
    const bool whole = is_integer(found->dtype()) && definition.of_whole != nullptr;
    Numbers expected =
        whole ? whole_lane(definition, given, found->dtype(), lane_settings) : definition.of(given, lane_settings);
    if (found->dtype() == DType::boolean) {
      for (Exact& each : expected) each = each != 0;
    }
    ASSERT_EQ(found->size(), expected.size() * lanes.size()) << call;
    const Exact scale = definition.function == "cumprod" ? 0 : size_of_lane(given);
    const Tolerance tolerance = {definition.ulps * static_cast<Exact>(length), definition.ulps == 0};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::size_t at = last ? lane * expected.size() + i : i * lanes.size() + lane;
      expect_near(*found, at, expected[i], tolerance, scale, [&] { return call + " in lane " + std::to_string(lane); });
    }
  }
}

TEST(OpDefinitions, OfLanes) {
  for (const LaneDefinition& definition : definitions()) {
    for (const DType dtype : computed_dtypes()) {
      for (const std::size_t length : kLengths) {
        const auto lanes = lanes_of(length, dtype, definition.finite_only);
        for (const bool last : {false, true}) {
          for (LaneSettings settings : {LaneSettings{1, 2}, LaneSettings{0, 1}, LaneSettings{3, 3}}) {
            settings.of_bools = dtype == DType::boolean;
            expect_lanes(definition, dtype, lanes, last, settings);
          }
        }
      }
    }
  }
}

TEST(OpDefinitions, OfLanesWithoutElements) {
  for (const LaneDefinition& definition : definitions()) {
    for (const Dims& dims : {Dims{2, 0}, Dims{2, 3, 0}, Dims{0, 4}}) {
      const auto found = result_of(definition.function, {NodeRef{0}}, settings_of(definition.function, -1, {}),
                                   Tensor(DType::float32, dims));
      ASSERT_TRUE(found) << definition.function;
      EXPECT_EQ(found->size(), 0U) << definition.function;
    }
  }
}

}  // namespace
}  // namespace revive::testing
