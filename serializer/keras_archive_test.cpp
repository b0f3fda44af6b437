// Whole archives: what is saved comes back, equal models give equal bytes, and a failed save changes nothing.
#include "revive/serializer/keras_archive.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "revive/model/lambda.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/zip/archive.h"

namespace revive {
namespace {

namespace fs = std::filesystem;

Layer layer(std::string_view class_name, const Value::Object& config) {
  auto made = make_layer(class_name, config);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return std::move(*made);
}

Layer lambda(std::string_view text, const Captures& captures) {
  auto made = make_lambda(text, captures);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return std::move(*made);
}

Sequential model_of(std::vector<Layer> layers) {
  layers.insert(layers.begin(), layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 10, 4}}}));
  auto model = Sequential::make("m", std::move(layers));
  EXPECT_TRUE(model) << (model ? "" : model.error().text());
  model->initialize(3);
  return std::move(*model);
}

Sequential plain_model() {
  return model_of({layer("Dense", {{"units", 3}, {"bias_initializer", "zeros"}}),
                   lambda("lambda x: x[:, -CONV_WIDTH:, :] * scale", {{"CONV_WIDTH", Value(3)}, {"scale", Value(0.5)}}),
                   layer("LSTM", {{"units", 2}})});
}

Buffer saved(const Sequential& model, const SaveOptions& options = {}) {
  auto archive = save_bytes(model, options);
  EXPECT_TRUE(archive) << (archive ? "" : archive.error().text());
  return std::move(*archive);
}

class KerasArchiveFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "revive-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(std::string_view name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

TEST(KerasArchive, BringsTheSameModelBack) {
  const Sequential model = plain_model();
  const auto loaded = load_bytes(saved(model).bytes());
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(first_difference(model, *loaded), std::nullopt);
  ASSERT_TRUE(loaded->layers()[2].lambda()->annotation);
  EXPECT_EQ(loaded->layers()[2].lambda()->annotation->text, "lambda x: x[:, -CONV_WIDTH:, :] * scale");
}

TEST(KerasArchive, GivesEqualModelsEqualBytes) {
  const Buffer first = saved(plain_model());
  const Buffer second = saved(plain_model());
  EXPECT_TRUE(std::ranges::equal(first.bytes(), second.bytes()));
}

TEST(KerasArchive, DropsWhatIsForTrainingWhenPortable) {
  Sequential model = plain_model();
  model.set_compile_config(Value::Object{{"loss", "mse"}});
  model.set_training_tensors({{"optimizer/vars/0", Tensor::from<std::int32_t>({}, {7})}});
  const auto full = load_bytes(saved(model).bytes());
  ASSERT_TRUE(full) << full.error().text();
  EXPECT_EQ(first_difference(model, *full), std::nullopt);

  const auto without_training_state = load_bytes(saved(model, {.without_training_state = true}).bytes());
  ASSERT_TRUE(without_training_state) << without_training_state.error().text();
  EXPECT_TRUE(without_training_state->compile_config().is_null());
  EXPECT_TRUE(without_training_state->training_tensors().empty());
  EXPECT_TRUE(without_training_state->layers()[1].training_only().empty());
}

TEST(KerasArchive, CarriesAssets) {
  Sequential model = plain_model();
  model.set_assets({{"assets/words.txt", {std::byte{'a'}, std::byte{'b'}}}});
  const auto loaded = load_bytes(saved(model).bytes());
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(loaded->assets(), model.assets());
}

TEST(KerasArchive, RefusesWeightsThatDoNotFit) {
  const Sequential narrow = model_of({layer("Dense", {{"units", 3}})});
  const Sequential wide = model_of({layer("Dense", {{"units", 4}})});
  const Buffer a = saved(narrow);
  const Buffer b = saved(wide);
  const auto config = read_archive(a.bytes(), {});
  const auto weights = read_archive(b.bytes(), {});
  ASSERT_TRUE(config && weights);
  const ArchiveMember members[] = {*config->find(kConfigMember), *weights->find(kWeightsMember)};
  const auto mixed = write_archive(members);
  ASSERT_TRUE(mixed);
  const auto loaded = load_bytes(mixed->bytes());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().text(),
            "model.weights.h5: /layers/dense/vars/0: expected kernel of shape (4, 3), found (4, 4)");
  EXPECT_EQ(loaded.error().code, ErrorCode::weights_shape);
}

// The archive with `from` in its metadata.json replaced by `to`.
Buffer with_metadata(const Buffer& archive, std::string_view from, std::string_view to) {
  const auto members = read_archive(archive.bytes(), {});
  const auto bytes = members->find(kMetadataMember)->bytes;
  std::string metadata(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t at = metadata.find(from);
  EXPECT_NE(at, std::string::npos) << metadata;
  metadata.replace(at, from.size(), to);
  const ArchiveMember changed[] = {{std::string(kMetadataMember), std::as_bytes(std::span(metadata))},
                                   *members->find(kConfigMember),
                                   *members->find(kWeightsMember)};
  auto rewritten = write_archive(changed);
  EXPECT_TRUE(rewritten) << (rewritten ? "" : rewritten.error().text());
  return std::move(*rewritten);
}

TEST(KerasArchive, RefusesAnAnnotationOfAnotherGraph) {
  const Buffer archive = with_metadata(saved(plain_model()), "0.5", "0.7");
  const auto loaded = load_bytes(archive.bytes());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::graph_annotation) << loaded.error().text();
  EXPECT_TRUE(loaded.error().place.starts_with("metadata.json: /revive/lambdas/layers/2")) << loaded.error().text();
}

TEST(KerasArchive, WarnsOfATextThatItCannotKeep) {
  const std::string own = fmt::format("\"lowering\": {}", kLoweringVersion);
  const auto warnings_of = [&](const Buffer& archive) {
    std::vector<std::string> warnings;
    const auto loaded =
        load_bytes(archive.bytes(), {.warn = [&](std::string_view text) { warnings.emplace_back(text); }});
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().text());
    EXPECT_EQ(loaded && loaded->layers()[2].lambda()->annotation, warnings.empty());
    return warnings;
  };
  const Buffer archive = saved(plain_model());
  EXPECT_EQ(warnings_of(archive), std::vector<std::string>());
  const Buffer older = with_metadata(archive, own, "\"lowering\": 1");
  EXPECT_EQ(warnings_of(older), std::vector<std::string>());
  EXPECT_EQ(warnings_of(with_metadata(older, "0.5", "0.7")),
            std::vector<std::string>{"metadata.json: /revive/lambdas/layers/2: the text of an older revive no longer "
                                     "gives this lambda and was dropped"});
  EXPECT_EQ(warnings_of(with_metadata(archive, own, fmt::format("\"lowering\": {}", kLoweringVersion + 1))),
            std::vector<std::string>{"metadata.json: /revive/lambdas/layers/2: the text of a newer revive cannot be "
                                     "judged here and was dropped"});
}

TEST(KerasArchive, KeepsAnOlderTextThatGivesTheSameNumbersOfASlice) {
  auto made = Sequential::make("m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}}),
                                     make_lambda("x[:, :2] * 2.0", {}).value()});
  ASSERT_TRUE(made) << made.error().text();
  const Buffer archive = saved(*made);
  const Buffer older = with_metadata(archive, fmt::format("\"lowering\": {}", kLoweringVersion), "\"lowering\": 4");
  const auto text_after = [&](std::string_view text) {
    const auto loaded = load_bytes(with_metadata(older, "x[:, :2] * 2.0", text).bytes());
    if (!loaded) return loaded.error().text();
    const auto& annotation = loaded->layers()[1].lambda()->annotation;
    return annotation ? annotation->text : std::string("dropped");
  };
  for (const std::string text : {"x[:, :2] + x[:, :2]", "(x + x)[:, :2]", "x[..., 0:2] * 2"}) {
    EXPECT_EQ(text_after(text), text);
  }
  for (const std::string text : {"x[:, 2:] + x[:, :2]", "x[:, :1] + x[:, :2]", "x + x"}) {
    EXPECT_EQ(text_after(text), "dropped") << text;
  }
}

TEST(KerasArchive, FollowsTheMaskRuleOfTheVersionThatSaved) {
  auto made =
      Sequential::make("m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}}),
                             layer("Embedding", {{"input_dim", 3}, {"output_dim", 2}, {"mask_zero", true}}),
                             layer("LSTM", {{"units", 2}, {"return_sequences", true}}), layer("LSTM", {{"units", 2}})});
  ASSERT_TRUE(made) << made.error().text();
  made->initialize(1);
  const Tensor input = Tensor::from<float>({1, 4}, {1, 2, 0, 0});
  const auto before = made->predict(input);
  made->set_keras_version("3.16.0");
  const auto after = made->predict(input);
  ASSERT_TRUE(before && after);
  EXPECT_FALSE(same_bits(*before, *after));
  const auto loaded = load_bytes(saved(*made).bytes());
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(loaded->keras_version(), "3.16.0");
  const auto again = loaded->predict(input);
  ASSERT_TRUE(again);
  EXPECT_TRUE(same_bits(*after, *again));
}

TEST(KerasArchive, RefusesToSaveWhatHasNoWeights) {
  const auto model = Sequential::make(
      "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}}), layer("Dense", {{"units", 3}})});
  ASSERT_TRUE(model);
  const auto archive = save_bytes(*model);
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().text(), "model.weights.h5: /layers/dense/vars: Dense 'dense' has no weights yet");
}

TEST_F(KerasArchiveFile, SavesOverAFileAndKeepsItsMode) {
  std::ofstream(path("m.keras")) << "old";
  ASSERT_EQ(chmod(path("m.keras").c_str(), 0640), 0);
  const Sequential model = plain_model();
  const auto report = save(model, path("m.keras"));
  ASSERT_TRUE(report) << report.error().text();
  struct stat info{};
  ASSERT_EQ(stat(path("m.keras").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0640U);
  const auto loaded = load(path("m.keras"));
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(first_difference(model, *loaded), std::nullopt);
}

// Writes something else than it is told, as a failing disk would.
class ChangingFileSystem : public FileSystem {
 public:
  using Bytes = std::vector<std::byte>;
  explicit ChangingFileSystem(std::function<Bytes(Bytes)> change) : change_(std::move(change)) {}

  IoResult<Target> resolve(const std::string& file) override { return real_.resolve(file); }
  IoResult<int> create(const std::string& file, const std::optional<Access>& access) override {
    return real_.create(file, access);
  }
  IoResult<std::size_t> write(int file, std::span<const std::byte> bytes) override {
    const auto written = real_.write(file, change_({bytes.begin(), bytes.end()}));
    return written ? IoResult<std::size_t>(bytes.size()) : written;
  }
  std::error_code sync(int file) override { return real_.sync(file); }
  std::error_code close(int file) override { return real_.close(file); }
  std::error_code rename(const std::string& from, const std::string& to) override { return real_.rename(from, to); }
  std::error_code unlink(const std::string& file) override { return real_.unlink(file); }
  std::error_code sync_folder(const std::string& file) override { return real_.sync_folder(file); }

 private:
  std::function<Bytes(Bytes)> change_;
  FileSystem& real_ = posix_file_system();
};

ChangingFileSystem::Bytes flipped(ChangingFileSystem::Bytes bytes) {
  bytes[bytes.size() / 2] ^= std::byte{1};
  return bytes;
}

TEST_F(KerasArchiveFile, SaysWhatOlderReadersLackOnceAndWhatItLeavesOut) {
  using testing::ElementsAre;
  Sequential model = model_of({lambda("lambda x: ops.celu(x) + ops.celu(x, 0.5)", {}),
                               layer("Dense", {{"units", 2}, {"kernel_initializer", "stft"}, {"name", "d"}})});
  const auto function = Value::Object{{"class_name", "__lambda__"}, {"config", Value::Object{{"code", "x"}}}};
  model.set_compile_config(Value::Object{{"loss", function}, {"optimizer", "sgd"}});
  const auto report_of = [&](const SaveOptions& options) {
    const auto report = save(model, path("m.keras"), options);
    EXPECT_TRUE(report) << report.error().text();
    return report.value_or(SaveReport{});
  };
  const std::string celu = "/layers/1 (Lambda 'lambda'): keras.ops.celu: 3.7.0";
  const std::string stft = "/layers/2 (Dense 'd'): kernel_initializer: stft: 3.7.0";
  const SaveReport safe = report_of({});
  EXPECT_THAT(safe.newer_keras, ElementsAre(celu, stft));
  EXPECT_THAT(safe.dropped, ElementsAre("compile_config: loss: a Python lambda"));
  const auto holds_code = [&] {
    return print_json(load(path("m.keras"))->compile_config()).find("__lambda__") != std::string::npos;
  };
  EXPECT_FALSE(holds_code());
  const SaveReport all = report_of({.keep_training_code = true});
  EXPECT_THAT(all.newer_keras, ElementsAre(celu, stft));
  EXPECT_THAT(all.dropped, ElementsAre());
  EXPECT_TRUE(holds_code());
  const SaveReport without = report_of({.without_training_state = true});
  EXPECT_THAT(without.newer_keras, ElementsAre(celu));
  EXPECT_THAT(without.dropped, ElementsAre("compile_config", "/layers/2 (Dense 'd'): kernel_initializer"));
}

TEST_F(KerasArchiveFile, VerifiesBeforeItRenames) {
  std::ofstream(path("m.keras")) << "old";
  ChangingFileSystem flipping(flipped);
  const auto report = save(plain_model(), path("m.keras"), {}, flipping);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::verify_failed) << report.error().text();
  EXPECT_EQ(report.error().place, path("m.keras"));
  EXPECT_TRUE(report.error().message.starts_with("what was written does not load: model.weights.h5: "))
      << report.error().message;
  std::ifstream file(path("m.keras"));
  std::string text;
  std::getline(file, text);
  EXPECT_EQ(text, "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1) << "a temporary file is left";
  EXPECT_TRUE(save(plain_model(), path("m.keras"), {.verify = false}, flipping)) << "without verify nobody looks";
}

TEST_F(KerasArchiveFile, SaysHowWhatIsReadBackDiffers) {
  const Buffer other = saved(model_of({layer("Dense", {{"units", 3}, {"name", "other"}})}));
  ChangingFileSystem swapping([&](const auto&) { return std::vector(other.bytes().begin(), other.bytes().end()); });
  const auto report = save(model_of({layer("Dense", {{"units", 3}, {"name", "d"}})}), path("m.keras"), {}, swapping);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().text(),
            path("m.keras") +
                ": what was written loads as another model: /config/layers/1/config/name: \"d\" became \"other\"");
}

TEST_F(KerasArchiveFile, NamesTheTargetWhereTheTemporaryFileCannotBeRead) {
  SaveOptions options;
  options.limits.archive_bytes = 100;
  const auto report = save(plain_model(), path("m.keras"), options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(report.error().place, path("m.keras"));
  EXPECT_TRUE(report.error().message.starts_with("what was written: expected ")) << report.error().message;
}

TEST_F(KerasArchiveFile, NamesTheFileThatCannotBeRead) {
  const auto loaded = load(path("none.keras"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::file_unreadable);
  EXPECT_TRUE(loaded.error().text().starts_with(path("none.keras") + ": ")) << loaded.error().text();
}

}  // namespace
}  // namespace revive
