// What each property says of a subject that fails once, or gives something else: at the first thing that it is asked,
// at the second, and so on. In said.txt, written anew with
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Said.*'
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "revive/model/testing/recorded.h"
#include "revive/properties/property.h"
#include "revive/properties/testing/models_made_by_hand.h"

namespace revive::properties {
namespace {

// Of the calls that a subject is asked for, one, and what is wrong with its answer.
struct Wrong {
  std::string_view call;
  std::string_view how;
  int number = 0;
};

void change(Sequential& model) {
  bool changed = false;
  visit_layers(model.root(), [&](const std::string&, Layer& layer) {
    if (changed || layer.weights().empty()) return;
    layer.weights().front().data<float>()[0] += 1;
    changed = true;
  });
  if (!changed) model.set_compile_config(Value::Object{{"loss", "another"}});
}

// Counts the calls of `wrong` in `calls`.
Subject once(const Wrong& wrong, std::atomic<int>& calls) {
  const auto is = [&calls, wrong](std::string_view call) { return call == wrong.call && calls++ == wrong.number; };
  const bool fails = wrong.how == "fails";
  const auto failed = [wrong] { return fail(ErrorCode::usage, "", fmt::format("a {} that fails", wrong.call)); };
  Subject subject = revive_subject();
  subject.save = [=, save = subject.save](const Sequential& model, const Environment& environment) -> Result<Bytes> {
    if (!is("save")) return save(model, environment);
    if (fails) return failed();
    Sequential other = model;
    change(other);
    return save(other, environment);
  };
  subject.load = [=, load = subject.load](std::span<const std::byte> archive,
                                          const Environment& environment) -> Result<Loaded> {
    const bool wrongly = is("load");
    if (wrongly && fails) return failed();
    auto loaded = load(archive, environment);
    if (wrongly && loaded) change(*loaded->model);
    return loaded;
  };
  subject.predict = [=, predict = subject.predict](const Loaded& loaded, const Tensor& input) -> Result<Tensor> {
    const bool wrongly = is("run");
    if (wrongly && fails) return failed();
    auto output = predict(loaded, input);
    if (wrongly && output) output->data<float>()[0] += 1;
    return output;
  };
  return subject;
}

std::string told(const Violation& violation) {
  return fmt::format("{} ({})", violation.message, violation.kind);
}

TEST(Said, OfEachWrongAnswerAsRecorded) {
  constexpr int kMostCalls = 60;
  constexpr int kInputs = 8;
  for (const auto& [name, the_case] : models_of("archives")) {
    for (const Property& property : all_properties()) {
      if (!applies(property, revive_subject())) continue;
      for (const std::string_view call : {"save", "load", "run"}) {
        for (const std::string_view how : {"fails", "gives another"}) {
          std::set<std::string> said;
          // Which models a property makes of the case follows from its input.
          const int inputs = call == "save" && how == "fails" ? kInputs : 1;
          for (int input = 0; input < inputs; ++input) {
            Case changed = the_case;
            if (input > 0) changed.input.data<float>()[0] = static_cast<float>(input);
            for (int number = 0; number < kMostCalls; ++number) {
              std::atomic<int> calls = 0;
              const auto violation = check_case(property, changed, once({call, how, number}, calls));
              if (violation) said.insert(told(*violation));
              if (calls <= number) break;
            }
          }
          if (said.empty()) continue;
          expect_recorded("properties/checks/said.txt",
                          fmt::format("{} of {} whose {} {}", property.name, name, call, how),
                          fmt::format("{}", fmt::join(said, " | ")));
        }
      }
    }
  }
}

}  // namespace
}  // namespace revive::properties
