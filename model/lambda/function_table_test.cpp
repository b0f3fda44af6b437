#include "revive/model/lambda/function_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/functions/testing.h"
#include "revive/model/lambda/names.h"
#include "revive/model/testing/recorded.h"
#include "revive_build/source_dir.h"

namespace revive {
namespace {

using testing::HasSubstr;

// The paths that a text calls or reads.
std::set<std::string> paths_in(std::string_view text) {
  std::set<std::string> paths;
  const auto tree = parse_lambda(text, {});
  for (TreeIndex i = 0; tree && i < tree->nodes.size(); ++i) paths.insert(canonical_path(dotted_name(*tree, i)));
  return paths;
}

// The dotted names in a file of Python.
std::set<std::string> dotted_names_of(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  std::set<std::string> names;
  for (auto at = text.begin(); at != text.end();) {
    const auto end = std::find_if_not(at, text.end(), is_part);
    if (end != at) names.insert(canonical_path(std::string(at, end)));
    at = end == text.end() ? end : end + 1;
  }
  return names;
}

TEST(Functions, EveryOpThatADeclarationNamesIsThere) {
  for (const std::string_view function : function_paths()) {
    for (const std::string& path : paths_in(*find_function(function))) {
      if (!path.starts_with("op.")) continue;
      EXPECT_NE(find_op_function(std::string_view(path).substr(3)), nullptr) << function << " names " << path;
    }
  }
}

TEST(Functions, EveryDeclarationReadsItsParametersAndTheLanguageAlone) {
  for (const std::string_view path : function_paths()) {
    const std::string text(*find_function(path));
    const auto tree = parse_lambda(text, {});
    ASSERT_TRUE(tree) << path << ": " << tree.error().text();
    if (!text.starts_with("lambda")) continue;
    std::set<std::string_view> bound = {kAccumulator};
    for (const auto& parameter : tree->parameters) bound.insert(bound_name(parameter.name));
    std::vector<std::vector<std::string>> targets;
    for (const TreeNode& node : tree->nodes) {
      if (node.kind == TreeNode::Kind::loop) targets.push_back(split_targets(node.names[0]));
      if (node.kind == TreeNode::Kind::function) targets.push_back(node.names);
    }
    for (const auto& names : targets) bound.insert(names.begin(), names.end());
    for (const TreeNode& node : tree->nodes) {
      if (node.kind != TreeNode::Kind::name) continue;
      const bool known = bound.contains(node.text) || is_language_name(node.text) || node.text == "op" ||
                         find_builtin(node.text, true) != nullptr || find_function(node.text);
      EXPECT_TRUE(known) << path << " reads " << node.text;
    }
  }
}

// Who writes keras.ops.celu has a Keras with it; who writes jax.nn.celu may have an older one. Only bits there are no
// older ops for.
TEST(Functions, NamesOfOtherLibrariesAreMadeOfWhatEveryKerasHas) {
  for (const std::string_view function : function_paths()) {
    const bool of_keras = function.starts_with("ops.") || function.starts_with("keras.");
    if (of_keras) continue;
    for (const std::string& path : paths_in(*find_function(function))) {
      const OpClass* const op = path.starts_with("op.") ? find_op_function(std::string_view(path).substr(3)) : nullptr;
      if (op != nullptr) {
        EXPECT_EQ(op->since, "") << function << " names " << path;
      }
    }
  }
}

// What no TensorFlow runs any more, beside what it has to be.
constexpr std::pair<std::string_view, std::string_view> kNoLongerThere[] = {
    {"K.logsumexp(x, axis=1)", "tf.reduce_logsumexp(x, axis=1)"},
    {"K.pattern_broadcast(x, (False, True))", "x"},
    {"tf.to_int32(x)", "tf.cast(x, tf.int32)"},
    {"tf.reduce_sum(x, reduction_indices=1, keep_dims=True)", "tf.reduce_sum(x, axis=1, keepdims=True)"},
    {"tf.squeeze(x, squeeze_dims=[1])", "tf.squeeze(x, axis=[1])"},
    {"tf.expand_dims(x, dim=1)", "tf.expand_dims(x, axis=1)"},
    {"tf.nn.l2_normalize(x, dim=1)", "tf.nn.l2_normalize(x, axis=1)"},
    {"K.in_test_phase(x, -x)", "x"},
    {"x + K.learning_phase()", "x + 0"},
    {"K.identity(x)", "tf.identity(x)"},
    {"K.print_tensor(x, message='x')", "x"},
};

TEST(Functions, OldSpellingsAreWhatTheyWere) {
  for (const auto& [old, current] : kNoLongerThere) {
    const auto made = make_expression(old, {});
    ASSERT_TRUE(made) << old << ": " << made.error().text();
    EXPECT_EQ(made->graph, make_expression(current, {})->graph) << old;
  }
}

TEST(Functions, EveryDeclarationIsTried) {
  std::set<std::string> tried;
  for (const auto cases :
       {algebra_cases, backend_cases, jax_cases, keras_cases, numpy_cases, tensorflow_cases, tensorflow_nn_cases}) {
    for (const FunctionCase& row : cases()) tried.merge(paths_in(row.text));
  }
  // Spellings of one function share its text, so one of them stands for all.
  std::set<std::string_view> texts;
  for (std::string path : tried) {
    if (path.starts_with("x.")) path.replace(0, 1, "Tensor");
    if (const auto text = find_function(path)) texts.insert(*text);
  }
  for (const auto& [old, current] : kNoLongerThere) {
    for (const std::string& path : paths_in(old)) texts.insert(find_function(path).value_or(""));
  }
  // What people write, and what stock Keras computed with it: serializer/python/written_test.cpp.
  std::ifstream file(REVIVE_SOURCE_DIR "/corpus/lambdas/written_table.py");
  const std::string written((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (const std::string& path : dotted_names_of(written)) {
    if (const auto text = find_function(path)) texts.insert(*text);
  }
  for (const std::string_view path : function_paths()) {
    const std::string_view text = *find_function(path);
    if (text.starts_with('\'')) continue;  // a dtype or another word
    if (path.starts_with('_')) continue;   // what others are made of
    if (path.starts_with("Tensor.") && written.find(path.substr(6)) != std::string::npos) continue;
    EXPECT_TRUE(text.find("_refuse") != std::string_view::npos || texts.contains(text)) << path << " is never tried";
  }
}

TEST(Functions, SpellingsOfOneModuleAreOne) {
  EXPECT_EQ(canonical_path("tf.keras.backend.sum"), "K.sum");
  EXPECT_EQ(canonical_path("tensorflow.keras.backend.sum"), "K.sum");
  EXPECT_EQ(canonical_path("backend.sum"), "K.sum");
  EXPECT_EQ(canonical_path("tf.keras.ops.nn.relu"), "ops.relu");
  EXPECT_EQ(canonical_path("numpy.sqrt"), "np.sqrt");
  EXPECT_EQ(canonical_path("tf.compat.v1.reduce_sum"), "tf.reduce_sum");
  const std::pair<std::string_view, std::string_view> prefixes[] = {
      {"jnp.argsort", "ops.argsort"},
      {"jax.numpy.argsort", "ops.argsort"},
      {"jnp.nan_to_num", "ops.nan_to_num"},
      {"jax.numpy.nan_to_num", "ops.nan_to_num"},
      {"np.argsort", "np.argsort"},
      {"jnp.f", "np.f"},
      {"jax.numpy.f", "np.f"},
      {"jax.nn.f", "jax.nn.f"},
      {"tf.dtypes.f", "tf.f"},
      {"tf.compat.v2.f", "tf.f"},
      {"tf.compat.v2.image.f", "tf.image.f"},
      {"tf.compat.v1.image.f", "tf_v1.image.f"},
      {"tf.keras.f", "keras.f"},
      {"keras.backend.f", "K.f"},
      {"keras.ops.f", "ops.f"},
      {"ops.numpy.f", "ops.f"},
      {"ops.core.f", "ops.f"},
      {"ops.math.f", "ops.f"},
      {"ops.nn.f", "ops.f"},
      {"ops.linalg.f", "ops.f"},
      {"ops.image.f", "ops.image.f"},
      {"tf.einsum", "ops.einsum"},
      {"tf.linalg.einsum", "ops.einsum"},
      {"np.einsum", "ops.einsum"},
      {"jnp.einsum", "ops.einsum"},
  };
  for (const auto& [path, canonical] : prefixes) EXPECT_EQ(canonical_path(path), canonical) << path;
}

TEST(Functions, WhatIsMissingIsSaidWithWhatToDo) {
  EXPECT_EQ(missing_function("tf.foo"), "`tf.foo` is not part of the expression language");
  EXPECT_THAT(missing_function("K.random_normal"), HasSubstr("use a Dropout or noise layer"));
  EXPECT_THAT(missing_function("keras.backend.random_uniform"), HasSubstr("random numbers"));
  EXPECT_THAT(missing_function("tf.keras.layers.Dense"), HasSubstr("put the layer into the model"));
  EXPECT_THAT(missing_function("tf.compat.v1.image.resize_bicubic"), HasSubstr("use tf.image.resize"));
  EXPECT_THAT(missing_function("tf.image.resize_bicubic"), HasSubstr("use tf.image.resize"));
  for (const char* const path :
       {"K.random_normal", "K.truncated_normal", "tf.random.normal", "tf.random_uniform", "tf.truncated_normal",
        "tf.nn.dropout", "np.random.rand", "keras.random.normal", "keras.layers.Dense", "tf.layers.dense",
        "keras.applications.f.preprocess_input", "tf.compat.v1.image.resize", "tf.image.resize_area", "tf.image.f",
        "np.f", "nobody.f"}) {
    expect_recorded("model/lambda/refusals.txt", std::string("missing ") + path, missing_function(path));
  }
}

}  // namespace
}  // namespace revive
