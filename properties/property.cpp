#include "revive/properties/property.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "revive/properties/allocation/allocation_meter.h"
#include "revive/properties/checks/checks.h"

namespace revive::properties {
namespace {

using enum Need;

template <auto kCheck>
Verdict on_all_legs(const Case& the_case, const Subject& subject) {
  return kCheck(the_case, subject, Legs());
}

constexpr std::array kProperties = {
    Property{"outputs_survive", "After save and load, every output has the same bits.", load | predict,
             outputs_survive},
    Property{"weights_survive", "After save and load, every weight has the same bits.", load | describe,
             weights_survive},
    Property{"config_survives", "After save and load, every config value is the same, by kind and by bits.",
             load | describe, config_survives},
    Property{"bytes_are_stable", "Saving what was loaded gives the same bytes.", save | load | describe,
             bytes_are_stable},
    Property{"captures_are_values", "What a lambda captured is in the archive; names outside can change or vanish.",
             load, captures_are_values},
    Property{"loop_variables_are_values", "Lambdas made in a loop keep the value that the variable had for each.", load,
             on_all_legs<loop_variables_are_values>},
    Property{"spelling_does_not_matter", "An archive spelled otherwise, as JSON and zip allow, is the same model.",
             load | describe | keras_archives, on_all_legs<spelling_does_not_matter>},
    Property{"names_do_not_matter", "Layers of other names are the same layers.", load,
             on_all_legs<names_do_not_matter>},
    Property{"tall_stacks_keep_their_order", "A stack with a dozen layers of one class keeps the order of its weights.",
             load, on_all_legs<tall_stacks_keep_their_order>},
    Property{"training_data_is_carried",
             "What matters for training alone and is no code comes back as it was, value by value.",
             save | load | describe, on_all_legs<training_data_is_carried>},
    Property{"loads_are_independent", "A loaded model stays what it is while another one is loaded.", load | predict,
             on_all_legs<loads_are_independent>},
    Property{
        "what_builds_can_be_saved",
        "What can be made and run can be saved, whatever its names and captures, and is the same when it is loaded.",
        load, on_all_legs<what_builds_can_be_saved>},
    Property{"nesting_is_flat", "The same layers give the same outputs in one stack and in stacks of stacks.", load,
             on_all_legs<nesting_is_flat>},
    Property{"batch_is_independent", "A sample's output does not depend on the other samples of its batch.",
             load | predict, on_all_legs<batch_is_independent>},
    Property{"predict_is_pure", "Predicting changes nothing, in one thread or in several.", load | predict,
             on_all_legs<predict_is_pure>},
    Property{"lowering_is_exact", "A lambda's graph, raised to a tree or read from its text, lowers to itself.",
             nothing, on_all_legs<lowering_is_exact>},
    Property{"literal_equals_capture", "A literal and a captured value of the same number give the same graph.",
             nothing, on_all_legs<literal_equals_capture>},
    Property{"truncation_is_refused", "An archive cut short anywhere does not load.", load,
             on_all_legs<truncation_is_refused>},
    // Of formats that hold checksums, as .keras archives do; one without them cannot tell a changed weight.
    Property{"no_silent_corruption",
             "An archive with a changed byte or block does not load, or loads as the same model.",
             load | keras_archives | tell_apart, on_all_legs<no_silent_corruption>},
    Property{"sealed_corruption_is_explained",
             "A changed member under the right checksums is refused with a place and a sentence, or loads as a model "
             "that comes back the same.",
             save | load | describe | keras_archives, on_all_legs<sealed_corruption_is_explained>},
    Property{"what_is_written_is_safe",
             "A saved archive holds no Python and names nothing outside Keras, whatever the training state was.",
             save | load | describe | keras_archives, on_all_legs<what_is_written_is_safe>},
    Property{"refusals_are_early", "An archive that is refused takes memory in proportion to its size.",
             load | keras_archives | Need::allocation_meter, on_all_legs<refusals_are_early>},
};

// Keeps the first failure of a subject, or what it does not know, from whatever thread it is called. A subject that
// failed is not called again: for a program every call would be another start.
class Watch {
 public:
  template <typename Output, typename... Inputs>
  std::function<Result<Output>(Inputs...)> over(const std::function<Result<Output>(Inputs...)>& call) {
    if (!call) return call;
    return [this, &call](Inputs... inputs) {
      if (auto failed = failure()) return Result<Output>(std::unexpected(*std::move(failed)));
      auto result = call(inputs...);
      if (!result && (result.error().code == ErrorCode::subject_failed || is_unsupported(result.error()))) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = result.error();
      }
      return result;
    };
  }
  std::optional<Error> failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  std::mutex mutex_;
  std::optional<Error> failure_;
};

}  // namespace

CaseResult try_case(const Property& property, const Case& the_case, const Subject& subject) {
  Watch watch;
  Subject watched = subject;
  // What a subject only loads is saved by revive, and may be more than the subject knows all the same.
  const std::function<Result<Bytes>(const Sequential&, const Environment&)> save =
      [&](const Sequential& model, const Environment& environment) -> Result<Bytes> {
    if (const auto unknown = unknown_layer(subject, model)) {
      return std::unexpected(unsupported(about_layer(*unknown)));
    }
    return subject.save ? subject.save(model, environment) : revive_subject().save(model, environment);
  };
  if (subject.save || subject.layers) watched.save = watch.over(save);
  watched.load = watch.over(subject.load);
  watched.predict = watch.over(subject.predict);
  auto verdict = property.check(the_case, watched);
  const auto failed = watch.failure();
  if (!failed) return {.violation = std::move(verdict)};
  if (is_unsupported(*failed)) return {.unsupported = failed->message};
  return {.violation = Violation{.message = failed->text(), .kind = "the subject failed"}};
}

std::optional<Violation> check_case(const Property& property, const Case& the_case, const Subject& subject) {
  return try_case(property, the_case, subject).violation;
}

std::span<const Property> all_properties() {
  return kProperties;
}

std::optional<std::string> reason_to_skip(const Property& property, const Subject& subject) {
  if (property.needs == nothing && subject.foreign) return "it is about revive's own models";
  const auto lacks = [&](Need need, bool able) { return !able && includes(property.needs, need); };
  if (lacks(save, subject.save != nullptr)) return "the subject does not save";
  if (lacks(load, subject.load != nullptr)) return "the subject does not load";
  if (lacks(predict, subject.predict != nullptr)) return "the subject does not predict";
  if (lacks(describe, subject.describes)) return "the subject does not say what it loaded";
  if (lacks(keras_archives, subject.keras_archives)) return "the subject does not write .keras archives";
  if (lacks(tell_apart, subject.predict != nullptr || subject.describes)) {
    return "the subject neither predicts nor says what it loaded";
  }
  if (lacks(Need::allocation_meter, subject.in_process)) return "the subject is a program of its own";
  if (lacks(Need::allocation_meter, properties::allocation_meter() != nullptr)) {
    return "this program does not measure allocations";
  }
  return std::nullopt;
}

bool applies(const Property& property, const Subject& subject) {
  return !reason_to_skip(property, subject);
}

const Property* find_property(std::string_view name) {
  const auto found = std::ranges::find(kProperties, name, &Property::name);
  return found == kProperties.end() ? nullptr : &*found;
}

}  // namespace revive::properties
