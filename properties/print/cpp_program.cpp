#include "revive/properties/print/cpp_program.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "revive/model/config.h"
#include "revive/model/registry.h"
#include "revive/properties/print/cpp_text.h"

namespace revive::properties {
namespace {

// Walks a model once and writes two parts: its layers, its weights.
class Writer {
 public:
  explicit Writer(const Sequential& model) {
    const std::string layers = children(model.root().layer_class().slots[0], model.root(), "layer", "model.layers()");
    const std::string name = cpp_string(model.name());
    if (&model.root().layer_class() == &stack_class()) {
      lines_ += fmt::format("  Sequential model = need(Sequential::make({}, {{{}}}));\n", name, layers);
    } else {
      lines_ += fmt::format(
          "  Sequential model = need(Sequential::from_layer(need(make_layer({}, {{{{\"name\", {}}}}}, {{{{\"layers\", "
          "{{{}}}}}}}))));\n",
          cpp_string(model.root().layer_class().name), name, layers);
    }
    if (model.keras_version() != kKerasVersion) {
      lines_ += fmt::format("  model.set_keras_version({});\n", cpp_string(model.keras_version()));
    }
  }

  std::string function() const {
    return fmt::format("Sequential make_model() {{\n{}{}  return model;\n}}\n", lines_, weights_);
  }

 private:
  // Writes the layers in a slot of `parent` and gives their names. `place` is the expression for them once they stand
  // in the model.
  std::string children(const ChildSlot& slot, const Layer& parent, const std::string& prefix,
                       const std::string& place) {
    std::vector<std::string> names;
    for (const Layer& child : parent.children(slot)) {
      const std::size_t index = names.size();
      names.push_back(fmt::format("{}_{}", prefix, next_child_[prefix]++));
      layer(child, names.back(), fmt::format("{}[{}]", place, index));
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void layer(const Layer& each, const std::string& variable, const std::string& place) {
    lines_ += fmt::format("  Layer {} = {};\n", variable, construction(each, variable, place));
    if (each.policy() != DTypePolicy()) {
      lines_ += fmt::format("  {}.set_policy(*DTypePolicy::from_name(\"{}\"));\n", variable, each.policy().name());
    }
    if (!each.trainable()) lines_ += fmt::format("  {}.set_trainable(false);\n", variable);
    set_weights(each, place);
  }

  // Of the layer, and of what it makes itself when it is built.
  void set_weights(const Layer& each, const std::string& place) {
    if (!each.weights().empty()) {
      std::vector<std::string> tensors;
      for (const Tensor& tensor : each.weights()) tensors.push_back("\n      " + cpp_tensor(tensor));
      weights_ += fmt::format("  need({}.set_weights({{{}}}));\n", place, fmt::join(tensors, ","));
    }
    for (const ChildSlot& slot : each.layer_class().slots) {
      if (slot.form != ChildForm::derived) continue;
      std::size_t index = 0;
      for (const Layer& child : each.children(slot)) {
        set_weights_below(child, fmt::format("{}.children(\"{}\")[{}]", place, slot.key, index++));
      }
    }
  }

  void set_weights_below(const Layer& each, const std::string& place) {
    set_weights(each, place);
    for (const ChildSlot& slot : each.layer_class().slots) {
      if (slot.form != ChildForm::entry) continue;
      std::size_t index = 0;
      for (const Layer& child : each.children(slot)) {
        set_weights_below(child, fmt::format("{}.children(\"{}\")[{}]", place, slot.key, index++));
      }
    }
  }

  std::string construction(const Layer& each, const std::string& variable, const std::string& place) {
    if (each.lambda() != nullptr) {
      const auto lambda = cpp_lambda(*each.lambda(), each.name());
      // What no text says is left for the compiler to complain of, rather than replaced by another lambda.
      return lambda ? fmt::format("need({})", *lambda)
                    : "/* a graph that nests deeper than the text of a lambda may */";
    }
    std::vector<std::string> config;
    visit_fields(each, [&](const Layer& holder, const Field& field) {
      config.push_back(fmt::format("{{\"{}\", {}}}", field.name, cpp_value(write_field(holder.ref(field)))));
    });
    config.push_back(fmt::format("{{\"name\", {}}}", cpp_string(each.name())));
    std::vector<std::string> slots;
    for (const ChildSlot& slot : each.layer_class().slots) {
      if (slot.form != ChildForm::entry) continue;
      const std::string inner = children(slot, each, variable, fmt::format("{}.children(\"{}\")", place, slot.key));
      slots.push_back(fmt::format("{{\"{}\", {{{}}}}}", slot.key, inner));
    }
    const std::string owned = slots.empty() ? "" : fmt::format(", {{{}}}", fmt::join(slots, ", "));
    return fmt::format("need(make_layer({}, {{{}}}{}))", cpp_string(each.layer_class().name), fmt::join(config, ", "),
                       owned);
  }

  // How many layers are named after each.
  std::map<std::string, std::size_t> next_child_;
  std::string lines_;
  std::string weights_;
};

constexpr std::string_view kHead = R"(#include <bit>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <utility>

#include "revive/model/lambda.h"
#include "revive/model/sequential.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/keras_archive.h"

using namespace revive;

template <typename T>
T need(Result<T> result) {
  if (result) return *std::move(result);
  std::cerr << result.error().text() << '\n';
  std::exit(EXIT_FAILURE);
}

void need(const Status& status) {
  if (status) return;
  std::cerr << status.error().text() << '\n';
  std::exit(EXIT_FAILURE);
}

int differ(const Difference& difference) {
  std::cout << difference.text() << '\n';
  return EXIT_FAILURE;
}

)";

constexpr std::string_view kMain = R"(
int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "model.keras";
  const Sequential model = make_model();
  need(save(model, path));
  const Sequential loaded = need(load(path));
  if (const auto difference = first_difference(model, loaded)) return differ(*difference);
)";

}  // namespace

std::string cpp_model(const Sequential& model) {
  return Writer(model).function();
}

std::string cpp_program(const Sequential& model, const Tensor* input) {
  std::string program = fmt::format("{}{}{}", kHead, cpp_model(model), kMain);
  if (input != nullptr) {
    program += fmt::format(
        "  const Tensor input = {};\n"
        "  const auto difference =\n"
        "      first_difference(need(model.predict(input)), need(loaded.predict(input)), \"output\");\n"
        "  if (difference) return differ(*difference);\n",
        cpp_tensor(*input));
  }
  return program + "  std::cout << \"came back the same\\n\";\n}\n";
}

}  // namespace revive::properties
