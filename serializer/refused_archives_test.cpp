// What a user reads of each archive of corpus/ that is refused, word by word.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"

namespace revive {
namespace {

TEST(RefusedArchives, EverySentenceIsAsRecorded) {
  const std::string corpus = std::string(REVIVE_SOURCE_DIR) + "/corpus/";
  std::ifstream manifest(corpus + "manifest.json", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(manifest)), std::istreambuf_iterator<char>());
  const auto entries = parse_json(text, {}, "manifest");
  ASSERT_TRUE(entries) << entries.error().text();
  std::size_t refused = 0;
  for (const Value& entry : entries->as_array()) {
    if (*entry.find("verdict") != Value("refused")) continue;
    const std::string& file = entry.find("file")->as_string();
    const auto model = load(corpus + file);
    ASSERT_FALSE(model) << file;
    std::string said = model.error().text();
    const std::string place = corpus + file + ": ";
    ASSERT_TRUE(said.starts_with(place)) << said;
    said.erase(0, place.size());
    // What follows is the JSON library's, which says it differently from version to version.
    constexpr std::string_view kOfTheLibrary = "found what is not: ";
    if (const std::size_t at = said.find(kOfTheLibrary); at != std::string::npos)
      said.resize(at + kOfTheLibrary.size());
    expect_recorded("serializer/refused_archives.txt", file, said);
    ++refused;
  }
  EXPECT_GT(refused, 80U);
}

}  // namespace
}  // namespace revive
