#include "revive/properties/hunt/generate_program.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "revive/properties/hunt/builder.h"

namespace revive::properties::hunt {
namespace {

constexpr std::int64_t kBatch = 2;

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

// Numbers of the dtype in the shape, the same in every process.
std::string array_text(const ClassInfo& info) {
  std::int64_t count = kBatch;
  std::vector<std::int64_t> shape = {kBatch};
  for (const std::int64_t size : info.input) {
    count *= size;
    shape.push_back(size);
  }
  if (info.dtype == "string") return "np.array([['a b'], ['c']], dtype=object)";
  if (info.dtype != "float32") {
    return fmt::format("(np.arange({}) % 4).astype('{}').reshape{}", count, info.dtype, shape_text(shape));
  }
  return fmt::format("np.linspace(-1, 1, {}, dtype='float32').reshape{}", count, shape_text(shape));
}

// How a model is put together.
enum class Form : std::uint8_t { sequential, functional, without_input };

class Maker {
 public:
  Maker(Choices& choices, const ProgramRules& rules)
      : choices_(choices), rules_(rules), builder_(choices, rules, program_) {}

  Program make() {
    // Objects are twenty times as quick as models, and models are where objects meet.
    const bool model = choices_.flag(1, 3);
    if (model) {
      make_model();
    } else {
      make_object();
    }
    return std::move(program_);
  }

 private:
  void make_object() {
    const auto& places = rules_.catalogue.objects();
    const std::uint64_t place = choices_.draw(places.size() - 1);
    const ClassInfo& info = rules_.catalogue.classes()[places[place]];
    std::vector<Feature> features;
    const Python object = builder_.object(info, features);
    program_.make.push_back({.text = "thing = " + object.print(), .features = std::move(features)});
    program_.result = "thing";
    program_.use = info.use;
  }

  const ClassInfo& any_layer() {
    const auto& places = rules_.catalogue.of_kind("layers");
    return rules_.catalogue.classes()[places[choices_.draw(places.size() - 1)]];
  }

  void make_model() {
    program_.is_model = true;
    form_ = static_cast<Form>(choices_.draw(2));
    choices_.list("layer", 1, 4, [&](std::size_t i) { add_layer(i == 0); });
    add_ends();
    if (choices_.flag(1, 4)) compile();
    choices_.list("step", 0, 2, [&](std::size_t) { add_step(); });
  }

  // The first layer says what the input is.
  void begin(const ClassInfo& info) {
    first_ = &info;
    if (form_ == Form::functional || info.inputs > 1) {
      form_ = Form::functional;
      program_.make.push_back(
          {.text = fmt::format("x = inputs = keras.Input({}, dtype='{}')", shape_text(info.input), info.dtype)});
      return;
    }
    program_.make.push_back({.text = "model = keras.Sequential()"});
    if (form_ == Form::without_input) return;
    const std::string dtype = info.dtype == "float32" ? "" : fmt::format(", dtype='{}'", info.dtype);
    program_.make.push_back({.text = fmt::format("model.add(keras.Input({}{}))", shape_text(info.input), dtype)});
  }

  void add_layer(bool first) {
    const ClassInfo& info = any_layer();
    if (first) begin(info);
    const std::uint64_t how =
        choices_.draw(5, [](Random& chance) -> std::uint64_t { return chance.below(2) != 0 ? 0 : chance.below(6); });
    std::vector<Feature> features;
    std::string layer = builder_.object(info, features).print();
    if (how == 1) layer = fmt::format("keras.Sequential([{}])", layer);
    if (form_ != Form::functional) {
      program_.make.push_back(
          {.text = fmt::format("model.add({})", layer), .droppable = true, .layer = true, .features = features});
      return;
    }
    std::string inputs = "x";
    for (int i = 1; i < info.inputs; ++i) inputs += ", x";
    if (info.inputs > 1) inputs = fmt::format("[{}]", inputs);
    if (how == 2 && info.inputs == 1) {
      // The same instance twice.
      program_.make.push_back(
          {.text = fmt::format("same = {}", layer), .droppable = true, .layer = true, .features = features});
      program_.make.push_back({.text = "x = same(same(x))", .droppable = true});
      return;
    }
    std::string text = fmt::format("x = {}({})", layer, inputs);
    if (how == 3 && info.inputs == 1) text = fmt::format("x = keras.layers.Concatenate()([x, {}(x)])", layer);
    program_.make.push_back({.text = text, .droppable = true, .layer = true, .features = features});
  }

  void add_ends() {
    const std::string name = odd_name();
    program_.result = "model";
    if (form_ == Form::functional) {
      const std::string named = name.empty() ? "" : fmt::format(", name={}", name);
      program_.make.push_back({.text = fmt::format("model = keras.Model(inputs, x{})", named)});
    } else if (!name.empty()) {
      program_.make.front().text = fmt::format("model = keras.Sequential(name={})", name);
    }
    if (form_ == Form::functional && !name.empty()) program_.make.back().features.push_back(name_feature(name));
    std::string input = array_text(*first_);
    program_.preamble.push_back(fmt::format("x = {}", input));
    program_.use = "thing(x, **how)";
  }

  static Feature name_feature(const std::string& name) { return {"keras.Model", "Model", "name", name}; }

  std::string odd_name() {
    const auto& names = rules_.catalogue.named_domain("names");
    if (names.empty()) return "";
    const std::uint64_t which = choices_.draw(names.size(), [&](Random& chance) -> std::uint64_t {
      return chance.below(6) != 0 ? 0 : 1 + chance.below(names.size());
    });
    return which == 0 ? "" : names[which - 1];
  }

  void compile() {
    std::vector<Feature> features;
    const std::string optimizer = builder_.object_of("optimizers", features).print();
    std::string text = "optimizer=" + optimizer;
    if (choices_.flag(1, 2)) text += ", loss=" + any_of("loss", "losses", features);
    if (choices_.flag(1, 3)) text += fmt::format(", metrics=[{}]", any_of("metric", "metrics", features));
    features.push_back({"keras.Model", "Model", "compile", optimizer.substr(0, optimizer.find('('))});
    program_.make.push_back(
        {.text = fmt::format("model.compile({})", text), .droppable = true, .features = std::move(features)});
    if (choices_.flag(1, 2)) {
      program_.step.push_back({.text = "thing.optimizer.build(thing.trainable_variables)", .droppable = true});
      program_.step.push_back(
          {.text = "thing.optimizer.apply([keras.ops.ones_like(v) for v in thing.trainable_variables])",
           .droppable = true,
           .features = {{"keras.Model", "Model", "step", "an update of the optimizer"}}});
    }
  }

  // A string of the table's, or an object of the kind.
  std::string any_of(std::string_view names, std::string_view kind, std::vector<Feature>& features) {
    const auto& texts = rules_.catalogue.named_domain(names);
    const std::uint64_t which = choices_.draw(texts.size());
    if (which < texts.size() && !texts[which].contains('$')) return texts[which];
    return builder_.object_of(kind, features).print();
  }

  void add_step() {
    const auto& steps = rules_.catalogue.named_domain("steps");
    if (steps.empty()) return;
    const std::uint64_t which = choices_.draw(steps.size() - 1);
    const Feature feature{"keras.Model", "Model", "step", steps[which]};
    if (rules_.avoid && rules_.avoid(feature)) return;
    program_.step.push_back({.text = steps[which], .droppable = true, .features = {feature}});
  }

  Choices& choices_;
  const ProgramRules& rules_;
  Program program_;
  Builder builder_;
  Form form_ = Form::sequential;
  const ClassInfo* first_ = nullptr;
};

}  // namespace

Program generate_program(Choices& choices, const ProgramRules& rules) {
  return Maker(choices, rules).make();
}

}  // namespace revive::properties::hunt
