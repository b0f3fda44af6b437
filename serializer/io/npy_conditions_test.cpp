// .npy files with one byte, key or bound changed at a time: what they are read as, and what is said.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "revive/model/tensor/element_type.h"
#include "revive/serializer/io/npy.h"

namespace revive {
namespace {

std::string file_of(int major, int minor, const std::string& header, const std::string& data) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(major);
  file += static_cast<char>(minor);
  for (int i = 0; i < (major == 2 ? 4 : 2); ++i) file += static_cast<char>(header.size() >> 8 * i & 0xFF);
  return file + header + data;
}

// "float32 (2,)", or the sentence.
std::string said_of(std::string_view file, const Limits& limits = {}) {
  const auto tensor = read_npy(std::as_bytes(std::span(file)), limits);
  return tensor ? fmt::format("{} {}", name_of(tensor->dtype()), to_string(tensor->dims())) : tensor.error().message;
}

TEST(NpyConditions, VersionsOneAndTwoAreRead) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  const std::string data(4, '\0');
  for (int major = 0; major <= 4; ++major) {
    for (int minor = 0; minor <= 2; ++minor) {
      const bool known = (major == 1 || major == 2) && minor == 0;
      EXPECT_EQ(said_of(file_of(major, minor, header, data)),
                known ? "float32 (1,)" : fmt::format("expected .npy version 1.0 or 2.0, found {}.{}", major, minor));
    }
  }
  for (const int major : {1, 2}) {
    const std::string file = file_of(major, 0, header, data);
    const std::size_t start = major == 1 ? 10 : 12;
    for (std::size_t size = 0; size < file.size(); ++size) {
      const std::string said = said_of(file.substr(0, size));
      const std::size_t end = start + header.size();
      EXPECT_EQ(said, size < 8       ? "expected an .npy file, found other bytes"
                      : size < start ? "expected a header, found the end of the file"
                      : size < end   ? fmt::format("expected a header of 57 bytes, found {}", size - start)
                                   : fmt::format("expected data for an array of shape (1,) and dtype float32, found {} "
                                                 "bytes",
                                                 size - end));
    }
  }
}

// Every byte of a length counts: two of them, and four.
TEST(NpyConditions, LengthsAreReadWhole) {
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }";
  for (const std::size_t size : {std::size_t{0x0203}, std::size_t{0xFF01}}) {
    EXPECT_EQ(said_of(file_of(1, 0, header + std::string(size - header.size(), ' '), "x")), "uint8 (1,)");
  }
  for (const std::size_t size : {std::size_t{0x0203}, std::size_t{0x010203}}) {
    std::string file = file_of(2, 0, header + std::string(size - header.size(), ' '), "x");
    EXPECT_EQ(said_of(file), "uint8 (1,)");
    file[11] = '\1';
    EXPECT_EQ(said_of(file), fmt::format("expected a header of {} bytes, found {}", 0x01000000 + size, size + 1));
  }
  // A header that needs both bytes is written so, and comes back.
  const Dims dims(100, 1);
  const auto written = write_npy(Tensor(DType::float32, dims));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->size(), 384U + 4U);
  EXPECT_EQ((*written)[8], std::byte{0x76});
  EXPECT_EQ((*written)[9], std::byte{0x01});
  Limits limits;
  limits.tensor_rank = 100;
  const auto back = read_npy(*written, limits);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->dims(), dims);
}

TEST(NpyConditions, ARankMayBeTooMuchForAHeader) {
  EXPECT_TRUE(write_npy(Tensor(DType::uint8, Dims(21'000, 1))));
  const auto refused = write_npy(Tensor(DType::uint8, Dims(22'000, 1)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "expected a rank that fits an .npy header");
}

TEST(NpyConditions, HeadersAreDictsOfThreeKeys) {
  const std::string found = " of the header, found ";
  const std::pair<std::string, std::string> rows[] = {
      {"{'descr':'<f4','fortran_order':False,'shape':(1,)}", "float32 (1,)"},
      {"  {  'descr' : '<f4' ,\n 'fortran_order' : False , 'shape' : ( 1 , ) , } \n", "float32 (1,)"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1), }", "float32 (1,)"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "float32 ()"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }", "float32 (1, 1)"},
      {"('descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "expected a dict at character 0" + found},
      {"{\t'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
       "expected a quoted key and a colon at character 1" + found},
      {"{descr: '<f4', 'fortran_order': False, 'shape': (1,), }",
       "expected a quoted key and a colon at character 1" + found},
      {"{'descr' '<f4', 'fortran_order': False, 'shape': (1,), }",
       "expected a quoted key and a colon at character 9" + found},
      {"{'descr", "expected a quoted key and a colon at character 1" + found},
      {"{'descr\": '<f4', }", "expected a quoted key and a colon at character 11" + found},
      {"{'descr': '<f4' 'fortran_order': False, 'shape': (1,), }", "expected ',' or '}' at character 16" + found},
      {"{'descr': '<f4', 'fortran_order': False 'shape': (1,), }", "expected ',' or '}' at character 40" + found},
      {"{'descr': '<f4', 'fortran_order': Falsely, 'shape': (1,), }", "expected ',' or '}' at character 39" + found},
      {"{'descr': '<f4', 'fortran_order': false, 'shape': (1,), }", "expected True or False at character 34" + found},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 1), }", "expected ',' or ')' at character 53" + found},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,, ), }", "expected a size at character 53" + found},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (a,), }", "expected a size at character 51" + found},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,", "expected a size at character 53" + found},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': [1], }", "expected a tuple at character 50" + found},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), ",
       "expected a quoted key and a colon at character 56" + found},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }}",
       "expected the end of the header at character 57" + found},
      {"{'fortran_order': False, 'shape': (1,), }", "expected a header with descr, fortran_order and shape, found "},
      {"{'descr': '<f4', 'shape': (1,), }", "expected a header with descr, fortran_order and shape, found "},
      {"{'descr': '<f4', 'fortran_order': False, }", "expected a header with descr, fortran_order and shape, found "},
      {"{'descr': '<f4', 'descr': '<f4', }",
       "expected descr, fortran_order and shape once each in the header, found \"descr\""},
      {"{'fortran_order': False, 'fortran_order': False, }",
       "expected descr, fortran_order and shape once each in the header, found \"fortran_order\""},
      {"{'shape': (1,), 'shape': (1,), }",
       "expected descr, fortran_order and shape once each in the header, found \"shape\""},
  };
  for (const auto& [header, said] : rows) {
    EXPECT_EQ(said_of(file_of(1, 0, header, std::string(4, '\0'))).substr(0, said.size()), said) << header;
  }
}

TEST(NpyConditions, EveryDtypeHasItsSpelling) {
  const std::map<DType, std::string> spelled = {
      {DType::float16, "<f2"}, {DType::float32, "<f4"}, {DType::float64, "<f8"}, {DType::bfloat16, "<V2"},
      {DType::int8, "|i1"},    {DType::int16, "<i2"},   {DType::int32, "<i4"},   {DType::int64, "<i8"},
      {DType::uint8, "|u1"},   {DType::uint16, "<u2"},  {DType::uint32, "<u4"},  {DType::uint64, "<u8"},
      {DType::boolean, "|b1"}};
  for (const DType dtype : kDTypes) {
    const auto file = write_npy(Tensor(dtype, {3}));
    ASSERT_TRUE(file);
    const std::string text(reinterpret_cast<const char*>(file->data()), file->size());
    EXPECT_EQ(text.substr(10, 58),
              fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': (3,), }} ", spelled.at(dtype)));
    EXPECT_EQ(said_of(text), fmt::format("{} (3,)", name_of(dtype)));
    // One byte more or less is not the array's.
    EXPECT_NE(said_of(text + '\0').find("expected data for an array"), std::string::npos) << name_of(dtype);
    EXPECT_NE(said_of(text.substr(0, text.size() - 1)).find("expected data for an array"), std::string::npos);
  }
}

TEST(NpyConditions, RanksAndBoolsHaveTheirBounds) {
  Limits limits;
  limits.tensor_rank = 2;
  const auto of_shape = [](std::string_view shape) {
    return file_of(1, 0, fmt::format("{{'descr': '|b1', 'fortran_order': False, 'shape': {}, }}", shape), "\1");
  };
  EXPECT_EQ(said_of(of_shape("(1, 1)"), limits), "bool (1, 1)");
  EXPECT_EQ(said_of(of_shape("(1, 1, 1)"), limits), "expected at most 2 axes (Limits::tensor_rank)");
  const std::string one = of_shape("(1,)");
  for (int value = 0; value < 256; ++value) {
    std::string changed = one;
    changed.back() = static_cast<char>(value);
    EXPECT_EQ(said_of(changed), value < 2 ? "bool (1,)" : "expected bools of 0 and 1, found another byte") << value;
  }
}

}  // namespace
}  // namespace revive
