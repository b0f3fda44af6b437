#include "revive/properties/hunt/generate_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

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
enum class Form : std::uint8_t { sequential, functional, without_input, known_batch };

// What stands where a functional model has one tensor, and how it is called then.
struct Structure {
  std::string_view around;
  std::string_view input;
};
constexpr std::array<Structure, 4> kStructures = {
    {{"{}", "x"}, {"[{}]", "[x]"}, {"{'in': {}}", "{'in': x}"}, {"{'b': {0}, 'a': {0}}", "{'b': x, 'a': x}"}}};
constexpr std::size_t kInputStructures = 3;

std::string put_into(std::string_view around, std::string_view tensor) {
  std::string text(around);
  for (const std::string_view hole : {"{0}", "{}"}) {
    for (std::size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at + tensor.size())) {
      text.replace(at, hole.size(), tensor);
    }
  }
  return text;
}

class Maker {
 public:
  Maker(Choices& choices, const ProgramRules& rules)
      : choices_(choices), rules_(rules), builder_(choices, rules, program_) {
    if (rules_.focus) focus_ = rules_.focus->aim.class_place;
  }

  Program make() {
    // Objects are twenty times as quick as models, and models are where objects meet.
    const bool layer_in_focus = focus_ && rules_.catalogue.classes()[*focus_].kind == "layers";
    const bool model = choices_.draw(1, [&](Random& chance) -> std::uint64_t {
      if (!focus_) return chance.below(3) != 0 ? 0 : 1;
      return layer_in_focus && !rules_.focus->all ? chance.below(2) : 0;
    }) != 0;
    if (model) {
      make_model();
    } else {
      make_object();
    }
    return std::move(program_);
  }

 private:
  // The place of the focus among these classes, if it is one of them.
  std::optional<std::size_t> focus_among(const std::vector<std::size_t>& places) const {
    const auto found = focus_ ? std::ranges::find(places, *focus_) : places.end();
    if (found == places.end()) return std::nullopt;
    return static_cast<std::size_t>(found - places.begin());
  }

  void make_object() {
    const auto& places = rules_.catalogue.objects();
    const std::uint64_t place = builder_.place(places.size(), focus_among(places));
    const ClassInfo& info = rules_.catalogue.classes()[places[place]];
    std::vector<Feature> features;
    const Python object = builder_.object(info, features);
    add_call_of_lines(info, object, std::move(features));
    program_.result = "thing";
    program_.use = info.use;
  }

  // A call with many arguments has each on a line of its own, so that Keras can refuse them one by one.
  void add_call_of_lines(const ClassInfo& info, const Python& object, std::vector<Feature> features) {
    constexpr std::size_t kManyArguments = 4;
    if (object.named().size() <= kManyArguments) {
      program_.make.push_back({.text = "thing = " + object.print(), .features = std::move(features)});
      return;
    }
    program_.make.push_back({.text = fmt::format("thing = {}(", object.head())});
    auto next = features.begin();
    for (const auto& [name, value] : object.named()) {
      const auto parameter = std::ranges::find(info.parameters, name, &Parameter::name);
      const bool required = parameter != info.parameters.end() && parameter->required;
      // The features of an argument are its own and those of what is inside of it.
      const auto begin = next;
      if (next != features.end()) ++next;
      while (next != features.end() && next->class_name != info.name) ++next;
      program_.make.push_back({.text = fmt::format("    {}={},", name, value.print()),
                               .droppable = !required,
                               .features = std::vector<Feature>(begin, next)});
    }
    program_.make.push_back({.text = ")"});
  }

  // The focus is one of the layers, most often the first.
  const ClassInfo& any_layer() {
    const auto& places = rules_.catalogue.of_kind("layers");
    std::optional<std::size_t> wanted;
    if (const auto among = focus_among(places); among && !focus_made_) wanted = among;
    focus_made_ = true;
    const std::uint64_t place = choices_.draw(places.size() - 1, [&](Random& chance) -> std::uint64_t {
      return wanted ? *wanted : by_weight(chance, places);
    });
    return rules_.catalogue.classes()[places[place]];
  }

  std::uint64_t by_weight(Random& chance, const std::vector<std::size_t>& places) const {
    std::uint64_t total = 0;
    for (const std::size_t place : places) total += rules_.catalogue.classes()[place].weight;
    std::uint64_t drawn = chance.below(total);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::uint64_t weight = rules_.catalogue.classes()[places[i]].weight;
      if (drawn < weight) return i;
      drawn -= weight;
    }
    return 0;
  }

  void make_model() {
    program_.is_model = true;
    form_ = static_cast<Form>(choices_.draw(3));
    choices_.list("layer", 1, 4, [&](std::size_t i) { add_layer(i == 0); });
    add_ends();
    if (choices_.flag(1, 4)) compile();
    choices_.list("step", 0, 2, [&](std::size_t) { add_step(); });
  }

  // The first layer says what the input is.
  void begin(const ClassInfo& info) {
    first_ = &info;
    const std::string dtype = info.dtype == "float32" ? "" : fmt::format(", dtype='{}'", info.dtype);
    const bool functional = form_ == Form::functional || info.inputs > 1;
    const std::string batch = form_ == Form::known_batch ? fmt::format(", batch_size={}", kBatch) : "";
    if (functional) {
      form_ = Form::functional;
      program_.make.push_back(
          {.text = fmt::format("x = inputs = keras.Input({}{}{})", shape_text(info.input), dtype, batch)});
      return;
    }
    program_.make.push_back({.text = "model = keras.Sequential()"});
    if (form_ == Form::without_input) return;
    program_.make.push_back(
        {.text = fmt::format("model.add(keras.Input({}{}{}))", shape_text(info.input), dtype, batch)});
  }

  // A layer of Keras, or now and then one of the program's own.
  std::string layer_text(const ClassInfo& info, std::vector<Feature>& features) {
    const auto& own = rules_.catalogue.named_domain("own");
    const std::uint64_t which = choices_.draw(own.size(), [&](Random& chance) -> std::uint64_t {
      return focus_ || chance.below(8) != 0 ? 0 : 1 + chance.below(std::max<std::size_t>(own.size(), 1));
    });
    if (which == 0 || which > own.size()) return builder_.object(info, features).print();
    const std::string name = own[which - 1].substr(0, own[which - 1].find('('));
    builder_.define(name);
    features.push_back({name, name, "layer", own[which - 1]});
    return own[which - 1];
  }

  void add_layer(bool first) {
    const ClassInfo& info = any_layer();
    if (first) begin(info);
    constexpr std::uint64_t kWays = 8;
    const std::uint64_t how = choices_.draw(
        kWays - 1, [](Random& chance) -> std::uint64_t { return chance.below(2) != 0 ? 0 : chance.below(kWays); });
    std::vector<Feature> features;
    std::string layer = layer_text(info, features);
    if (how == 1) layer = fmt::format("keras.Sequential([{}])", layer);
    if (how == 5) layer = fmt::format("keras.layers.TimeDistributed({})", layer);
    if (form_ != Form::functional) {
      program_.make.push_back(
          {.text = fmt::format("model.add({})", layer), .droppable = true, .layer = true, .features = features});
      return;
    }
    std::string inputs = "x";
    for (int i = 1; i < info.inputs; ++i) inputs += ", x";
    if (info.inputs > 1 && !info.spread) inputs = fmt::format("[{}]", inputs);
    add_call(how, layer, inputs, info.inputs == 1, std::move(features));
  }

  void add_call(std::uint64_t how, const std::string& layer, const std::string& inputs, bool single,
                std::vector<Feature> features) {
    const auto add = [&](std::string text) {
      program_.make.push_back(
          {.text = std::move(text), .droppable = true, .layer = true, .features = std::move(features)});
    };
    if (how == 2 && single) {
      // The same instance twice.
      add(fmt::format("same = {}", layer));
      program_.make.push_back({.text = "x = same(same(x))", .droppable = true});
    } else if (how == 3 && single) {
      add(fmt::format("x = keras.layers.Concatenate()([x, {}(x)])", layer));
    } else if (how == 4 && single) {
      add(fmt::format("part = keras.Input(x.shape[1:], dtype=x.dtype); x = keras.Model(part, {}(part))(x)", layer));
    } else if (how == 6 && single) {
      // Two layers that share what they are made of.
      add(fmt::format("x = keras.layers.Add()([{0}(x), {0}(x)])", layer));
    } else if (how == 7) {
      add(fmt::format("x = {}({}) * 2 + 1", layer, inputs));
    } else {
      add(fmt::format("x = {}({})", layer, inputs));
    }
  }

  void add_ends() {
    const std::string name = odd_name();
    program_.result = "model";
    const std::uint64_t around_input = structure(kInputStructures);
    const std::uint64_t around_output = structure(kStructures.size());
    program_.use = "thing(x, **how)";
    if (form_ == Form::functional) {
      const std::string named = name.empty() ? "" : fmt::format(", name={}", name);
      program_.make.push_back(
          {.text = fmt::format("model = keras.Model({}, {}{})", put_into(kStructures.at(around_input).around, "inputs"),
                               put_into(kStructures.at(around_output).around, "x"), named)});
      auto& features = program_.make.back().features;
      if (!name.empty()) features.push_back(feature("name", name));
      if (around_input != 0) features.push_back(feature("inputs", std::string(kStructures.at(around_input).around)));
      if (around_output != 0) features.push_back(feature("outputs", std::string(kStructures.at(around_output).around)));
      program_.use = fmt::format("thing({}, **how)", kStructures.at(around_input).input);
    } else if (!name.empty()) {
      program_.make.front().text = fmt::format("model = keras.Sequential(name={})", name);
      program_.make.front().features.push_back(feature("name", name));
    }
    program_.preamble.push_back(fmt::format("x = {}", array_text(*first_)));
  }

  // Four times out of five the simplest.
  std::uint64_t structure(std::size_t count) {
    return choices_.draw(
        count - 1, [&](Random& chance) -> std::uint64_t { return chance.below(5) != 0 ? 0 : chance.below(count); });
  }

  static Feature feature(const std::string& parameter, const std::string& value) {
    return {"keras.Model", "Model", parameter, value};
  }

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
    if (choices_.flag(1, 6)) text += fmt::format(", weighted_metrics=[{}]", any_of("metric", "metrics", features));
    if (choices_.flag(1, 6)) {
      text += ", loss_weights=[0.5]";
      features.push_back(feature("loss_weights", "[0.5]"));
    }
    features.push_back(feature("compile", optimizer.substr(0, optimizer.find('('))));
    program_.make.push_back(
        {.text = fmt::format("model.compile({})", text), .droppable = true, .features = std::move(features)});
    if (choices_.flag(1, 2)) {
      program_.step.push_back({.text = "thing.optimizer.build(thing.trainable_variables)", .droppable = true});
      program_.step.push_back(
          {.text = "thing.optimizer.apply([keras.ops.ones_like(v) for v in thing.trainable_variables])",
           .droppable = true,
           .features = {feature("step", "an update of the optimizer")}});
    }
  }

  // A string of the table's, a function, or an object of the kind.
  std::string any_of(std::string_view names, std::string_view kind, std::vector<Feature>& features) {
    const auto& texts = rules_.catalogue.named_domain(names);
    const std::uint64_t which = choices_.draw(texts.size());
    if (which == texts.size() || texts[which].contains('$')) return builder_.object_of(kind, features).print();
    if (which != 0) features.push_back(feature(std::string(names), texts[which]));
    return texts[which];
  }

  void add_step() {
    const auto& steps = rules_.catalogue.named_domain("steps");
    if (steps.empty()) return;
    const std::uint64_t which = choices_.draw(steps.size() - 1);
    const Feature made = feature("step", steps[which]);
    if (rules_.avoid && rules_.avoid(made)) return;
    program_.step.push_back({.text = steps[which], .droppable = true, .features = {made}});
  }

  Choices& choices_;
  const ProgramRules& rules_;
  Program program_;
  Builder builder_;
  Form form_ = Form::sequential;
  const ClassInfo* first_ = nullptr;
  std::optional<std::size_t> focus_;
  bool focus_made_ = false;
};

}  // namespace

Program generate_program(Choices& choices, const ProgramRules& rules) {
  return Maker(choices, rules).make();
}

}  // namespace revive::properties::hunt
