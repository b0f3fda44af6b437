// Memory and time in proportion to the file: what loading, saving and refusing an archive takes, and what running it
// costs by its own declaration. Bytes and counts, so that no busy machine fails it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "revive/properties/allocation/allocation_meter.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"
#include "revive_build/source_dir.h"

namespace revive::properties {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kFloor = 64 << 20;
constexpr std::uint64_t kPerByte = 16;

std::vector<std::string> archives_of(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(REVIVE_SOURCE_DIR "/corpus/" + folder)) {
    if (entry.path().extension() == ".keras") paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

class Proportion : public ::testing::Test {
 protected:
  void SetUp() override {
    if (allocation_meter() == nullptr) GTEST_SKIP() << "this program does not measure";
  }

  // Loads, saves and loads again; whether it loads at all.
  static bool expect_in_proportion(std::span<const std::byte> file, const std::string& what) {
    bool loads = false;
    const std::uint64_t taken = peak_allocation([&] {
      const auto model = load_bytes(file);
      loads = model.has_value();
      if (!loads) return;
      const auto saved = save_bytes(*model);
      EXPECT_TRUE(saved) << what << ": " << saved.error().text();
    });
    EXPECT_LE(file.size() + taken, kFloor + kPerByte * file.size()) << what;
    return loads;
  }
};

TEST_F(Proportion, OfWhatIsRefused) {
  for (const std::string& path : archives_of("refusals")) {
    const auto file = read_file(path, {});
    ASSERT_TRUE(file) << path;
    EXPECT_FALSE(expect_in_proportion(file->bytes(), path)) << path;
  }
}

TEST_F(Proportion, OfWhatIsTooHeavyToRun) {
  for (const std::string& path : archives_of("heavy")) {
    const auto file = read_file(path, {});
    ASSERT_TRUE(file) << path;
    EXPECT_TRUE(expect_in_proportion(file->bytes(), path)) << path;
  }
}

// What is not run says so before it takes memory for anything.
TEST_F(Proportion, OfWhatIsNotRun) {
  int archives = 0;
  for (const std::string& path : archives_of("heavy")) {
    const auto model = load(path);
    ASSERT_TRUE(model) << path;
    const Limits limits = Limits{}.for_file(std::filesystem::file_size(path));
    const bool costly = static_cast<std::uint64_t>(model->root().multiply_adds()) > limits.multiply_adds ||
                        static_cast<std::uint64_t>(model->root().activation_elements()) > limits.activation_elements;
    EXPECT_TRUE(costly) << path;
    std::optional<ErrorCode> refused;
    const std::uint64_t taken = peak_allocation([&] {
      const auto input = default_input(*model, limits);
      const auto output = input ? model->predict(*input, limits) : Result<Tensor>(std::unexpected(input.error()));
      if (!output) refused = output.error().code;
    });
    EXPECT_EQ(refused, ErrorCode::limit_exceeded) << path;
    EXPECT_LE(taken, kFloor) << path;
    ++archives;
  }
  EXPECT_GE(archives, 4);
}

struct Filling {
  std::string name;
  std::string item;
  bool object = false;
};

// An archive whose training state is a list of `item`s, or an object with such keys, of so many bytes of text.
std::string stuffed(const Filling& filling, std::size_t bytes, bool deflated) {
  const auto file = read_file(REVIVE_SOURCE_DIR "/corpus/keras/dense.keras", {});
  const auto archive = read_archive(file->bytes(), {});
  std::string config(zip::text_of(archive->find(kConfigMember)->bytes));
  std::string state = filling.object ? "{" : "[";
  for (std::size_t i = 0; state.size() < bytes; ++i) {
    if (i > 0) state += ',';
    state += filling.object ? '"' + std::to_string(i) + "\":" + filling.item : filling.item;
  }
  state += filling.object ? '}' : ']';
  constexpr std::string_view kEmpty = R"("compile_config": {}})";
  EXPECT_TRUE(config.ends_with(kEmpty));
  config.replace(config.size() - kEmpty.size(), kEmpty.size(), R"("compile_config": {"loss": )" + state + "}}");
  zip::ZipBuilder zip;
  const auto config_name = std::string(kConfigMember);
  zip.entries = {
      deflated ? zip::deflated_entry(config_name, config, 1) : zip::zip_entry(config_name, config),
      zip::zip_entry(std::string(kWeightsMember), std::string(zip::text_of(archive->find(kWeightsMember)->bytes)))};
  return zip.build();
}

TEST_F(Proportion, OfWhatJsonTakes) {
  const Filling fillings[] = {{"empty lists", "[]"},
                              {"zeros", "0"},
                              {"lists of a zero", "[0]"},
                              {"objects of a zero", R"({"a":0})"},
                              {"short strings", R"("a")"},
                              {"strings just too long to stand in place", R"("abcdefghijklmnop")"},
                              {"NaNs", "NaN"},
                              {"keys", "0", true},
                              {"keys of lists", "[]", true}};
  constexpr std::size_t kMebibyte = 1 << 20;
  int loaded = 0;
  int refused = 0;
  for (const Filling& filling : fillings) {
    for (const std::size_t bytes : {kMebibyte / 4, 3 * kMebibyte / 2, 6 * kMebibyte}) {
      for (const bool deflated : {false, true}) {
        const std::string file = stuffed(filling, bytes, deflated);
        const bool loads = expect_in_proportion(
            zip::bytes_of(file), filling.name + (deflated ? ", deflated, " : ", ") + std::to_string(bytes));
        ++(loads ? loaded : refused);
      }
    }
  }
  // Neither is everything refused, nor is there nothing to refuse.
  EXPECT_GE(loaded, 20);
  EXPECT_GE(refused, 3);
}

// An archive of so many ReLUs, whose weights file says nothing of them: each takes two kilobytes when it is saved.
std::string of_relus(std::size_t count, bool deflated) {
  const auto file = read_file(REVIVE_SOURCE_DIR "/corpus/heavy/pool_of_a_minute.keras", {});
  const auto archive = read_archive(file->bytes(), {});
  std::string config =
      R"({"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [{"module":)"
      R"( "keras.layers", "class_name": "InputLayer", "config": {"name": "i", "batch_shape": [null, 4],)"
      R"( "dtype": "float32"}})";
  for (std::size_t i = 0; i < count; ++i) {
    config +=
        R"(, {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "r)" + std::to_string(i) + R"("}})";
  }
  config += "]}}";
  zip::ZipBuilder zip;
  const auto config_name = std::string(kConfigMember);
  zip.entries = {deflated ? zip::deflated_entry(config_name, config, 1) : zip::zip_entry(config_name, config),
                 zip::zip_entry(std::string(kWeightsMember), std::string(archive->find(kWeightsMember)->text()))};
  return zip.build();
}

TEST_F(Proportion, OfManyLayers) {
  EXPECT_TRUE(expect_in_proportion(zip::bytes_of(of_relus(4000, true)), "4,000 layers, deflated"));
  EXPECT_TRUE(expect_in_proportion(zip::bytes_of(of_relus(4000, false)), "4,000 layers"));
  for (const bool deflated : {false, true}) {
    const std::string file = of_relus(15'000, deflated);
    EXPECT_FALSE(expect_in_proportion(zip::bytes_of(file), "15,000 layers"));
    EXPECT_THAT(load_bytes(zip::bytes_of(file)).error().message, HasSubstr("(Limits::json_memory_bytes)"));
    EXPECT_TRUE(load_bytes(zip::bytes_of(file), {.limits = {.json_memory_bytes = 1 << 30}}));
  }
}

// The limit on depth and those of JSON and HDF5 fit together: what loads can be saved.
TEST(Depth, WhatLoadsCanBeSaved) {
  const Limits limits;
  auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3, 2}}}),
                                      *make_layer("LSTM", {{"units", 2}, {"return_sequences", true}})});
  ASSERT_TRUE(model) << model.error().text();
  for (std::uint64_t depth = 2; depth <= limits.layer_nesting; ++depth) {
    Layer inner = model->root();
    inner.set_name("");
    model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3, 2}}}), inner});
    ASSERT_TRUE(model) << model.error().text();
  }
  model->initialize(1);
  const auto saved = save_bytes(*model);
  ASSERT_TRUE(saved) << saved.error().text();
  const auto loaded = load_bytes(saved->bytes());
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_TRUE(save_bytes(*loaded));

  const auto deeper =
      Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3, 2}}}), model->root()});
  const auto refused = save_bytes(*deeper);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("Limits::layer_nesting"));
}

}  // namespace
}  // namespace revive::properties
