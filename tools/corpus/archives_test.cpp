// What is said of --bind and --lambda, and what stands beside an archive in their stead.
#include "revive/tools/corpus/archives.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "revive/tools/console/text.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::ElementsAre;

class Archives : public FolderTest {
 protected:
  // The sentence of a refusal; "" where there is none.
  static std::string refusal(const std::vector<std::string>& bind, const std::vector<std::string>& lambdas = {}) {
    LoadRequest request;
    request.bind = bind;
    request.lambdas = lambdas;
    const auto options = load_options(request);
    return options ? "" : options.error().text();
  }
  Result<LoadRequest> beside(const std::string& text) const {
    write_text(in_folder("a.b.load.json"), text);
    return recorded_request(in_folder("a.b.keras"));
  }
};

TEST_F(Archives, OptionsAreNamesAndValues) {
  const std::string array = in_folder("x.npy");
  ASSERT_TRUE(write_array(array, Tensor::from<float>({2}, {1, 2})));
  LoadRequest request;
  request.bind = {"A=1", "B='a=b'", "C=@" + array, "D=tf.reduce_sum"};
  request.lambdas = {"one=lambda x: x == 1", "two=lambda x: x"};
  request.limits.json_bytes = 5;
  const auto options = load_options(request);
  ASSERT_TRUE(options) << options.error().text();
  std::vector<std::string> bound;
  for (const auto& [name, value] : options->bind) bound.push_back(name);
  EXPECT_THAT(bound, ElementsAre("A", "B", "C", "D"));
  EXPECT_EQ(capture_text(options->bind[0].second), "1");
  EXPECT_EQ(capture_text(options->bind[1].second), "\"a=b\"");
  EXPECT_THAT(capture_text(options->bind[2].second), testing::HasSubstr("(2,)"));
  EXPECT_EQ(capture_text(options->bind[3].second), "tf.reduce_sum");
  ASSERT_EQ(options->lambdas.size(), 2U);
  EXPECT_EQ(options->lambdas[0].layer, "one");
  EXPECT_EQ(options->lambdas[0].text, "lambda x: x == 1");
  EXPECT_EQ(options->limits.json_bytes, 5U);
}

TEST_F(Archives, OptionsThatAreWrongAreSaidToBe) {
  for (const char* const written : {"", "A", "=1", "A="}) {
    EXPECT_EQ(refusal({written}), fmt::format("--bind expects NAME=VALUE, found '{}'", written));
    EXPECT_EQ(refusal({}, {written}), fmt::format("--lambda expects LAYER='lambda x: ...', found '{}'", written));
  }
  EXPECT_EQ(refusal({"A=1", "B=1", "A=2"}), "--bind gives A twice");
  EXPECT_EQ(refusal({"A=1"}, {"A=lambda x: x", "A=lambda x: x"}), "--lambda gives A twice");
  EXPECT_EQ(refusal({"A=@" + in_folder("none.npy")}),
            in_folder("none.npy") + ": cannot read: No such file or directory");
  EXPECT_TRUE(refusal({"A=?"}).starts_with("--bind A: ")) << refusal({"A=?"});
  LoadRequest request;
  request.bind = {"A"};
  EXPECT_EQ(load_options(request).error().code, ErrorCode::usage);
}

TEST_F(Archives, WhatStandsBesideThemIsTaken) {
  const auto nothing = recorded_request(in_folder("a.b.keras"));
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->bind.empty() && nothing->lambdas.empty());
  const auto both = beside(R"({"bind": ["A=1", "B=2"], "lambda": ["l=lambda x: x"]})");
  ASSERT_TRUE(both) << both.error().text();
  EXPECT_THAT(both->bind, ElementsAre("A=1", "B=2"));
  EXPECT_THAT(both->lambdas, ElementsAre("l=lambda x: x"));
  const std::pair<const char*, const char*> wrong[] = {
      {"[]", R"(expected a list "bind")"},
      {R"({"lambda": []})", R"(expected a list "bind")"},
      {R"({"bind": []})", R"(expected a list "lambda")"},
      {R"({"bind": "A=1", "lambda": []})", R"(expected a list "bind")"},
      {R"({"bind": [], "lambda": {}})", R"(expected a list "lambda")"},
      {R"({"bind": ["A=1", 2], "lambda": []})", "expected strings, found 2"}};
  for (const auto& [text, says] : wrong) {
    const auto request = beside(text);
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(request.error().text(), in_folder("a.b.load.json") + ": " + says);
    EXPECT_EQ(request.error().code, ErrorCode::manifest_format);
  }
  EXPECT_TRUE(beside("{").error().text().starts_with(in_folder("a.b.load.json") + ": line 1"));
}

}  // namespace
}  // namespace revive::tools
