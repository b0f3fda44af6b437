// Each leg of legs.h has a fault that it finds on one small case, and that passes where the leg is turned off. What it
// says then is in said.txt, word by word; after a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='EachLeg.*:Legs.*:*Scenarios.*'
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <thread>

#include "revive/model/testing/recorded.h"
#include "revive/properties/allocation/allocation_meter.h"
#include "revive/properties/archive/archive_parts.h"
#include "revive/properties/checks/legs.h"
#include "revive/properties/checks/legs_testing.h"
#include "revive/serializer/io/buffer.h"
#include "revive/serializer/keras_archive.h"

namespace revive::properties {
namespace {

using testing::HasSubstr;

using Check = std::function<Verdict(const Case&, const Legs&)>;

struct LegFault {
  std::string_view property;
  std::string_view leg;
  // What it says, in part.
  std::string_view words;
  // The property's check of a subject that has the fault, made anew.
  std::function<Check()> make;
};

// The Dense keeps the shape of its input, so that it can stand there twice.
const Case& the_case() {
  static const Case made = lambda_and_dense(3);
  return made;
}
const Bytes& own_bytes() {
  static const Bytes bytes = *revive_subject().save(the_case().model, the_case().environment);
  return bytes;
}
bool is_own(std::span<const std::byte> archive) {
  return std::ranges::equal(archive, own_bytes());
}
bool is_case(const Sequential& model) {
  return !first_weights_difference(the_case().model, model);
}
float next(float value) {
  return std::nextafter(value, 9.0F);
}

class Faults {
 public:
  void add(std::string_view property, std::string_view leg, std::string_view words, std::function<Subject()> make) {
    const auto found = std::ranges::find(properties_on_legs(), property, &PropertyOnLegs::name);
    ASSERT_NE(found, properties_on_legs().end()) << property;
    add_check(property, leg, words, [check = found->check, make = std::move(make)]() -> Check {
      return [check, subject = make()](const Case& a_case, const Legs& legs) { return check(a_case, subject, legs); };
    });
  }
  void add_check(std::string_view property, std::string_view leg, std::string_view words, std::function<Check()> make) {
    all.push_back({property, leg, words, std::move(make)});
  }

  std::vector<LegFault> all;
};

Subject never_saves() {
  return saves([](const auto&, const auto&) -> Result<Bytes> { return never(); });
}
using Load = std::function<Result<Loaded>(std::span<const std::byte>, const Environment&)>;
Subject loads_by(Load load) {
  Subject subject = revive_subject();
  subject.load = std::move(load);
  return subject;
}
Subject never_loads() {
  return loads_by([](auto, const auto&) -> Result<Loaded> { return never(); });
}
Subject runs_by(std::function<Result<Tensor>(const Sequential&, const Tensor&)> run) {
  Subject subject = revive_subject();
  subject.predict = [run = std::move(run)](const Loaded& loaded, const Tensor& input) {
    return run(*loaded.model, input);
  };
  return subject;
}
Result<Tensor> never_runs(const Sequential&, const Tensor&) {
  return never();
}
Subject never_runs_before() {
  Subject subject = revive_subject();
  subject.before = never_runs;
  return subject;
}
// An output with its first number off where `wrong` says so.
Subject wrong_where(const std::function<bool(const Tensor& input, const Tensor& output)>& wrong) {
  return runs_by([wrong](const Sequential& model, const Tensor& input) {
    auto output = model.predict(input);
    if (wrong(input, *output)) output->data<float>()[0] = next(output->data<float>()[0]);
    return output;
  });
}
Subject wrong_in_call(int number) {
  Subject subject = wrong_where(
      [number, calls = std::make_shared<int>(0)](const Tensor&, const Tensor&) { return ++*calls == number; });
  subject.concurrent = false;
  return subject;
}
// It saves no archive, and takes no notice of what it is given.
Subject saves_nothing() {
  Subject subject = loads_by([](auto, const auto&) -> Result<Loaded> { return the_case().model; });
  subject.save = [](const Sequential&, const Environment&) -> Result<Bytes> { return Bytes(100); };
  return subject;
}

Layer& last_of(Sequential& model) {
  return model.layers()[model.layers().size() - 1];
}
void change_config(Sequential& model) {
  last_of(model).set_trainable(!last_of(model).trainable());
}
void each_lambda(Sequential& model, const std::function<void(LambdaFunction&)>& change) {
  visit_layers(model.root(), [&](const std::string&, Layer& layer) {
    if (layer.lambda() != nullptr) change(*layer.lambda());
  });
}
void change_texts(Sequential& model) {
  each_lambda(model, [](LambdaFunction& lambda) {
    if (lambda.annotation) lambda.annotation->text += " ";
  });
}
void change_weights(Sequential& model) {
  visit_layers(model.root(), [](const std::string&, Layer& layer) {
    for (Tensor& tensor : layer.weights()) tensor.data<float>()[0] = next(tensor.data<float>()[0]);
  });
}
// What loads as another model, or is refused otherwise, whenever it is not what was saved.
Subject changed_loads_as(const Change& change) {
  return loads_by([change](std::span<const std::byte> archive, const Environment& names) -> Result<Loaded> {
    if (is_own(archive)) return revive_subject().load(archive, names);
    Sequential model = the_case().model;
    change(model);
    return model;
  });
}
Subject refuses_with(std::string_view place, std::string_view message) {
  return loads_by([=](std::span<const std::byte> archive, const Environment& names) -> Result<Loaded> {
    if (is_own(archive)) return revive_subject().load(archive, names);
    return fail(ErrorCode::config_rule, std::string(place), std::string(message));
  });
}

// saves, loads, and what is compared beside what the model gave.
void add_beside(Faults& faults, std::string_view property, bool describes_model = true) {
  faults.add(property, "saves", "save failed: never", never_saves);
  faults.add(property, "loads", "load failed: never", never_loads);
  faults.add(property, "runs_before", "the model could not run before it was saved: never", never_runs_before);
  faults.add(property, "runs_after", "the model could not run after it was loaded: never",
             [] { return runs_by(never_runs); });
  if (!describes_model) return;
  faults.add(property, "same_output", "output[0]", [] { return at_element(0, next); });
  faults.add(property, "same_weights", "kernel of Dense", [] { return describes(change_weights); });
  faults.add(property, "same_config", "/trainable: true before, false after", [] { return describes(change_config); });
}

void add_survival(Faults& faults) {
  for (const std::string_view property : {"names_do_not_matter", "tall_stacks_keep_their_order", "nesting_is_flat"}) {
    add_beside(faults, property);
  }
  add_beside(faults, "what_builds_can_be_saved");
  faults.add("what_builds_can_be_saved", "same_annotations", "/text: ", [] { return describes(change_texts); });

  add_beside(faults, "loop_variables_are_values", false);
  faults.add("loop_variables_are_values", "same_output", "output[0]", [] { return at_element(0, next); });
  faults.add("loop_variables_are_values", "same_lambdas", "the lambda made with i = 3 became ", [] {
    return describes([](Sequential& model) {
      each_lambda(model, [](LambdaFunction& lambda) { lambda.graph = make_expression("x * 3", {}, Limits{})->graph; });
    });
  });

  constexpr std::string_view kTrained = "training_data_is_carried";
  faults.add(kTrained, "saves", "compiled and trained: save failed: never", never_saves);
  faults.add(kTrained, "loads", "compiled and trained: load failed: never", never_loads);
  faults.add(kTrained, "same_model", "/compile_config",
             [] { return loads([](Sequential& model) { model.set_compile_config(Value()); }); });

  constexpr std::string_view kIndependent = "loads_are_independent";
  add_beside(faults, kIndependent, false);
  faults.add(kIndependent, "same_output", "after another model was loaded: output[", [] {
    const auto last = std::make_shared<Sequential>(the_case().model);
    Subject subject = loads([last](Sequential& model) { *last = model; });
    // The one that was loaded last runs, whichever is asked.
    subject.predict = [last](const Loaded&, const Tensor& input) { return last->predict(input); };
    return subject;
  });
  faults.add(kIndependent, "second_comes_back", "the model that was loaded second: load failed: never", [] {
    return loads_by([](std::span<const std::byte> archive, const Environment& names) -> Result<Loaded> {
      auto loaded = revive_subject().load(archive, names);
      if (!is_case(*loaded->model)) return never();
      return loaded;
    });
  });
  faults.add(kIndependent, "second_same_output", "the model that was loaded second: output[", [] {
    return runs_by([](const Sequential& model, const Tensor& input) {
      auto output = model.predict(input);
      if (!is_case(model)) output->data<float>()[0] = next(output->data<float>()[0]);
      return output;
    });
  });

  constexpr std::string_view kSpelling = "spelling_does_not_matter";
  faults.add(kSpelling, "saves", "save failed: never", never_saves);
  faults.add(kSpelling, "loads", "load failed: never", never_loads);
  faults.add(kSpelling, "spelled", "", saves_nothing);
  faults.add(kSpelling, "loads_spelled", "load failed with ", [] { return refuses_with("config.json", "never"); });
  faults.add(kSpelling, "same_model", "/trainable: true before", [] { return changed_loads_as(change_config); });
}

void add_prediction(Faults& faults) {
  constexpr std::string_view kBatch = "batch_is_independent";
  constexpr std::string_view kPure = "predict_is_pure";
  for (const std::string_view property : {kBatch, kPure}) {
    faults.add(property, "saves", "save failed: never", never_saves);
    faults.add(property, "loads", "load failed: never", never_loads);
    faults.add(property, "runs_after", "the model could not run after it was loaded: never",
               [] { return runs_by(never_runs); });
  }
  faults.add(kBatch, "as_many_samples", "a batch of 2 samples gave an output of (1, 6)", [] {
    return predicts([](Tensor& output) {
      output = Tensor::from<float>({1, static_cast<std::int64_t>(output.size())},
                                   {output.data<float>().begin(), output.data<float>().end()});
    });
  });
  faults.add(kBatch, "reversed", "the batch reversed: output[0]", [] {
    return wrong_where([](const Tensor& input, const Tensor&) {
      return input.dim(0) == 2 && input.data<float>()[0] != the_case().input.data<float>()[0];
    });
  });
  faults.add(kBatch, "alone", "sample 0 of 2 alone: output[0]",
             [] { return wrong_where([](const Tensor& input, const Tensor&) { return input.dim(0) == 1; }); });
  faults.add(kBatch, "many", "a batch of 19 made of these samples: output[0]",
             [] { return wrong_where([](const Tensor& input, const Tensor&) { return input.dim(0) > 2; }); });

  faults.add(kPure, "runs_again", "the model ran once, and no more: never", [] {
    return runs_by([calls = std::make_shared<int>(0)](const Sequential& model, const Tensor& input) -> Result<Tensor> {
      if (++*calls == 2) return never();
      return model.predict(input);
    });
  });
  // The third call is for another input.
  faults.add(kPure, "same_again", "the second output[0]", [] { return wrong_in_call(2); });
  faults.add(kPure, "same_after_another", "the output after another input[0]", [] { return wrong_in_call(4); });
  faults.add(kPure, "unchanged", "predicting changed the weights or the config", [] {
    Subject subject = runs_by([](const Sequential& model, const Tensor& input) {
      auto& changed = const_cast<Sequential&>(model);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      last_of(changed).set_name(last_of(changed).name() + "x");
      return model.predict(input);
    });
    subject.concurrent = false;
    return subject;
  });
  faults.add(kPure, "two_threads", "output in two threads[0]", [] {
    return wrong_where([owner = std::this_thread::get_id()](const Tensor&, const Tensor&) {
      return std::this_thread::get_id() != owner;
    });
  });
}

void add_lambdas(Faults& faults) {
  static constexpr Lower kFloats = [](const Tree& tree, const Captures& captures) {
    return captures.empty() ? make_expression("lambda x: x", {}, Limits{}) : make_expression(tree, captures);
  };
  static constexpr Lower kIdentity = [](const Tree&, const Captures&) {
    return make_expression("lambda x: x", {}, Limits{});
  };
  static constexpr Lower kOwn = [](const Tree& tree, const Captures& captures) {
    return make_expression(tree, captures);
  };
  faults.add_check("lowering_is_exact", "raised", "/layers/1: raised and lowered: (x * 2) became x", []() -> Check {
    return [](const Case& a_case, const Legs& legs) { return lowering_is_exact_by(kFloats, a_case, legs); };
  });
  faults.add_check("lowering_is_exact", "from_text", "/layers/1: lowered from its text again: (x * 2) became (x * 3)",
                   []() -> Check {
                     return [](const Case& a_case, const Legs& legs) {
                       Case other = a_case;
                       LambdaFunction& lambda = *other.model.layers()[1].lambda();
                       lambda.annotation = make_expression("lambda x: x * k", {{"k", 3}}, Limits{})->annotation;
                       return lowering_is_exact_by(kOwn, other, legs);
                     };
                   });
  faults.add_check(
      "literal_equals_capture", "captured", "/layers/1: with every constant captured: (x * 2) became x", []() -> Check {
        return [](const Case& a_case, const Legs& legs) { return literal_equals_capture_by(kIdentity, a_case, legs); };
      });
}

void mark(Sequential& model, std::string_view name) {
  last_of(model).set_name(std::string(name));
}
std::string mark_of(const Sequential& model) {
  return model.layers()[2].name();
}

// A model with a layer of another name is what changed bytes load as; what it then comes to is up to `again` and
// `save`.
using Save = std::function<Result<Bytes>(const Sequential&, const Environment&)>;
Subject loads_as_other(const std::function<Result<Loaded>(Sequential)>& again, const Save& save) {
  Subject subject = loads_by([again](std::span<const std::byte> archive, const Environment& names) -> Result<Loaded> {
    auto loaded = revive_subject().load(archive, names);
    if (is_own(archive)) return loaded;
    if (loaded && mark_of(*loaded->model) == "other") return again(*std::move(loaded->model));
    Sequential other = the_case().model;
    mark(other, "other");
    return other;
  });
  subject.save = save;
  return subject;
}

void add_corruption(Faults& faults) {
  const Save own_save = revive_subject().save;
  constexpr std::string_view kCut = "truncation_is_refused";
  faults.add(kCut, "saves", "save failed: never", never_saves);
  faults.add(kCut, "refuses_cut", " bytes loads although it ends after ",
             [] { return changed_loads_as([](Sequential&) {}); });

  constexpr std::string_view kSilent = "no_silent_corruption";
  faults.add(kSilent, "saves", "save failed: never", never_saves);
  faults.add(kSilent, "loads", "the untouched archive does not come back: never", never_loads);
  faults.add(kSilent, "same_model", "it loads as another model: /config/layers/2/",
             [] { return changed_loads_as(change_config); });
  faults.add(kSilent, "same_texts",
             "it loads as another model: metadata.json: ", [] { return changed_loads_as(change_texts); });
  // It says nothing of what it loaded, which is a model, or nothing.
  const auto silent = [](bool runs) {
    Subject subject = loads_by([](std::span<const std::byte> archive, const Environment&) -> Result<Loaded> {
      Loaded loaded;
      loaded.handle = std::make_shared<bool>(is_own(archive));
      return loaded;
    });
    subject.describes = false;
    subject.predict = [runs](const Loaded& loaded, const Tensor& input) -> Result<Tensor> {
      const bool own = *static_cast<const bool*>(loaded.handle.get());
      if (!own && !runs) return never();
      auto output = the_case().model.predict(input);
      if (!own) output->data<float>()[0] = next(output->data<float>()[0]);
      return output;
    };
    return subject;
  };
  faults.add(kSilent, "runs", "it loads as another model: it cannot run: never", [=] { return silent(false); });
  faults.add(kSilent, "same_output", "it loads as another model: output[0]", [=] { return silent(true); });

  constexpr std::string_view kSealed = "sealed_corruption_is_explained";
  faults.add(kSealed, "saves", "save failed: never", never_saves);
  faults.add(kSealed, "taken_apart", "the archive that was saved cannot be taken apart", saves_nothing);
  faults.add(kSealed, "loads", "the untouched archive does not come back: never", never_loads);
  faults.add(kSealed, "has_place", "refused without a place: expected a model",
             [] { return refuses_with("", "expected a model"); });
  faults.add(kSealed, "has_sentence", "refused without a sentence: config.json: bad file",
             [] { return refuses_with("config.json", "bad file"); });
  const auto same = [](Sequential model) -> Result<Loaded> { return model; };
  faults.add(kSealed, "saves_again", "the model it loads as cannot be saved: never", [=] {
    return loads_as_other(same, [=](const Sequential& model, const Environment& names) -> Result<Bytes> {
      return mark_of(model) == "other" ? Result<Bytes>(never()) : own_save(model, names);
    });
  });
  faults.add(kSealed, "loads_again", "the model it loads as cannot be loaded once it was saved: never",
             [=] { return loads_as_other([](const Sequential&) -> Result<Loaded> { return never(); }, own_save); });
  faults.add(kSealed, "comes_back", "the model it loads as does not come back: ", [=] {
    const auto third = [](Sequential model) -> Result<Loaded> {
      mark(model, "third");
      return model;
    };
    return loads_as_other(third, [=](const Sequential& model, const Environment& names) {
      Sequential written = model;
      if (mark_of(model) == "third") mark(written, "other");
      return own_save(written, names);
    });
  });
  // Every second save of that model.
  const auto second_save = [=](bool fails) {
    return [=, calls = std::make_shared<int>(0)](const Sequential& model, const Environment& names) -> Result<Bytes> {
      auto bytes = own_save(model, names);
      if (mark_of(model) != "other" || ++*calls % 2 != 0) return bytes;
      if (fails) return never();
      bytes->push_back(std::byte{});
      return bytes;
    };
  };
  faults.add(kSealed, "saves_twice", "the model it loads as cannot be saved twice: never",
             [=] { return loads_as_other(same, second_save(true)); });
  faults.add(kSealed, "same_bytes", "the model it loads as is saved as other bytes the second time",
             [=] { return loads_as_other(same, second_save(false)); });

  constexpr std::string_view kSafe = "what_is_written_is_safe";
  faults.add(kSafe, "saves", "it is not saved: never", never_saves);
  faults.add(kSafe, "has_config", "what is saved has no config.json to read", saves_nothing);
  faults.add(kSafe, "no_code", "config.json holds ", [] {
    return saves([](const Sequential& model, const Environment&) -> Result<Bytes> {
      const auto saved = save_bytes(model, {.keep_training_code = true});
      return Bytes(saved->bytes().begin(), saved->bytes().end());
    });
  });
}

// Refuses what is not its own after it took memory, where `late` says so of the archive.
Subject refuses_late(bool (*late)(std::span<const std::byte> archive)) {
  return loads_by([late](std::span<const std::byte> archive, const Environment& names) -> Result<Loaded> {
    if (is_own(archive)) return revive_subject().load(archive, names);
    if (late(archive)) {
      auto room = Buffer::allocate(std::size_t{8} << 20);
      // Memory that nobody touches need not be allocated.
      *static_cast<volatile std::byte*>(room->bytes().data()) = std::byte{1};
    }
    return never();
  });
}
bool is_cut(std::span<const std::byte> archive) {
  return archive.size() < own_bytes().size() &&
         std::ranges::equal(archive, std::span(own_bytes()).first(archive.size()));
}
bool is_sealed(std::span<const std::byte> archive) {
  return open_archive(archive, {}).has_value();
}

void add_refusals(Faults& faults) {
  constexpr std::string_view kEarly = "refusals_are_early";
  faults.add(kEarly, "saves", "save failed: never", never_saves);
  faults.add(kEarly, "taken_apart", "the archive that was saved cannot be taken apart", saves_nothing);
  faults.add(kEarly, "early_cut", "cut after ", [] { return refuses_late(is_cut); });
  faults.add(kEarly, "early_changed", "with ", [] {
    return refuses_late([](std::span<const std::byte> archive) { return !is_cut(archive) && !is_sealed(archive); });
  });
  faults.add(kEarly, "early_sealed", " with ", [] { return refuses_late(is_sealed); });
}

TEST(EachLeg, HasAFaultThatPassesWithoutIt) {
  Faults faults;
  add_survival(faults);
  add_prediction(faults);
  add_lambdas(faults);
  add_corruption(faults);
  const bool measures = allocation_meter() != nullptr;
  if (measures) add_refusals(faults);
  // "property.leg"
  std::set<std::string> held;
  for (const LegFault& fault : faults.all) {
    const std::string name = std::string(fault.property) + '.' + std::string(fault.leg);
    SCOPED_TRACE(name);
    EXPECT_TRUE(held.insert(name).second);
    const auto found = fault.make()(the_case(), Legs());
    ASSERT_TRUE(found);
    EXPECT_THAT(found->message, HasSubstr(std::string(fault.words)));
    // How many bytes a refusal takes is another number on every machine.
    if (fault.property != "refusals_are_early") expect_recorded("properties/checks/said.txt", name, found->message);
    const auto without = fault.make()(the_case(), Legs::all_but(fault.leg));
    EXPECT_FALSE(without) << "another leg says: " << without->message;
  }
  for (const PropertyOnLegs& property : properties_on_legs()) {
    if (property.name == "refusals_are_early" && !measures) continue;
    for (const Leg& leg : property.legs) {
      const std::string name = std::string(property.name) + '.' + std::string(leg.name);
      EXPECT_EQ(held.erase(name), 1U) << name << " has no fault that it finds";
    }
    const auto own = property.check(the_case(), revive_subject(), Legs());
    EXPECT_FALSE(own) << property.name << ": " << own->message;
  }
  EXPECT_THAT(held, testing::IsEmpty()) << "legs that are not declared";
}

}  // namespace
}  // namespace revive::properties
