// Whether archives of stock Keras show every class: from the table of classes, so that one which comes without fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>
#include <set>

#include "revive/model/config.h"
#include "revive/model/registry.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/corpus/manifest.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

constexpr std::size_t kLeast = 4;

struct Shown {
  std::set<std::string> archives;
  // Different by config, policy or what the layer is fed.
  std::set<std::string> configurations;
};

class Gallery {
 public:
  void add(const std::string& archive, const Layer& layer) {
    Shown& shown = shown_[layer.layer_class().name];
    shown.archives.insert(archive);
    shown.configurations.insert(configuration(layer));
    if (const Layer* const cell = layer.flattened()) add(archive, *cell);
  }
  const Shown& of(const std::string& class_name) { return shown_[class_name]; }

 private:
  static Value config_of(const Layer& layer) {
    ConfigWriteHooks hooks;
    hooks.child = config_of;
    Value::Object config = write_config(layer, hooks);
    std::erase_if(config, [](const auto& entry) { return entry.first == "name"; });
    return Value(std::move(config));
  }
  static std::string configuration(const Layer& layer) {
    return fmt::format("{} {} {}", print_json(config_of(layer)), to_string(layer.input_shape()),
                       name_of(layer.input_dtype()));
  }

  std::map<std::string, Shown> shown_;
};

TEST(Corpus, HasFourArchivesOfKerasInFourConfigurationsForEveryClass) {
  const auto manifest = Manifest::read(corpus("manifest.json"));
  ASSERT_TRUE(manifest.has_value()) << manifest.error().text();
  Gallery gallery;
  for (const ManifestEntry& entry : manifest->entries()) {
    if (!entry.file.starts_with("keras/") || entry.verdict.kind != Verdict::Kind::revives) continue;
    const auto model = load(manifest->path_of(entry.file));
    ASSERT_TRUE(model.has_value()) << entry.file << ": " << model.error().text();
    visit_layers(model->root(), [&](const std::string&, const Layer& layer) { gallery.add(entry.file, layer); });
  }
  std::vector<std::string> missing;
  for (const LayerClass* layer_class : layer_classes()) {
    const Shown& shown = gallery.of(layer_class->name);
    if (shown.archives.size() >= kLeast && shown.configurations.size() >= kLeast) continue;
    missing.push_back(fmt::format("{}: {} archives, {} configurations", layer_class->name, shown.archives.size(),
                                  shown.configurations.size()));
  }
  EXPECT_THAT(missing, testing::IsEmpty());
}

}  // namespace
}  // namespace revive::tools
