// Names out of archives, on their way to a terminal: whatever a command prints, no control character of theirs arrives.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "revive/model/base/printable.h"
#include "revive/model/lambda.h"
#include "revive/model/sequential.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/command.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::HasSubstr;

class HostileNames : public FolderTest {};

// What moves the cursor, sets a title, rings, ends a line, and turns text around.
constexpr std::string_view kHostile =
    "a\x1b[2J\x1b]0;title\x07\n\r\tb\x7f\xC2\x9B"
    "31m\xE2\x80\xAE"
    "c";

std::string hostile(std::string_view what) {
  return fmt::format("{}{}", what, kHostile);
}

std::string archive_of_hostile_names(const std::string& path) {
  const auto input = make_layer("InputLayer", {{"name", hostile("i")}, {"batch_shape", Value::Array{Value(), 3}}});
  auto dense = make_layer("Dense", {{"name", hostile("d")}, {"units", 2}});
  const auto lambda = make_lambda("lambda x: x * k", {{"k", Value(2.0)}}, hostile("l"));
  EXPECT_TRUE(input && dense && lambda);
  dense->training_only().emplace_back("kernel_initializer", Value(hostile("v")));
  auto model = Sequential::make(hostile("m"), {*input, *dense, *lambda});
  EXPECT_TRUE(model) << model.error().text();
  model->initialize(1);
  model->set_keras_version(hostile("3.15."));
  model->set_compile_config(Value::Object{
      {hostile("key"), hostile("value")},
      {"loss",
       Value::Object{{"class_name", hostile("Class")}, {"module", hostile("module")}, {"config", Value::Object{}}}}});
  Tensor tensor(DType::float32, {1});
  model->set_training_tensors({{hostile("optimizer/vars/"), tensor}});
  model->set_assets({{"assets/a", {std::byte{1}}}});
  const auto saved = save(*model, path, {.keep_training_code = true});
  EXPECT_TRUE(saved) << saved.error().text();
  return path;
}

TEST_F(HostileNames, DoNotReachATerminalThroughAnyCommand) {
  const std::string one = archive_of_hostile_names(in_folder("one.keras"));
  const std::string other = corpus("keras/dense.keras");
  const std::vector<std::vector<std::string>> calls = {
      {"show", one},
      {"show", one, "--json"},
      {"show", one, "--members"},
      {"check", one},
      {"check", one, "--json"},
      {"check", one, "--output", in_folder("new.keras")},
      {"check", one, "--bind", "unused=1"},
      {"run", one, "--input", corpus("keras/dense.input.npy"), "--output", in_folder("y.npy")},
      {"diff", one, other},
      {"diff", other, one, "--json"},
      {"diff", one, other, "--outputs"},
      {"repro", one},
      {"repro", one, "--cpp"},
      {"replay", one},
      {"replay", one, "--json"},
      {"corrupt", one, "--property", "no_silent_corruption", "--stride", "5003"},
      {"scenarios", one},
      {"promote", one, "--reason", "r", "--manifest", in_folder("manifest.json")},
  };
  for (const Command& command : all_commands()) {
    // These read no archive of the user's.
    constexpr std::array<std::string_view, 9> kOthers = {"generate", "properties", "faults",   "fuzz",   "hunt",
                                                         "layers",   "ops",        "evaluate", "verdict"};
    if (std::ranges::find(kOthers, command.name) != kOthers.end()) continue;
    EXPECT_TRUE(std::ranges::any_of(calls, [&](const auto& call) { return call[0] == command.name; })) << command.name;
  }
  for (const std::vector<std::string>& call : calls) {
    const properties::ChildEnd end = revive(call);
    std::string all = end.out + end.err;
    std::erase(all, '\n');
    EXPECT_EQ(printable(all), all) << testing::PrintToString(call);
    // A newline of a name would begin a line with what follows it.
    EXPECT_THAT(end.out + end.err, testing::Not(HasSubstr("\n\r"))) << testing::PrintToString(call);
  }
  EXPECT_THAT(revive({"show", one}).out, HasSubstr("d"
                                                   "a\\x1b[2J"));
}

}  // namespace
}  // namespace revive::tools
