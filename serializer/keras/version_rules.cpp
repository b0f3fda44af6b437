#include "revive/serializer/keras/version_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "revive/model/config.h"
#include "revive/model/lambda.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/names.h"

namespace revive {
namespace {

// How a layer whose `key` names `function` computes by the rule of the old version when a new version reads it.
struct VersionRule {
  enum class How {
    // The function stands alone, so a lambda takes the layer's place.
    as_lambda,
    // It is applied to a sum of products with the weights, which are scaled; of the last axis only these blocks.
    scales_weights,
  };
  // The first version that computes otherwise.
  int until_major;
  std::string_view class_name;
  std::string_view key;
  std::string_view function;
  How how;
  // Of the weights' last axis, in equal parts: how many there are and which are scaled. All where there is one.
  std::size_t blocks = 1;
  std::array<bool, 4> scaled = {true, false, false, false};
};

// hard_sigmoid was clip(0.2 x + 0.5, 0, 1) and is clip(x / 6 + 0.5, 0, 1), which is the same of 1.2 x.
constexpr std::string_view kHardSigmoid = "hard_sigmoid";
constexpr std::string_view kHardSigmoidText = "lambda x: ops.clip(0.2 * x + 0.5, 0.0, 1.0)";
constexpr float kHardSigmoidScale = 1.2F;

using enum VersionRule::How;
constexpr std::array kRules = {
    VersionRule{3, "Activation", "activation", kHardSigmoid, as_lambda},
    VersionRule{3, "Dense", "activation", kHardSigmoid, scales_weights},
    VersionRule{3, "Conv1D", "activation", kHardSigmoid, scales_weights},
    VersionRule{3, "Conv2D", "activation", kHardSigmoid, scales_weights},
    VersionRule{3, "Conv3D", "activation", kHardSigmoid, scales_weights},
    VersionRule{3, "DepthwiseConv1D", "activation", kHardSigmoid, scales_weights},
    VersionRule{3, "DepthwiseConv2D", "activation", kHardSigmoid, scales_weights},
    VersionRule{3, "EinsumDense", "activation", kHardSigmoid, scales_weights},
    VersionRule{3, "SimpleRNNCell", "activation", kHardSigmoid, scales_weights},
    // The gates of an LSTM stand in the order i, f, c, o, those of a GRU as z, r, h; only c and h are not gates.
    VersionRule{3, "LSTMCell", "recurrent_activation", kHardSigmoid, scales_weights, 4, {true, true, false, true}},
    VersionRule{3, "GRUCell", "recurrent_activation", kHardSigmoid, scales_weights, 3, {true, true, false, false}},
};

// What a path of a function meant, as a path of another root and one attribute.
struct FunctionRule {
  int until_major;
  std::string_view path;
  std::string_view root;
  std::string_view attribute;
};
constexpr std::array kFunctionRules = {
    FunctionRule{3, "keras.activations.hard_sigmoid", "K", "hard_sigmoid"},
    // Its parameter was called alpha, as it is there.
    FunctionRule{3, "keras.activations.relu", "K", "relu"},
};
constexpr std::string_view kKeras2Root = "tf_keras";
constexpr int kKeras2 = 2;

int major_of(std::string_view version) {
  int major = 0;
  std::size_t digits = 0;
  for (; digits < version.size() && version[digits] >= '0' && version[digits] <= '9' && digits < 4; ++digits) {
    major = 10 * major + (version[digits] - '0');
  }
  // What is no version counts as the newest.
  return digits > 0 && digits < version.size() && version[digits] == '.' ? major : std::numeric_limits<int>::max();
}

const FunctionRule* rule_of(std::string_view path, int major) {
  const auto found = std::ranges::find_if(
      kFunctionRules, [&](const FunctionRule& rule) { return major < rule.until_major && rule.path == path; });
  return found == kFunctionRules.end() ? nullptr : &*found;
}

void scale_blocks(Tensor& tensor, const VersionRule& rule) {
  const std::span<float> values = tensor.data<float>();
  const auto width = static_cast<std::size_t>(tensor.dims().empty() ? 1 : tensor.dims().back());
  const std::size_t block = std::max<std::size_t>(width / rule.blocks, 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (rule.scaled[std::min(i % width / block, rule.blocks - 1)]) values[i] *= kHardSigmoidScale;
  }
}

Result<std::string> replace_by_lambda(Layer& layer, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(Layer lambda, make_lambda(kHardSigmoidText, {}, layer.name()));
  lambda.set_trainable(layer.trainable());
  if (layer.built()) REVIVE_RETURN_IF_ERROR(lambda.build(layer.input_shape(), layer.input_dtype(), limits));
  std::string what = describe(layer) + " became a lambda";
  layer = std::move(lambda);
  return what;
}

// What was done; nothing where no rule concerns the layer.
Result<std::string> apply(Layer& layer, int major, const Limits& limits) {
  Status status;
  const VersionRule* found = nullptr;
  visit_fields(layer, [&](const Layer& holder, const Field& field) {
    const FieldRef ref = holder.ref(field);
    if (!std::holds_alternative<EnumRef>(ref)) return;
    const Value value = write_field(ref);
    const auto concerns = [&](const VersionRule& rule) {
      return major < rule.until_major && value == Value(rule.function);
    };
    if (std::ranges::none_of(kRules, concerns)) return;
    const auto rule = std::ranges::find_if(kRules, [&](const VersionRule& r) {
      return concerns(r) && r.class_name == holder.layer_class().name && r.key == field.name;
    });
    if (rule != kRules.end()) {
      found = &*rule;
    } else if (status) {
      status = fail(ErrorCode::config_unsupported, "",
                    fmt::format("{} of {} is {}, which Keras 3 computes otherwise than Keras 2 and cannot say",
                                field.name, describe(layer), value.as_string()));
    }
  });
  if (!status) return std::unexpected(status.error());
  if (found == nullptr) return std::string();
  if (found->how == as_lambda) return replace_by_lambda(layer, limits);
  for (Tensor& weight : layer.weights()) scale_blocks(weight, *found);
  return fmt::format("the weights of {} were scaled by {:.1f}", describe(layer), kHardSigmoidScale);
}

}  // namespace

std::string function_of_version(std::string_view path, std::string_view keras_version) {
  const FunctionRule* const rule = rule_of(path, major_of(keras_version));
  return rule == nullptr ? std::string(path) : fmt::format("{}.{}", rule->root, rule->attribute);
}

Tree by_rules_of_version(Tree tree, std::string_view keras_version) {
  const int major = major_of(keras_version);
  for (TreeIndex i = 0; i < tree.nodes.size(); ++i) {
    TreeIndex root = i;
    while (tree.nodes[root].kind == TreeNode::Kind::attribute) root = tree.nodes[root].children[0];
    if (tree.nodes[root].kind != TreeNode::Kind::name) continue;
    const bool is_keras_2 = tree.nodes[root].text == kKeras2Root;
    std::string path = dotted_name(tree, i);
    if (is_keras_2) path.replace(0, kKeras2Root.size(), "keras");
    const FunctionRule* const rule = rule_of(canonical_path(path), is_keras_2 ? kKeras2 : major);
    if (rule == nullptr) continue;
    tree.nodes[root].text = rule->root;
    tree.nodes[i].text = rule->attribute;
    tree.nodes[i].children = {root};
  }
  for (TreeNode& node : tree.nodes) {
    if (node.kind == TreeNode::Kind::name && node.text == kKeras2Root) node.text = "keras";
  }
  return tree;
}

Status apply_version_rules(Sequential& model, const Limits& limits, const std::function<void(std::string_view)>& warn) {
  const int major = major_of(model.keras_version());
  constexpr int kNewestMajor = 3;
  if (major >= kNewestMajor) return {};
  Status status;
  bool changed = false;
  visit_layers(model.root(), [&](const std::string& path, Layer& layer) {
    if (!status) return;
    const auto what = apply(layer, major, limits);
    if (!what) {
      status = std::unexpected(what.error().within("config.json: " + path));
    } else if (!what->empty()) {
      changed = true;
      if (warn) warn(*what + ": Keras 2's hard_sigmoid is Keras 3's of 1.2 times as much");
    }
  });
  if (!status) return status;
  if (changed) model.set_keras_version(std::string(kKerasVersion));
  return {};
}

}  // namespace revive
