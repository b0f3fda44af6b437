// Members, metadata and options of whole archives, and names of groups, each condition from both sides.
#include <gtest/gtest.h>

#include "revive/model/lambda.h"
#include "revive/serializer/keras/weights_codec.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"

namespace revive {
namespace {

Layer layer(std::string_view class_name, const Value::Object& config) {
  return make_layer(class_name, config).value();
}

Sequential model_of(std::vector<Layer> layers) {
  layers.insert(layers.begin(), layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}}));
  auto model = Sequential::make("m", std::move(layers)).value();
  model.initialize(3);
  return model;
}

std::string message_of(const Result<Buffer>& saved) {
  return saved ? "" : saved.error().message;
}

// The archive with one member's text replaced.
std::string with_member(const Sequential& model, std::string_view name, std::string_view text) {
  const auto saved = save_bytes(model);
  const auto archive = read_archive(saved->bytes(), {});
  std::vector<ArchiveMember> members(archive->members().begin(), archive->members().end());
  for (ArchiveMember& member : members) {
    if (member.name == name) member.bytes = std::as_bytes(std::span(text));
  }
  const auto written = write_archive(members);
  return {reinterpret_cast<const char*>(written->bytes().data()), written->bytes().size()};
}

TEST(ArchiveConditions, AByteOrderMarkIsSaidOfTheTextsAlone) {
  const Sequential model = model_of({layer("Dense", {{"units", 2}})});
  const auto warned = [&](std::string_view name, const std::string& mark) {
    const auto saved = save_bytes(model);
    const auto archive = read_archive(saved->bytes(), {});
    const std::string text = mark + std::string(archive->find(name)->text());
    const std::string file = with_member(model, name, text);
    std::string sentences;
    LoadOptions options;
    options.warn = [&](std::string_view sentence) { sentences += sentence; };
    const auto loaded = load_bytes(std::as_bytes(std::span(file)), options);
    return loaded ? sentences : loaded.error().text();
  };
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(warned(kConfigMember, ""), "");
  EXPECT_EQ(warned(kMetadataMember, ""), "");
  EXPECT_EQ(warned(kConfigMember, mark), "not written back: a byte order mark in config.json");
  EXPECT_EQ(warned(kMetadataMember, mark), "not written back: a byte order mark in metadata.json");
}

TEST(ArchiveConditions, TheVersionOfKerasIsAStringOrTheNewest) {
  const Sequential model = model_of({layer("Dense", {{"units", 2}, {"activation", "hard_sigmoid"}})});
  const auto refused = [&](std::string_view metadata) {
    const std::string file = with_member(model, kMetadataMember, metadata);
    const auto loaded = load_bytes(std::as_bytes(std::span(file)));
    return loaded ? loaded->keras_version() : loaded.error().message;
  };
  EXPECT_EQ(refused(R"({"keras_version": "3.5.0", "date_saved": "now"})"), "3.5.0");
  EXPECT_NE(refused(R"({"keras_version": 3})"), "3");
  EXPECT_NE(refused(R"({})"), "");
}

TEST(ArchiveConditions, ALambdaIsSavedWhereItWasBuilt) {
  const auto built = model_of({*make_lambda("-x", {}, "l")});
  EXPECT_EQ(message_of(save_bytes(built)), "");
  EXPECT_EQ(message_of(save_bytes(built, {.verify = false})), "");
  const auto unbuilt = Sequential::make("m", {*make_lambda("-x", {}, "l")});
  EXPECT_NE(message_of(save_bytes(*unbuilt)), "");
  EXPECT_NE(message_of(save_bytes(*unbuilt, {.verify = false})), "");
  EXPECT_EQ(message_of(save_bytes(*Sequential::make("m", {layer("ReLU", {})}))), "");
}

TEST(ArchiveConditions, WeightsAreWhereTheirNamesSay) {
  const Sequential model = model_of({layer("Dense", {{"units", 2}}), layer("Dense", {{"units", 3}})});
  const auto renamed = [&](std::string_view from, std::string_view to) {
    auto file = *model_to_weights(model);
    auto& links = file.links.find("layers")->second;
    auto& groups = std::get<hdf5::Group>(links).links;
    auto node = groups.extract(std::string(from));
    node.key() = std::string(to);
    groups.insert(std::move(node));
    Sequential copy = model;
    const Status status = weights_to_model(file, copy);
    return status.has_value();
  };
  EXPECT_TRUE(renamed("dense_1", "dense_1"));
  EXPECT_FALSE(renamed("dense_1", "dense_x"));
  EXPECT_FALSE(renamed("dense_1", "dense_1x"));
  EXPECT_FALSE(renamed("dense_1", "dense_0"));
  EXPECT_FALSE(renamed("dense_1", "dens_1"));
}

}  // namespace
}  // namespace revive
