// What `revive layers` and `revive ops` say of each row, in listings.txt. A row that is not there yet is written with
//
//     REVIVE_WRITE_SENTENCES=1 build/release/tools/tools_test --gtest_filter='Listings.*'
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

constexpr const char* kFile = "tools/commands/listings.txt";

std::string listing(const std::vector<std::string>& call) {
  const properties::ChildEnd end = revive(call);
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  return end.out;
}

Value::Array rows(const std::vector<std::string>& call) {
  const auto list = parse_json(listing(call), {}, "listing");
  EXPECT_TRUE(list && list->is_array());
  return list ? list->as_array() : Value::Array();
}

std::string text(const Value& row, std::string_view key) {
  const Value* const found = row.find(key);
  EXPECT_TRUE(found != nullptr && found->is_string()) << key << " of " << row.brief();
  return found != nullptr && found->is_string() ? found->as_string() : "";
}

void expect_row(const std::string& name, const std::string& row) {
  if (is_recorded(kFile, name)) expect_recorded(kFile, name, row);
}

// Every row of what has rows there already, and no row that is gone.
void expect_rows(const std::string& kind, const std::map<std::string, std::map<std::string, std::string>>& said) {
  const Recorded recorded = read_recorded(kFile);
  for (const auto& [name, line] : recorded) {
    if (!name.starts_with(kind)) continue;
    const std::string rest = name.substr(kind.size());
    const std::size_t space = rest.find(' ');
    const auto of = said.find(rest.substr(0, space));
    EXPECT_TRUE(of != said.end() && of->second.contains(rest.substr(space + 1))) << "gone: " << name;
  }
  const bool writes = std::getenv("REVIVE_WRITE_SENTENCES") != nullptr;
  Recorded known;
  for (const auto& [of, lines] : said) {
    const auto row = [&](const auto& each) { return kind + of + " " + each.first; };
    if (!writes && std::ranges::none_of(lines, [&](const auto& each) { return recorded.contains(row(each)); }))
      continue;
    for (const auto& each : lines) known.emplace(row(each), each.second);
  }
  expect_recorded(kFile, known);
}

TEST(Listings, OfFieldsAreAsRecorded) {
  std::map<std::string, std::map<std::string, std::string>> said;
  for (const Value& row : rows({"layers", "--json"})) {
    const auto [at, fresh] = said[text(row, "layer")].emplace(text(row, "field"), print_json(row));
    EXPECT_TRUE(fresh) << print_json(row);
  }
  expect_rows("layer ", said);
}

// What Keras writes into the layer's own config is listed as the layer's own fields.
TEST(Listings, OfFieldsNameNoLayerThatIsSpelledOut) {
  std::vector<std::string> types;
  for (const Value& row : rows({"layers", "--json"})) {
    if (text(row, "layer") == "ConvLSTM2D") types.push_back(text(row, "type"));
  }
  EXPECT_GT(types.size(), 10U);
  EXPECT_THAT(types, testing::Each(testing::Not(testing::HasSubstr("cell"))));
}

TEST(Listings, OfOpsAreAsRecorded) {
  for (const Value& row : rows({"ops", "--json"})) expect_row("op " + text(row, "function"), print_json(row));
}

// One of each kind: examples of several inputs, parameters that are gone, any number of arguments.
TEST(Listings, OfFunctionsAreAsRecorded) {
  constexpr std::string_view kSome[] = {
      "K.mean",          "tf.reduce_sum",  "tf.gather",  "K.concatenate", "ops.einsum",
      "tf.image.resize", "np.expand_dims", "ops.arange", "tf.one_hot",    "K.rnn"};
  for (const Value& row : rows({"ops", "--functions", "--json"})) {
    const std::string path = text(row, "path");
    if (std::ranges::find(kSome, path) != std::end(kSome)) expect_row("function " + path, print_json(row));
  }
}

// The lines of some rows, so that columns are where they were.
TEST(Listings, ForPeopleAreAsRecorded) {
  const auto line = [](const std::string& all, std::string_view begins) {
    const std::size_t at = ('\n' + all).find('\n' + std::string(begins));
    return at == std::string::npos ? "" : all.substr(at, all.find('\n', at) - at);
  };
  const auto words = [](const std::string& all) {
    std::string said;
    for (const char c : all) {
      if (c != ' ' || (!said.empty() && said.back() != ' ')) said += c;
    }
    return said;
  };
  const std::string markdown = listing({"layers", "--markdown"});
  const std::string table = listing({"layers"});
  const std::string ops = listing({"ops"});
  for (const std::string_view begins :
       {"| layer", "| Dense | units", "| Dense | use_bias", "| Bidirectional | layer"}) {
    expect_row("markdown " + std::string(begins), line(markdown, begins));
  }
  for (const std::string_view begins : {"layer", "Dense ", "Identity", "StackedRNNCells"}) {
    expect_row("table " + std::string(begins), words(line(table, begins)));
  }
  for (const std::string_view begins : {"keras.ops", "sum(", "floor_divide(", "trunc("}) {
    expect_row("ops " + std::string(begins), words(line(ops, begins)));
  }
  EXPECT_TRUE(('\n' + listing({"ops", "--functions"})).contains("\ntf.reduce_sum\n"));
}

}  // namespace
}  // namespace revive::tools
