#include "revive/properties/print/python_program.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

#include "revive/model/config.h"
#include "revive/model/layers/functional.h"
#include "revive/properties/print/python_text.h"

namespace revive::properties {
namespace {

// A Functional is made of what its layers are called on.
constexpr std::string_view kChain = "chain";
constexpr std::string_view kChainFunction = R"(def chain(layers, name, trainable=True):
    x = layers[0].output
    for layer in layers[1:]:
        x = layer(x)
    return keras.Model(layers[0].output, x, name=name, trainable=trainable)
)";

// Walks a model once and writes three parts: the functions that make its lambdas, its layers, its weights.
class Writer {
 public:
  explicit Writer(const Sequential& model) { layer(model.root(), "model"); }

  std::string text(const Tensor* input) const {
    std::string body = functions_ + (functions_.empty() ? "\n" : "\n\n") + layers_;
    if (!weights_.empty()) body += "\n" + weights_;
    if (input != nullptr) {
      body += fmt::format("\nx = {}\nprint(np.asarray(model(x, training=False)))\n", python_array(*input));
    }
    // What only some models need is left out of the others: a small model should read as one.
    const bool arrays = body.contains("array(\"");
    std::string program;
    if (arrays) program += "import base64\n";
    if (body.contains("functools.")) program += "import functools\n";
    if (!program.empty()) program += "\n";
    program += "import keras\n";
    if (body.contains("np.") || arrays) program += "import numpy as np\n";
    if (body.contains("ops.")) program += "from keras import ops\n";
    for (const std::string& module : modules_) program += fmt::format("import {}\n", module);
    if (arrays) program += fmt::format("\n\n{}", kPythonArrayFunction);
    const bool chains = body.contains(fmt::format("= {}(", kChain));
    if (chains) program += fmt::format("\n\n{}", kChainFunction);
    if ((arrays || chains) && functions_.empty()) program += "\n";
    return program + body;
  }

 private:
  // Writes `variable = Class(...)`, the layers inside it first. A `copied` layer gets its weights where the copy is.
  void layer(const Layer& each, const std::string& variable, bool copied = false) {
    const LayerClass& layer_class = each.layer_class();
    std::vector<std::string> arguments;
    visit_fields(each, [&](const Layer& holder, const Field& field) {
      const std::string value = field_value(holder, field, variable);
      if (!value.empty()) arguments.push_back(fmt::format("{}={}", field.name, value));
    });
    for (const ChildSlot& slot : layer_class.slots) {
      if (slot.form == ChildForm::entry)
        arguments.push_back(fmt::format("{}={}", slot.key, children(each, slot, variable, copied)));
    }
    arguments.push_back(fmt::format("name={}", python_literal(each.name())));
    if (each.policy() != DTypePolicy()) arguments.push_back(fmt::format("dtype=\"{}\"", each.policy().name()));
    if (!each.trainable()) arguments.emplace_back("trainable=False");
    const std::string function = is_functional(layer_class) ? std::string(kChain) : python_name(layer_class);
    layers_ += fmt::format("{} = {}({})\n", variable, function, fmt::join(arguments, ", "));
    if (copied) return;
    set_weights(each, variable);
    for (const ChildSlot& slot : layer_class.slots) {
      if (slot.form == ChildForm::entry && is_copied(slot)) set_weights_in(each, slot, variable);
    }
  }

  // An owner that keeps what it is given under another name keeps a copy.
  static bool is_copied(const ChildSlot& slot) { return !slot.weights_key.empty(); }

  // Writes the layers in a slot and gives the argument for it.
  std::string children(const Layer& each, const ChildSlot& slot, const std::string& variable, bool copied) {
    const std::string prefix = variable == "model" ? "layer" : variable;
    std::vector<std::string> names;
    for (const Layer& child : each.children(slot)) {
      names.push_back(fmt::format("{}_{}", prefix, next_child_[prefix]++));
      layer(child, names.back(), copied || is_copied(slot));
    }
    if (slot.is_list) return fmt::format("[{}]", fmt::join(names, ", "));
    return names.empty() ? "None" : names[0];
  }

  // Of the layer, and of what it makes itself when it is built. `place` is a Python expression for it.
  void set_weights(const Layer& each, const std::string& place) {
    if (each.layer_class().is_container()) {
      // Keras' set_weights() of an owner sets those of the layers inside of it as well.
      for (std::size_t i = 0; i < each.weights().size(); ++i) {
        weights_ += fmt::format("{}.{}.assign({})\n", place, each.variables()[i].name, python_array(each.weights()[i]));
      }
    } else if (!each.weights().empty()) {
      std::vector<std::string> arrays;
      for (const Tensor& tensor : each.weights()) arrays.push_back("\n    " + python_array(tensor) + ",");
      weights_ += fmt::format("{}.set_weights([{}\n])\n", place, fmt::join(arrays, ""));
    }
    for (const ChildSlot& slot : each.layer_class().slots) {
      if (slot.form == ChildForm::derived) set_weights_in(each, slot, place);
    }
  }

  void set_weights_in(const Layer& each, const ChildSlot& slot, const std::string& place) {
    std::size_t index = 0;
    for (const Layer& child : each.children(slot)) {
      const std::string inner = slot.is_list ? fmt::format("{}.{}[{}]", place, slot.group(), index++)
                                             : fmt::format("{}.{}", place, slot.group());
      set_weights(child, inner);
      for (const ChildSlot& deeper : child.layer_class().slots) {
        if (deeper.form == ChildForm::entry) set_weights_in(child, deeper, inner);
      }
    }
  }

  // Empty where the default stands and readers older than the key refuse it.
  std::string field_value(const Layer& each, const Field& field, const std::string& variable) {
    const FieldRef ref = each.ref(field);
    if (const auto* const* lambda = std::get_if<LambdaFunction*>(&ref)) {
      const std::string function = "make_" + variable;
      functions_ += "\n\n" + python_lambda_definition(function, **lambda);
      return python_lambda_call(function, **lambda);
    }
    const Value value = write_field(ref);
    if (is_left_out(each, field, value)) return "";
    return python_literal(value);
  }

  std::string python_name(const LayerClass& layer_class) {
    // "package>Name" for a class that a user registered.
    if (!layer_class.module.starts_with("keras")) modules_.insert(layer_class.module);
    return fmt::format("{}.{}", layer_class.module, layer_class.simple_name());
  }

  std::set<std::string> modules_;
  // How many layers are named after each.
  std::map<std::string, std::size_t> next_child_;
  std::string functions_;
  std::string layers_;
  std::string weights_;
};

}  // namespace

std::string python_program(const Sequential& model, const Tensor* input) {
  return Writer(model).text(input);
}

}  // namespace revive::properties
