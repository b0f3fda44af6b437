#include "revive/properties/hunt/generate_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "revive/properties/hunt/builder.h"
#include "revive/properties/hunt/model_maker.h"

namespace revive::properties::hunt {
namespace {

// A call with many arguments has each on a line of its own, so that Keras can refuse them one by one.
void add_call_of_lines(Program& program, const ClassInfo& info, const Python& object, std::vector<Feature> features) {
  constexpr std::size_t kManyArguments = 4;
  if (object.named().size() <= kManyArguments) {
    program.make.push_back({.text = "thing = " + object.print(), .features = std::move(features)});
    return;
  }
  program.make.push_back({.text = fmt::format("thing = {}(", object.head())});
  auto next = features.begin();
  for (const auto& [name, value] : object.named()) {
    const auto parameter = std::ranges::find(info.parameters, name, &Parameter::name);
    const bool required = parameter != info.parameters.end() && parameter->required;
    // The features of an argument are its own and those of what is inside of it.
    const auto begin = next;
    if (next != features.end()) ++next;
    while (next != features.end() && next->class_name != info.name) ++next;
    program.make.push_back({.text = fmt::format("    {}={},", name, value.print()),
                            .droppable = !required,
                            .features = std::vector<Feature>(begin, next)});
  }
  program.make.push_back({.text = ")"});
}

void make_object(const ProgramRules& rules, Builder& builder, Program& program) {
  const auto& places = rules.catalogue.objects();
  std::optional<std::size_t> wanted;
  if (rules.focus) {
    const auto found = std::ranges::find(places, rules.focus->aim.class_place);
    if (found != places.end()) wanted = static_cast<std::size_t>(found - places.begin());
  }
  const ClassInfo& info = rules.catalogue.classes()[places[builder.place(places.size(), wanted)]];
  builder.settings();
  std::vector<Feature> features;
  const Python object = builder.object(info, features);
  add_call_of_lines(program, info, object, std::move(features));
  program.result = "thing";
  program.use = info.use;
}

}  // namespace

Program generate_program(Choices& choices, const ProgramRules& rules) {
  Program program;
  Builder builder(choices, rules, program);
  // Objects are twenty times as quick as models, and models are where objects meet.
  const bool model = choices.draw(1, [&](Random& chance) -> std::uint64_t {
    if (rules.model) return 1;
    if (!rules.focus) return chance.below(3) != 0 ? 0 : 1;
    const ClassInfo& info = rules.catalogue.classes()[rules.focus->aim.class_place];
    return info.kind == "layers" && info.weight != 0 && !rules.focus->all ? chance.below(2) : 0;
  }) != 0;
  if (model) {
    ModelMaker(choices, rules, builder, program).make();
  } else {
    make_object(rules, builder, program);
  }
  return program;
}

}  // namespace revive::properties::hunt
