#include "revive/properties/hunt/model_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

// "[{0}, {1}]" with both filled in.
std::string put_into(std::string_view around, std::string_view first, std::string_view second) {
  std::string text(around);
  for (const auto& [hole, filling] : {std::pair(std::string_view("{0}"), first), {"{1}", second}}) {
    for (std::size_t at = text.find(hole); at != std::string::npos; at = text.find(hole, at + filling.size())) {
      text.replace(at, hole.size(), filling);
    }
  }
  return text;
}

// The way of putting a layer into a functional model after which operations stand by themselves.
constexpr std::uint64_t kOperations = 8;

// What stands where a functional model has one tensor or two: {0} and {1}.
constexpr std::array<std::string_view, 5> kOneInput = {"{0}", "[{0}]", "{'in': {0}}", "({0},)", "[[{0}]]"};
constexpr std::array<std::string_view, 5> kTwoInputs = {"[{0}, {1}]", "({0}, {1})", "{'b': {0}, 'a': {1}}",
                                                        "[{0}, [{1}]]", "{'a': {0}, 'b': ({1},)}"};
constexpr std::array<std::string_view, 8> kOutputs = {
    "{0}",        "[{0}]",      "{'b': {0}, 'a': {0}}", "({0}, {0})",
    "[{0}, {1}]", "({1}, {0})", "{'z': {0}, 'a': {1}}", "[{0}, ({1},)]"};

Feature feature(const std::string& parameter, const std::string& value) {
  return {"keras.Model", "Model", parameter, value};
}

}  // namespace

void ModelMaker::make() {
  program_.is_model = true;
  builder_.settings();
  form_ = static_cast<Form>(choices_.draw(4, [&](Random& chance) -> std::uint64_t {
    if (rules_.wanted("own models")) return 4;
    if (rules_.wanted("own chains")) return 0;
    if (rules_.wanted("ops") || rules_.wanted("inputs") || rules_.wanted("own functional")) return 1;
    constexpr std::array<std::uint64_t, 8> kForms = {0, 1, 1, 1, 1, 2, 3, 4};
    return kForms.at(chance.below(rules_.focus || builder_.has_settings() ? kForms.size() - 1 : kForms.size()));
  }));
  if (form_ == Form::own) {
    make_own();
  } else {
    choices_.list("layer", 1, 4, [&](std::size_t i) { add_layer(i == 0); });
    add_ends();
  }
  rewire();
  const bool compiles = choices_.draw(1, [&](Random& chance) -> std::uint64_t {
    const bool wanted = rules_.wanted("compile") || rules_.wanted("loss") || rules_.wanted("metric") ||
                        rules_.wanted("optimizer") || wants_optimizer();
    return wanted || chance.below(4) == 0 ? 1 : 0;
  }) != 0;
  if (compiles) compile();
  add_steps();
}

// The focus is one of the layers, most often the first.
const ClassInfo& ModelMaker::any_layer() {
  const auto& places = rules_.catalogue.of_kind("layers");
  std::optional<std::size_t> wanted;
  if (rules_.focus && !focus_made_) {
    const auto found = std::ranges::find(places, rules_.focus->aim.class_place);
    if (found != places.end()) wanted = static_cast<std::size_t>(found - places.begin());
  }
  if (rules_.wanted("ops") && first_ == nullptr) {
    // One that leaves its input as the operations want it.
    const auto is_plain = [&](std::size_t place) {
      return rules_.catalogue.classes()[place].name == "keras.layers.ReLU";
    };
    const auto found = std::ranges::find_if(places, is_plain);
    if (found != places.end()) wanted = static_cast<std::size_t>(found - places.begin());
  }
  focus_made_ = true;
  const std::uint64_t place = choices_.draw(
      places.size() - 1, [&](Random& chance) -> std::uint64_t { return wanted ? *wanted : by_weight(chance, places); });
  return rules_.catalogue.classes()[places[place]];
}

std::uint64_t ModelMaker::by_weight(Random& chance, const std::vector<std::size_t>& places) const {
  // After the first, those that take as many axes, as Keras refuses most others.
  constexpr std::uint64_t kAnyAxes = 8;
  const bool fits = first_ != nullptr && chance.below(kAnyAxes) != 0;
  const auto weight_of = [&](std::size_t place) -> std::uint64_t {
    const ClassInfo& info = rules_.catalogue.classes()[place];
    const bool fit = first_ != nullptr && info.input.size() == first_->input.size() &&
                     (info.inputs == 1 || form_ == Form::functional);
    return fits && !fit ? 0 : info.weight;
  };
  std::uint64_t total = 0;
  for (const std::size_t place : places) total += weight_of(place);
  std::uint64_t drawn = chance.below(std::max<std::uint64_t>(total, 1));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::uint64_t weight = weight_of(places[i]);
    if (drawn < weight) return i;
    drawn -= weight;
  }
  return 0;
}

void ModelMaker::begin(const ClassInfo& info) {
  first_ = &info;
  const std::string dtype = info.dtype == "float32" ? "" : fmt::format(", dtype='{}'", info.dtype);
  const std::string batch = form_ == Form::known_batch ? fmt::format(", batch_size={}", kBatch) : "";
  if (form_ == Form::functional || info.inputs > 1) {
    form_ = Form::functional;
    std::vector<Feature> features;
    const std::string how = now_and_then("inputs", 6, features);
    const std::string more = how.empty() ? "" : ", " + how;
    program_.make.push_back(
        {.text = fmt::format("x = inputs = keras.Input({}{}{}{})", shape_text(info.input), dtype, batch, more),
         .features = std::move(features)});
    two_inputs_ = choices_.draw(1, [&](Random& chance) -> std::uint64_t {
      return info.dtype != "string" && chance.below(rules_.model ? 4 : 8) == 0 ? 1 : 0;
    }) != 0;
    if (two_inputs_) {
      program_.make.push_back(
          {.text = fmt::format("other = keras.Input({}{}{})", shape_text(info.input), dtype, batch)});
      program_.make.push_back({.text = "x = keras.layers.Add()([inputs, other])"});
    }
    return;
  }
  std::vector<Feature> features;
  const std::string own = own_now_and_then("own chains", 12, features);
  program_.make.push_back(
      {.text = fmt::format("model = {}", own.empty() ? "keras.Sequential()" : own), .features = std::move(features)});
  if (form_ == Form::without_input) return;
  program_.make.push_back(
      {.text = fmt::format("model.add(keras.Input({}{}{}))", shape_text(info.input), dtype, batch)});
}

std::string ModelMaker::layer_text(const ClassInfo& info, std::vector<Feature>& features) {
  const auto& own = rules_.catalogue.named_domain("own");
  const std::uint64_t which = choices_.draw(own.size(), [&](Random& chance) -> std::uint64_t {
    const auto wanted = rules_.wanted("own");
    if (wanted && !entry_made_) return 1 + *wanted;
    const std::uint64_t one_in = rules_.model ? 4 : 8;
    return rules_.focus || builder_.has_settings() || own.empty() || chance.below(one_in) != 0
               ? 0
               : 1 + chance.below(own.size());
  });
  entry_made_ = true;
  if (which == 0 || which > own.size()) return builder_.object(info, features).print();
  return builder_.own(own[which - 1], "layer", features);
}

void ModelMaker::add_layer(bool first) {
  const ClassInfo& info = any_layer();
  if (first) begin(info);
  constexpr std::uint64_t kWays = 13;
  const std::uint64_t how = choices_.draw(kWays - 1, [&](Random& chance) -> std::uint64_t {
    if (rules_.wanted("ops") && first) return kOperations;
    if (rules_.model && chance.below(5) == 0) return kOperations;
    return chance.below(2) != 0 ? 0 : chance.below(kWays);
  });
  std::vector<Feature> features;
  const std::string layer = layer_text(info, features);
  last_ = layer.substr(0, layer.find('('));
  if (form_ != Form::functional) {
    add_to_chain(how, layer, std::move(features));
    return;
  }
  std::string inputs = "x";
  for (int i = 1; i < info.inputs; ++i) inputs += ", x";
  if (info.inputs > 1 && !info.spread) inputs = fmt::format("[{}]", inputs);
  add_call(how, layer, inputs, info.inputs == 1, std::move(features));
}

void ModelMaker::add_to_chain(std::uint64_t how, const std::string& layer, std::vector<Feature> features) {
  std::string text = fmt::format("model.add({})", layer);
  // A model with its input alone has no output yet.
  const bool first = std::ranges::none_of(program_.make, &Statement::layer);
  const std::string shape = first ? shape_text(first_->input) : "model.output_shape[1:]";
  if (how == 1) text = fmt::format("model.add(keras.Sequential([{}]))", layer);
  if (how == 4) {
    text = fmt::format("part = keras.Input({}); model.add(keras.Model(part, {}(part)))", shape, layer);
  }
  if (how == 5) text = fmt::format("model.add(keras.layers.TimeDistributed({}))", layer);
  if (how == 9) {
    text = fmt::format("model.add(keras.Sequential([keras.Input({}), {}]))", shape, layer);
  }
  program_.make.push_back({.text = std::move(text), .droppable = true, .layer = true, .features = std::move(features)});
}

void ModelMaker::add_call(std::uint64_t how, const std::string& layer, const std::string& inputs, bool single,
                          std::vector<Feature> features) {
  // The part of a model that is a model with the layer in it.
  const std::string part =
      fmt::format("part = keras.Input(x.shape[1:], dtype=x.dtype); part = keras.Model(part, {}(part))", layer);
  std::string text = fmt::format("x = {}({})", layer, inputs);
  std::string then;
  std::vector<Statement> operations;
  if (how == 1 && single) text = fmt::format("x = keras.Sequential([{}])(x)", layer);
  if (how == 2 && single) {
    // The same instance twice.
    text = fmt::format("same = {}", layer);
    then = "x = same(same(x))";
  }
  if (how == 3 && single) text = fmt::format("x = keras.layers.Concatenate()([x, {}(x)])", layer);
  if (how == 4 && single) text = fmt::format("{}; x = part(x)", part);
  if (how == 5 && single) text = fmt::format("x = keras.layers.TimeDistributed({})(x)", layer);
  // Two layers that share what they are made of, but no name.
  if (how == 6 && single && !layer.contains("name="))
    text = fmt::format("x = keras.layers.Add()([{0}(x), {0}(x)])", layer);
  if (how == 7) text = fmt::format("x = {}({}) * 2 + 1", layer, inputs);
  if (how == kOperations) {
    // Operations of the graph by themselves, each of which may go.
    const auto& ops = rules_.catalogue.named_domain("ops");
    if (!ops.empty()) {
      choices_.list("op", 1, 4, [&](std::size_t i) {
        const auto wanted = i == 0 ? rules_.wanted("ops") : std::nullopt;
        const std::string& op = ops[builder_.place(ops.size(), wanted)];
        operations.push_back(
            {.text = "x = " + builder_.own_text(op), .droppable = true, .features = {feature("op", op)}});
      });
    }
  }
  if (how == 9 && single) text = fmt::format("{}; x = keras.layers.Add()([part(x), part(x * 2)])", part);
  if (how == 10 && single) {
    const auto& calls = rules_.catalogue.named_domain("calls");
    if (!calls.empty()) {
      const std::string& call = calls[choices_.draw(calls.size() - 1)];
      features.push_back(feature("call", call));
      text = "x = " + put_into(call, layer, "x");
    }
  }
  if (how == 12 && single) {
    // Of a model within the model and of the model itself.
    features.push_back(feature("shared", "a layer of a model and of a part of it"));
    text = fmt::format(
        "shared = {}; part = keras.Input(x.shape[1:], dtype=x.dtype); part = keras.Model(part, shared(part)); "
        "x = keras.layers.Concatenate()([part(x), shared(x)])",
        layer);
  }
  if (how == 11 && single) {
    text = fmt::format(
        "part = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype), {}]); "
        "x = keras.Model(part.inputs, part.outputs)(x)",
        layer);
  }
  program_.make.push_back({.text = std::move(text), .droppable = true, .layer = true, .features = std::move(features)});
  if (!then.empty()) program_.make.push_back({.text = std::move(then), .droppable = true});
  std::ranges::move(operations, std::back_inserter(program_.make));
}

void ModelMaker::add_ends() {
  const std::string name = odd_name();
  program_.result = "model";
  program_.use = "thing(x, **how)";
  program_.preamble.push_back(fmt::format("x = {}", array_text(*first_)));
  if (form_ == Form::functional) {
    end_functional(name);
  } else if (!name.empty() && program_.make.front().text == "model = keras.Sequential()") {
    program_.make.front().text = fmt::format("model = keras.Sequential(name={})", name);
    program_.make.front().features.push_back(feature("name", name));
  }
}

void ModelMaker::end_functional(const std::string& name) {
  // Most often the simplest.
  const auto structure = [&](const auto& among) {
    const std::uint64_t one_in = rules_.model ? 3 : 6;
    return choices_.draw(among.size() - 1, [&](Random& chance) -> std::uint64_t {
      return chance.below(one_in) != 0 ? 0 : chance.below(among.size());
    });
  };
  const std::uint64_t in = structure(kOneInput);
  const std::uint64_t out = structure(kOutputs);
  const std::string_view inputs = (two_inputs_ ? kTwoInputs : kOneInput).at(in);
  const std::string_view outputs = kOutputs.at(out);
  std::vector<Feature> features;
  const std::string own = own_now_and_then("own functional", 12, features);
  std::string more;
  if (!own.empty() && !own.ends_with("()")) more = ", " + own.substr(own.find('(') + 1, own.size() - own.find('(') - 2);
  if (!name.empty()) {
    more += fmt::format(", name={}", name);
    features.push_back(feature("name", name));
  }
  if (in != 0 || two_inputs_) features.push_back(feature("inputs", std::string(inputs)));
  if (out != 0) features.push_back(feature("outputs", std::string(outputs)));
  program_.make.push_back(
      {.text = fmt::format("model = {}({}, {}{})", own.empty() ? "keras.Model" : own.substr(0, own.find('(')),
                           put_into(inputs, "inputs", "other"), put_into(outputs, "x", "inputs"), more),
       .features = std::move(features)});
  program_.use = fmt::format("thing({}, **how)", put_into(inputs, "x", "x"));
}

// A model of the model that there is, or of parts of it.
void ModelMaker::rewire() {
  std::vector<Feature> features;
  std::string text = now_and_then("rewirings", rules_.model ? 5 : 12, features);
  if (text.empty()) return;
  program_.make.push_back({.text = std::move(text), .droppable = true, .features = std::move(features)});
}

std::string ModelMaker::odd_name() {
  const auto& names = rules_.catalogue.named_domain("names");
  if (names.empty()) return "";
  const std::uint64_t which = choices_.draw(names.size(), [&](Random& chance) -> std::uint64_t {
    return chance.below(6) != 0 ? 0 : 1 + chance.below(names.size());
  });
  return which == 0 ? "" : names[which - 1];
}

std::string ModelMaker::now_and_then(std::string_view table, std::uint64_t one_in, std::vector<Feature>& features) {
  const auto& texts = rules_.catalogue.named_domain(table);
  if (texts.empty()) return "";
  const std::uint64_t which = choices_.draw(texts.size(), [&](Random& chance) -> std::uint64_t {
    if (const auto wanted = rules_.wanted(table)) return 1 + *wanted;
    return chance.below(one_in) != 0 ? 0 : 1 + chance.below(texts.size());
  });
  if (which == 0) return "";
  features.push_back(feature(std::string(table), texts[which - 1]));
  return texts[which - 1];
}

std::string ModelMaker::own_now_and_then(std::string_view table, std::uint64_t one_in, std::vector<Feature>& features) {
  std::string text = now_and_then(table, one_in, features);
  if (!text.empty()) builder_.define(text.substr(0, text.find('(')));
  return text;
}

}  // namespace revive::properties::hunt
