// What is said of files that are damaged in every place, in damage.txt: each sentence, without its numbers and names,
// with how often it was said. What guards a place says so; where a guard goes, something else is said, or nothing.
// After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/serializer/serializer_test --gtest_filter='Damage.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "revive/model/testing/said.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/io/base64.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/python/testing.h"
#include "revive/serializer/zip/archive.h"

namespace revive {
namespace {

constexpr const char* kFile = "serializer/damage.txt";

using Bytes = std::vector<std::byte>;

Buffer file_of(const std::string& name) {
  return read_file(std::string(REVIVE_SOURCE_DIR) + "/corpus/" + name, {}).value();
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Each byte at which `is_changed`, in some ways.
template <typename Try>
void change_bytes(std::span<const std::byte> whole, const std::function<bool(std::size_t at)>& is_changed,
                  const Try& attempt) {
  Bytes bytes(whole.begin(), whole.end());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (!is_changed(at)) continue;
    const std::byte before = bytes[at];
    for (const std::byte other : {before ^ std::byte{1}, before ^ std::byte{0x80}, std::byte{0}}) {
      if (other == before) continue;
      bytes[at] = other;
      attempt(bytes);
    }
    bytes[at] = before;
  }
}
bool everywhere(std::size_t) {
  return true;
}

constexpr const char* kArchives[] = {"small/capturing_lambda.keras", "small/deflated.keras"};

TEST(Damage, OfContainersIsSaid) {
  for (const std::string name : kArchives) {
    const Buffer file = file_of(name);
    testing::Said said;
    const auto attempt = [&](std::span<const std::byte> bytes) {
      const auto archive = read_archive(bytes, {});
      archive ? said.add("it is read") : said.add(archive.error());
    };
    // The first local header and the directory with its end; of the data little.
    constexpr std::size_t kBegin = 60;
    constexpr std::size_t kEnd = 260;
    constexpr std::size_t kStride = 499;
    const std::size_t end = file.bytes().size() - kEnd;
    change_bytes(file.bytes(), [&](std::size_t at) { return at < kBegin || at >= end || at % kStride == 0; }, attempt);
    for (std::size_t size = 0; size < file.bytes().size(); size += size < end ? kStride : 1) {
      attempt(file.bytes().first(size));
    }
    said.expect(kFile, name);
  }
}

TEST(Damage, OfWeightsIsSaid) {
  for (const std::string name : {"small/deflated.keras", "keras/lstm.keras"}) {
    const Buffer file = file_of(name);
    const auto archive = read_archive(file.bytes(), {}).value();
    testing::Said said;
    const auto attempt = [&](std::span<const std::byte> bytes) {
      const auto group = hdf5::read(bytes);
      group ? said.add("it is read") : said.add(group.error());
    };
    const auto weights = archive.find(kWeightsMember)->bytes;
    change_bytes(weights, everywhere, attempt);
    for (std::size_t size = 0; size < weights.size(); size += 97) attempt(weights.first(size));
    said.expect(kFile, name + " weights");
  }
}

// Each value of a document, another in its place; each member of an object, gone or under another name.
template <typename Try>
void change_each_value(Value& document, Value& here, const Try& attempt) {
  static const Value kOthers[] = {
      {}, {0}, {-1}, {7}, {1.5}, {true}, {"x"}, {Value::Array{}}, {Value::Object{}}, {Value::Array{1, 2}}};
  const Value before = here;
  for (const Value& other : kOthers) {
    here = other;
    attempt(document);
  }
  here = before;
  if (here.is_array()) {
    for (std::size_t i = 0; i < here.as_array().size(); ++i) change_each_value(document, here.as_array()[i], attempt);
    if (!here.as_array().empty()) {
      here.as_array().push_back(Value(here.as_array().back()));
      attempt(document);
      here = before;
      here.as_array().pop_back();
      attempt(document);
      here = before;
    }
  }
  if (!here.is_object()) return;
  for (std::size_t i = 0; i < here.as_object().size(); ++i) {
    change_each_value(document, here.as_object()[i].second, attempt);
    here.as_object()[i].first += "_";
    attempt(document);
    here = before;
    here.as_object().erase(here.as_object().begin() + static_cast<std::ptrdiff_t>(i));
    attempt(document);
    here = before;
  }
}

TEST(Damage, OfConfigsIsSaid) {
  testing::Said said;
  for (const std::string name :
       {"keras/dense", "keras/lambda_last_steps", "keras/lstm_masked", "keras/conv2d_groups", "keras/gru_reset_before",
        "keras/conv1d_same_strides", "rescues/closure_cells", "keras/reshape", "training_code/loss_is_a_lambda"}) {
    const Buffer file = file_of(name + ".keras");
    const auto archive = read_archive(file.bytes(), {}).value();
    Value document = parse_json(text_of(archive.find(kConfigMember)->bytes), {}, kConfigMember).value();
    change_each_value(document, document, [&](const Value& changed) {
      const auto model = model_from_config(changed);
      model ? said.add("it is read") : said.add(model.error());
    });
  }
  said.expect(kFile, "configs");
}

TEST(Damage, OfJsonIsSaid) {
  testing::Said said;
  const std::string text = R"({"a": [1, -2.5e3, true, null, "b\u00e9\n"], "c": {"d": NaN, "e": -Infinity}, "f": ""})";
  const auto attempt = [&](std::span<const std::byte> bytes) {
    const auto value = parse_json(text_of(bytes), {}, "json");
    value ? said.add("it is read") : said.add(value.error());
  };
  change_bytes(std::as_bytes(std::span(text)), everywhere, attempt);
  for (std::size_t size = 0; size < text.size(); ++size) attempt(std::as_bytes(std::span(text).first(size)));
  said.expect(kFile, "json");
}

std::string without_breaks(std::string text) {
  std::erase(text, '\n');
  return text;
}

// The code of lambdas as Python's versions compile them.
TEST(Damage, OfCodeIsSaid) {
  constexpr const char* kLambdas[] = {"identity",
                                      "comparison_0",
                                      "index_9",
                                      "numpy_0",
                                      "conditional_0",
                                      "closure_array",
                                      "default_and_closure",
                                      "keywords_all",
                                      "starred",
                                      "def_if",
                                      "def_unpack",
                                      "comprehension_if",
                                      "comprehension_nested",
                                      "generator",
                                      "nested_lambda_default",
                                      "for_loop",
                                      "loop_append",
                                      "inner_closure",
                                      "f_string",
                                      "dict_comprehension",
                                      "set_display",
                                      "raised",
                                      "changed_capture",
                                      "deleted"};
  for (const std::string_view version : testing::kPythonVersions) {
    testing::Said said;
    for (const char* const name : kLambdas) {
      const Value* const entry = testing::compiled(version).find(name);
      if (entry == nullptr) continue;
      Value changed = *entry;
      Value* const code = changed.find("config")->find("code");
      const Bytes bytes = from_base64(without_breaks(code->as_string())).value();
      const auto attempt = [&](std::span<const std::byte> damaged) {
        *code = Value(to_base64(damaged));
        const auto lambda = testing::read_lambda(changed);
        lambda ? said.add("it is read") : said.add(lambda.error());
      };
      change_bytes(bytes, everywhere, attempt);
    }
    said.expect(kFile, fmt::format("Python {}", version));
  }
}

}  // namespace
}  // namespace revive
