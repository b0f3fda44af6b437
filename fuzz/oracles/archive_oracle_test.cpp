#include "revive/fuzz/oracles/archive_oracle.h"

#include <gtest/gtest.h>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/model/sequential.h"
#include "revive/serializer/zip/archive.h"

namespace revive::fuzz {
namespace {

Sequential dense(std::int64_t units) {
  auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}});
  auto layer = make_layer("Dense", {{"units", units}});
  auto model = Sequential::make("m", {*input, *layer});
  model->initialize(1);
  return *model;
}

ArchiveVerdict judge(const std::string& bytes) {
  return judge_archive(std::as_bytes(std::span(bytes)));
}

TEST(ArchiveOracle, AModelThatSurvivesIsRunAndIsNoFinding) {
  const ArchiveVerdict verdict = judge(*archive_of(dense(2)));
  EXPECT_FALSE(verdict.refused);
  EXPECT_FALSE(verdict.finding) << *verdict.finding;
  EXPECT_TRUE(verdict.ran);
}

TEST(ArchiveOracle, TheStructureIsTheConfigAndNotTheWeights) {
  Sequential other_weights = dense(2);
  other_weights.layers()[1].weights()[0].data<float>()[0] = 7;
  const std::uint64_t structure = judge(*archive_of(dense(2))).structure;
  EXPECT_EQ(judge(*archive_of(other_weights)).structure, structure);
  EXPECT_NE(judge(*archive_of(dense(3))).structure, structure);
}

TEST(ArchiveOracle, ACleanErrorIsNoFinding) {
  const ArchiveVerdict verdict = judge("no archive");
  ASSERT_TRUE(verdict.refused);
  EXPECT_EQ(verdict.refused->code, ErrorCode::archive_not_zip);
  EXPECT_FALSE(verdict.finding);
}

TEST(ArchiveParts, WhatIsOpenedAndSealedIsTheSameArchive) {
  const std::string archive = *archive_of(dense(2));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(archive.data());
  const auto parts = open_archive({bytes, archive.size()});
  ASSERT_TRUE(parts);
  const std::string sealed = repack_archive(*parts);
  const auto again = open_archive({reinterpret_cast<const std::uint8_t*>(sealed.data()), sealed.size()});
  ASSERT_TRUE(again);
  ASSERT_EQ(again->parts.size(), parts->parts.size());
  for (std::size_t i = 0; i < parts->parts.size(); ++i) {
    EXPECT_EQ(again->parts[i].name, parts->parts[i].name);
    EXPECT_EQ(again->parts[i].bytes, parts->parts[i].bytes);
  }
}

}  // namespace
}  // namespace revive::fuzz
