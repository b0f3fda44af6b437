#include "revive/model/lambda/function_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace revive {
namespace {

constexpr std::array kTables = {keras_functions,   backend_functions, tensorflow_functions, numpy_functions,
                                method_functions,  window_functions,  image_functions,      loss_functions,
                                algebra_functions, jax_functions};
constexpr std::array<std::string_view, 12> kRoots = {"jnp",   "jax",       "K",    "tf",      "np",         "ops",
                                                     "keras", "functools", "math", "backend", "tensorflow", "numpy"};

struct Prefix {
  std::string_view spelling;
  std::string_view meaning;
};

// The first that fits is replaced, again and again. What TensorFlow 1 had under tf.image samples at other points.
constexpr std::array kPrefixes = {
    // JAX sorts equal elements in their order, where NumPy does not, and has no infinity of 64 bits.
    Prefix{"jnp.argsort", "ops.argsort"},
    Prefix{"jax.numpy.argsort", "ops.argsort"},
    Prefix{"jnp.nan_to_num", "ops.nan_to_num"},
    Prefix{"jax.numpy.nan_to_num", "ops.nan_to_num"},
    Prefix{"tensorflow.", "tf."},
    Prefix{"numpy.", "np."},
    Prefix{"jnp.", "np."},
    Prefix{"jax.numpy.", "np."},
    Prefix{"tf.dtypes.", "tf."},
    Prefix{"tf.compat.v2.", "tf."},
    Prefix{"tf.compat.v1.image.", "tf_v1.image."},
    Prefix{"tf.compat.v1.", "tf."},
    Prefix{"tf.keras.", "keras."},
    Prefix{"keras.backend.", "K."},
    Prefix{"backend.", "K."},
    Prefix{"keras.ops.", "ops."},
    Prefix{"ops.numpy.", "ops."},
    Prefix{"ops.core.", "ops."},
    Prefix{"ops.math.", "ops."},
    Prefix{"ops.nn.", "ops."},
    Prefix{"ops.linalg.", "ops."},
    Prefix{"tf.einsum", "ops.einsum"},
    Prefix{"tf.linalg.einsum", "ops.einsum"},
    Prefix{"np.einsum", "ops.einsum"},
};

struct Refusal {
  std::string_view prefix;
  std::string_view reason;
};

constexpr std::string_view kRandom =
    "draws random numbers, and a lambda gives the same output every time; use a Dropout or noise layer";
constexpr std::string_view kLayer = "is a layer; put the layer into the model instead of the lambda";
constexpr std::string_view kPreprocessing =
    "is a function that is not part of the expression language; write what it computes, as in lambda x: x / 127.5 - 1";
constexpr std::string_view kLegacyResize =
    "samples at other points than tf.image.resize, and Keras has no such op; use tf.image.resize";

constexpr std::array kRefusals = {
    Refusal{"K.random_", kRandom},
    Refusal{"K.truncated_normal", kRandom},
    Refusal{"tf.random.", kRandom},
    Refusal{"tf.random_", kRandom},
    Refusal{"tf.truncated_", kRandom},
    Refusal{"tf.nn.dropout", kRandom},
    Refusal{"np.random.", kRandom},
    Refusal{"keras.random.", kRandom},
    Refusal{"keras.layers.", kLayer},
    Refusal{"tf.layers.", kLayer},
    Refusal{"keras.applications.", kPreprocessing},
    Refusal{"tf_v1.image.", kLegacyResize},
    Refusal{"tf.image.resize_", kLegacyResize},
};

std::string substituted(std::string_view text, std::string_view name) {
  std::string result;
  for (const char c : text) {
    if (c == '$') {
      result += name;
    } else {
      result += c;
    }
  }
  return result;
}

template <typename Visit>
void for_each_word(std::string_view words, Visit visit) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (end > 0) visit(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

using Functions = std::map<std::string, std::string, std::less<>>;

const Functions& functions() {
  static const Functions all = [] {
    Functions made;
    for (const auto table : kTables) {
      for (const FunctionRow& row : table()) {
        for_each_word(row.names.empty() ? "-" : row.names, [&](std::string_view name) {
          for_each_word(row.paths, [&](std::string_view path) {
            made.emplace(substituted(path, name), substituted(row.text, name));
          });
        });
      }
    }
    return made;
  }();
  return all;
}

}  // namespace

std::string canonical_path(std::string_view path) {
  std::string canonical(path);
  for (bool changed = true; changed;) {
    const auto found =
        std::ranges::find_if(kPrefixes, [&](const Prefix& prefix) { return canonical.starts_with(prefix.spelling); });
    changed = found != kPrefixes.end();
    if (changed) canonical.replace(0, found->spelling.size(), found->meaning);
  }
  return canonical;
}

std::optional<std::string_view> find_function(std::string_view path) {
  const auto found = functions().find(path);
  if (found == functions().end()) return std::nullopt;
  return found->second;
}

std::string missing_function(std::string_view path) {
  const std::string canonical = canonical_path(path);
  for (const auto& [prefix, reason] : kRefusals) {
    if (canonical.starts_with(prefix)) return fmt::format("`{}` {}", path, reason);
  }
  return fmt::format("`{}` is not part of the expression language", path);
}

bool is_function_root(std::string_view name) {
  return std::ranges::find(kRoots, name) != kRoots.end();
}

std::vector<std::string_view> function_paths() {
  std::vector<std::string_view> paths;
  for (const auto& [path, text] : functions()) paths.push_back(path);
  return paths;
}

}  // namespace revive
