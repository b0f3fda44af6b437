#include "revive/serializer/keras/layer_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <vector>

namespace revive {
namespace {

// What a constructor takes. Whatever is not listed here is taken as it comes and looked at in training.
enum class Takes : std::uint8_t { anything, seed, penalty, positive, fan, distribution, part, window, scaling, lines };

// `since` is the first Keras that has it where kOldestKeras has it not, here and below.
struct Argument {
  std::string_view name;
  Takes takes = Takes::anything;
  std::string_view since = {};
};

struct SettingClass {
  std::string_view name;
  std::vector<Argument> arguments = {};
  std::string_view since = {};
};

// One kind of setting: the keys that end so, where its classes live, and the other names that Keras knows them by.
struct SettingKind {
  std::string_view key_ending;
  std::string_view what;
  std::string_view module;
  std::vector<SettingClass> classes;
  std::vector<std::string_view> names;
};

const std::array<SettingKind, 3>& setting_kinds() {
  using enum Takes;
  static const std::vector<Argument> drawn = {
      {"seed", seed}, {"input_axes", anything, "3.15.0"}, {"output_axes", anything, "3.15.0"}};
  static const std::vector<Argument> normal = {{"mean"}, {"stddev"}, {"seed", seed}};
  static const std::vector<Argument> orthogonal = {{"gain"}, {"seed", seed}};
  static const std::vector<Argument> stft = {{"side", part}, {"window", window}, {"scaling", scaling}, {"periodic"}};
  static const std::array<SettingKind, 3> kinds = {
      SettingKind{"_initializer",
                  "an initializer",
                  "keras.initializers",
                  {{"Constant", {{"value"}}},
                   {"GlorotNormal", drawn},
                   {"GlorotUniform", drawn},
                   {"HeNormal", drawn},
                   {"HeUniform", drawn},
                   {"Identity", {{"gain"}}},
                   {"IdentityInitializer", {{"gain"}}},
                   {"LecunNormal", drawn},
                   {"LecunUniform", drawn},
                   {"Ones"},
                   {"Orthogonal", orthogonal},
                   {"OrthogonalInitializer", orthogonal},
                   {"RandomNormal", normal},
                   {"RandomUniform", {{"minval"}, {"maxval"}, {"seed", seed}}},
                   {"STFT", stft, "3.7.0"},
                   {"STFTInitializer", stft, "3.7.0"},
                   {"TruncatedNormal", normal},
                   {"VarianceScaling",
                    {{"scale", positive},
                     {"mode", fan},
                     {"distribution", distribution},
                     {"seed", seed},
                     {"input_axes", anything, "3.15.0"},
                     {"output_axes", anything, "3.15.0"}}},
                   {"Zeros"}},
                  {"constant",       "glorot_normal",
                   "glorot_uniform", "he_normal",
                   "he_uniform",     "identity",
                   "lecun_normal",   "lecun_uniform",
                   "normal",         "one",
                   "ones",           "orthogonal",
                   "random_normal",  "random_uniform",
                   "stft",           "truncated_normal",
                   "uniform",        "variance_scaling",
                   "zero",           "zeros"}},
      SettingKind{"_regularizer",
                  "a regularizer",
                  "keras.regularizers",
                  {{"L1", {{"l1", penalty}}},
                   {"L1L2", {{"l1", penalty}, {"l2", penalty}}},
                   {"L2", {{"l2", penalty}}},
                   {"OrthogonalRegularizer", {{"factor", penalty}, {"mode", lines}}}},
                  {"l1", "l1l2", "l2", "orthogonal_regularizer"}},
      SettingKind{"_constraint",
                  "a constraint",
                  "keras.constraints",
                  {{"MaxNorm", {{"max_value"}, {"axis"}}},
                   {"MinMaxNorm", {{"min_value"}, {"max_value"}, {"rate"}, {"axis"}}},
                   {"NonNeg"},
                   {"UnitNorm", {{"axis"}}}},
                  {"max_norm", "min_max_norm", "non_neg", "unit_norm"}}};
  return kinds;
}

bool is_one_of(const Value& value, std::initializer_list<std::string_view> words) {
  return value.is_string() && std::ranges::find(words, value.as_string()) != words.end();
}

double number_of(const Value& value) {
  if (value.is_int()) return static_cast<double>(value.as_int());
  return value.is_real() ? value.as_real() : std::nan("");
}

bool takes(Takes what, const Value& value) {
  switch (what) {
    case Takes::anything: return true;
    case Takes::seed: return value.is_null() || value.is_int();
    case Takes::penalty: {
      const double number = value.is_bool() || value.is_null() ? 0 : number_of(value);
      return std::isfinite(number) && number >= 0;
    }
    case Takes::positive: return number_of(value) > 0;
    case Takes::fan: return is_one_of(value, {"fan_in", "fan_out", "fan_avg"});
    case Takes::distribution: return is_one_of(value, {"normal", "truncated_normal", "untruncated_normal", "uniform"});
    case Takes::part: return is_one_of(value, {"real", "imag"});
    case Takes::window:
      return value.is_null() || is_one_of(value, {"bartlett", "blackman", "boxcar", "hamming", "hann"});
    case Takes::scaling: return value.is_null() || is_one_of(value, {"density", "spectrum"});
    case Takes::lines: return is_one_of(value, {"rows", "columns"});
  }
  return false;
}

const SettingKind* kind_of(std::string_view key) {
  const auto found =
      std::ranges::find_if(setting_kinds(), [&](const SettingKind& kind) { return key.ends_with(kind.key_ending); });
  return found == setting_kinds().end() ? nullptr : &*found;
}

const SettingClass* class_of(const SettingKind& kind, const Value& object) {
  const Value* const class_name = object.find("class_name");
  const auto found = std::ranges::find_if(
      kind.classes, [&](const SettingClass& each) { return class_name != nullptr && *class_name == Value(each.name); });
  return found == kind.classes.end() ? nullptr : &*found;
}

const Argument* newer_argument(const SettingClass& of, std::string_view name) {
  const auto found = std::ranges::find(of.arguments, name, &Argument::name);
  return found == of.arguments.end() || found->since.empty() ? nullptr : &*found;
}

bool is_newer_default(const SettingClass& of, const Value::Member& member) {
  return member.second.is_null() && newer_argument(of, member.first) != nullptr;
}

// Of an object with a class; what is not Keras' own has been found out before.
std::string wrong_object(const SettingKind& kind, const Value& object) {
  const Value* const class_name = object.find("class_name");
  const Value* const module = object.find("module");
  const bool is_function = class_name != nullptr && *class_name == Value("function");
  const SettingClass* const found = class_of(kind, object);
  if (is_function || found == nullptr || module == nullptr || *module != Value(kind.module)) {
    return fmt::format("{} that Keras does not have", kind.what);
  }
  const Value* const config = object.find("config");
  if (config == nullptr || config->is_null()) return {};
  if (!config->is_object()) return fmt::format("a config of {} that is no object", found->name);
  for (const auto& [key, value] : config->as_object()) {
    const auto argument = std::ranges::find(found->arguments, key, &Argument::name);
    if (argument == found->arguments.end()) return fmt::format("{} has no `{}`", found->name, key);
    if (!takes(argument->takes, value)) return fmt::format("{} takes no `{}` of {}", found->name, key, value.brief());
  }
  return {};
}

std::string wrong_of_kind(const SettingKind& kind, const Value& value) {
  if (value.is_null()) return {};
  if (value.is_object()) return wrong_object(kind, value);
  const bool known = value.is_string() &&
                     (std::ranges::find(kind.names, value.as_string()) != kind.names.end() ||
                      std::ranges::find(kind.classes, value.as_string(), &SettingClass::name) != kind.classes.end());
  return known ? std::string() : fmt::format("{}, which is not {} of Keras", value.brief(), kind.what);
}

}  // namespace

bool is_setting_class(std::string_view module, std::string_view class_name) {
  return std::ranges::any_of(setting_kinds(), [&](const SettingKind& kind) {
    return kind.module == module &&
           std::ranges::find(kind.classes, class_name, &SettingClass::name) != kind.classes.end();
  });
}

bool has_newer_defaults(std::string_view key, const Value& value) {
  const SettingKind* const kind = kind_of(key);
  const SettingClass* const of = kind == nullptr || !value.is_object() ? nullptr : class_of(*kind, value);
  const Value* const config = of == nullptr ? nullptr : value.find("config");
  return config != nullptr && config->is_object() &&
         std::ranges::any_of(config->as_object(),
                             [&](const Value::Member& member) { return is_newer_default(*of, member); });
}

void drop_newer_defaults(std::string_view key, Value& value) {
  if (!has_newer_defaults(key, value)) return;
  const SettingClass& of = *class_of(*kind_of(key), value);
  std::erase_if(value.find("config")->as_object(),
                [&](const Value::Member& member) { return is_newer_default(of, member); });
}

std::vector<NewerPart> newer_setting_parts(std::string_view key, const Value& value) {
  const SettingKind* const kind = kind_of(key);
  if (kind == nullptr) return {};
  if (value.is_string()) {
    // The other names of a class are it in small letters.
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b || a == b; };
    const auto found = std::ranges::find_if(kind->classes, [&](const SettingClass& each) {
      return !each.since.empty() && std::ranges::equal(each.name, value.as_string(), same);
    });
    if (found == kind->classes.end()) return {};
    return {{value.as_string(), found->since}};
  }
  const SettingClass* const of = value.is_object() ? class_of(*kind, value) : nullptr;
  if (of == nullptr) return {};
  std::vector<NewerPart> parts;
  if (!of->since.empty()) parts.push_back({std::string(of->name), of->since});
  const Value* const config = value.find("config");
  if (config == nullptr || !config->is_object()) return parts;
  for (const auto& [name, given] : config->as_object()) {
    const Argument* const argument = newer_argument(*of, name);
    if (argument != nullptr && !given.is_null()) {
      parts.push_back({fmt::format("{} of {}", name, of->name), argument->since});
    }
  }
  return parts;
}

std::string wrong_setting(std::string_view key, const Value& value) {
  if (const SettingKind* const kind = kind_of(key)) return wrong_of_kind(*kind, value);
  if (key == "seed") {
    constexpr std::int64_t kMostSeed = 0xFFFFFFFF;
    const bool taken = value.is_null() || (value.is_int() && value.as_int() >= 0 && value.as_int() <= kMostSeed);
    return taken ? std::string() : fmt::format("a seed of {}, which Keras does not take", value.brief());
  }
  if (key == "noise_shape" && !value.is_null()) {
    const bool taken = value.is_array() && std::ranges::all_of(value.as_array(), [](const Value& axis) {
                         return axis.is_null() || (axis.is_int() && axis.as_int() > 0);
                       });
    return taken ? std::string() : fmt::format("a noise_shape of {}, which Keras does not take", value.brief());
  }
  return {};
}

}  // namespace revive
