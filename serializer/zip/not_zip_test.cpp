// What a file is instead of an archive is told by its first bytes, kind by kind.
#include "revive/serializer/zip/not_zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::zip {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string said_of(std::string_view file) {
  const Error error = no_zip(bytes_of(file)).error();
  EXPECT_EQ(error.code, ErrorCode::archive_not_zip) << file;
  EXPECT_EQ(error.place, "archive");
  expect_recorded("serializer/sentences.txt", error.message);
  return error.message;
}

TEST(NotZip, EachKindIsToldByItsFirstBytes) {
  const std::pair<std::string, std::string_view> rows[] = {
      {"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "this is a Git LFS pointer"},
      {"<!DOCTYPE html><html>", "this is a web page"},
      {"\r\n\t <HTML lang=\"en\">", "this is a web page"},
      {"<?xml version=\"1.0\"?><Error/>", "this is XML"},
      {"\x80\x02}q", "this is a pickle"},
      {"\x80\x03}q", "this is a pickle"},
      {"\x80\x04\x95", "this is a pickle"},
      {"\x80\x05\x95", "this is a pickle"},
      {"\x93NUMPY\x01", "this is a NumPy array"},
      {"\x1f\x8b\x08", "this is compressed with gzip"},
      {"Rar!\x1a\x07", "this is an archive of another kind than zip"},
      {"7z\xBC\xAF\x27\x1C", "this is an archive of another kind than zip"},
      {"\xFD\x37zXZ", "this is an archive of another kind than zip"},
      {"BZh9", "this is an archive of another kind than zip"},
      {" {\"class_name\": \"Sequential\"}", "this is JSON"},
      {"\x89HDF\r\n\x1a\n....model_config....", "Keras' older HDF5 format"},
      {"\x89HDF\r\n\x1a\n....", "most likely weights alone"},
  };
  for (const auto& [file, sentence] : rows) EXPECT_THAT(said_of(file), HasSubstr(sentence)) << file;
}

TEST(NotZip, WhatIsNoneOfThemIsQuoted) {
  for (const std::string_view file : {"Entry not found", "\x80\x01", "\x80\x06", "\x1f\x8c", "Rar", "7z\xBC", "BZ9",
                                      "<htm", "version https://example.org"}) {
    EXPECT_THAT(said_of(file), HasSubstr("expected a zip archive that starts with")) << file;
    EXPECT_THAT(said_of(file), Not(HasSubstr("this is"))) << file;
  }
  EXPECT_THAT(said_of("Entry not found"), HasSubstr("found \"Entry not found\""));
  // Blanks in front are skipped, but not more than a few of them.
  EXPECT_THAT(said_of(std::string(255, ' ') + "{"), HasSubstr("this is JSON"));
  EXPECT_THAT(said_of(std::string(256, ' ') + "{"), Not(HasSubstr("this is JSON")));
}

TEST(NotZip, AnArchiveThatIsCutOffIsNoOtherKind) {
  for (const std::string_view file : {"P", "PK", "PK\x03", "PK\x03\x04", "PK\x03\x04 and more"}) {
    const Error error = no_zip(bytes_of(file)).error();
    EXPECT_EQ(error.code, ErrorCode::archive_truncated) << file;
    EXPECT_THAT(error.message, HasSubstr(std::to_string(file.size()) + " bytes"));
  }
  EXPECT_THAT(said_of("PK\x03\x05"), HasSubstr("expected a zip archive that starts with"));
  EXPECT_THAT(said_of(""), HasSubstr("found an empty file"));
}

}  // namespace
}  // namespace revive::zip
