#include "revive/properties/print/cpp_program.h"

#include <fmt/format.h>

#include <vector>

#include "revive/model/config.h"
#include "revive/properties/print/cpp_text.h"

namespace revive::properties {
namespace {

// Walks a model once and writes two parts: its layers, its weights.
class Writer {
 public:
  explicit Writer(const Sequential& model) {
    const std::string layers = children(model.root(), "layer", "model");
    lines_ +=
        fmt::format("  Sequential model = need(Sequential::make({}, {{{}}}));\n", cpp_string(model.name()), layers);
    if (model.keras_version() != kKerasVersion) {
      lines_ += fmt::format("  model.set_keras_version({});\n", cpp_string(model.keras_version()));
    }
  }

  std::string function() const {
    return fmt::format("Sequential make_model() {{\n{}{}  return model;\n}}\n", lines_, weights_);
  }

 private:
  // Writes the layers inside `parent` and gives their names. `place` is the expression for the parent once it stands in
  // the model.
  std::string children(const Layer& parent, const std::string& prefix, const std::string& place) {
    std::vector<std::string> names;
    const std::string_view list = place == "model" ? "layers" : "children";
    for (const Layer& child : parent.children()) {
      const std::size_t index = names.size();
      names.push_back(fmt::format("{}_{}", prefix, index));
      layer(child, names.back(), fmt::format("{}.{}()[{}]", place, list, index));
    }
    return fmt::format("{}", fmt::join(names, ", "));
  }

  void layer(const Layer& each, const std::string& variable, const std::string& place) {
    lines_ += fmt::format("  Layer {} = {};\n", variable, construction(each, variable, place));
    if (!each.trainable()) lines_ += fmt::format("  {}.set_trainable(false);\n", variable);
    if (each.weights().empty()) return;
    std::vector<std::string> tensors;
    for (const Tensor& tensor : each.weights()) tensors.push_back("\n      " + cpp_tensor(tensor));
    weights_ += fmt::format("  need({}.set_weights({{{}}}));\n", place, fmt::join(tensors, ","));
  }

  std::string construction(const Layer& each, const std::string& variable, const std::string& place) {
    if (each.layer_class().name == "Sequential") {
      const std::string inner = children(each, variable, place);
      return fmt::format("need(Sequential::make({}, {{{}}})).root()", cpp_string(each.name()), inner);
    }
    if (each.lambda() != nullptr) {
      const auto lambda = cpp_lambda(*each.lambda(), each.name());
      // What no text says is left for the compiler to complain of, rather than replaced by another lambda.
      return lambda ? fmt::format("need({})", *lambda)
                    : "/* a graph that nests deeper than the text of a lambda may */";
    }
    std::vector<std::string> config;
    for (const Field& field : each.layer_class().fields) {
      config.push_back(fmt::format("{{\"{}\", {}}}", field.name, cpp_value(write_field(each.ref(field)))));
    }
    config.push_back(fmt::format("{{\"name\", {}}}", cpp_string(each.name())));
    return fmt::format("need(make_layer({}, {{{}}}))", cpp_string(each.layer_class().name), fmt::join(config, ", "));
  }

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
