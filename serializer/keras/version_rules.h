// What an archive of Keras 2 says in Keras 3's words but means otherwise.
//
// Two things depend on it: layers, and lambdas that call functions of Keras. Compared were Keras 2.13 and 2.15
// with 3.15: what every named activation computes and what every layer that is known here takes for granted. Configs
// are written in full, so a changed default alone has no effect; what has is one table, in version_rules.cpp. Such a
// model is turned into one of Keras 3 that computes the same, which stock Keras 3 reads from what is saved; or it is
// refused, never read by the wrong rule.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/model/sequential.h"

namespace revive {

// Turns `model`, complete with weights, into one by the rules of Keras 3 where its keras_version() is an older one;
// what changes is said to `warn`. Errors: config_unsupported, where Keras 3 cannot say it.
Status apply_version_rules(Sequential& model, const Limits& limits, const std::function<void(std::string_view)>& warn);

// The function that `path` ("keras.activations.hard_sigmoid") meant to a Keras of this version, as a path of today.
std::string function_of_version(std::string_view path, std::string_view keras_version);

// A lambda that a Keras of this version saved, with its functions under the paths that mean the same today. `tf_keras`
// is Keras 2 whatever the version.
Tree by_rules_of_version(Tree tree, std::string_view keras_version);

}  // namespace revive
