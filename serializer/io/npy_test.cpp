#include "revive/serializer/io/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include "revive/model/tensor/element.h"
#include "revive/model/tensor/element_type.h"
#include "revive/model/testing/recorded.h"

namespace revive {
namespace {

using ::testing::HasSubstr;

std::string written(const Tensor& tensor) {
  const auto file = write_npy(tensor);
  EXPECT_TRUE(file) << file.error().text();
  if (!file) return {};
  return {reinterpret_cast<const char*>(file->data()), file->size()};
}

Result<Tensor> read(std::string_view file) {
  return read_npy(std::as_bytes(std::span(file)), {});
}

// Version 1.0 with the given header and data.
std::string spelled(const std::string& header, const std::string& data) {
  std::string file = "\x93NUMPY";
  file += '\1';
  file += '\0';
  file += static_cast<char>(header.size() & 0xFF);
  file += static_cast<char>(header.size() >> 8);
  return file + header + data;
}

TEST(Npy, AHeaderOfAnyLengthComesBack) {
  for (std::size_t rank = 1; rank <= 32; ++rank) {
    Dims dims(rank, 1);
    dims.front() = 0;
    dims.back() = rank > 1 ? 1'000'000'000'000 : 0;
    const std::string file = written(Tensor(DType::float32, dims));
    EXPECT_EQ(file.size() % 64, 0U) << rank;
    EXPECT_EQ(file.size(), rank < 18 ? 128U : 192U) << rank;
    const auto back = read(file);
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(back->dims(), dims);
  }
}

TEST(Npy, EveryDtypeAndRankComesBack) {
  const std::vector<Tensor> tensors = {
      Tensor::from<float>({2, 3}, {1.0f, -0.0f, 2.5f, 1e-40f, 3e38f, 4.0f}),
      Tensor::from<double>({1, 1, 2}, {0.1, -1e300}),
      Tensor::from<std::int32_t>({3}, {-1, 0, 2147483647}),
      Tensor::from<std::int64_t>({}, {std::int64_t{1} << 40}),
      Tensor::from<bool>({4}, {true, false, false, true}),
      Tensor(DType::float32, {0, 5}),
  };
  for (const Tensor& tensor : tensors) {
    const std::string file = written(tensor);
    const auto back = read(file);
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_TRUE(same_bits(*back, tensor));
    EXPECT_EQ((file.size() - tensor.byte_size()) % 64, 0u);
    EXPECT_EQ(file[file.size() - tensor.byte_size() - 1], '\n');
  }
}

TEST(Npy, WritesTheHeaderThatNumpyWrites) {
  const std::string file = written(Tensor::from<float>({3}, {1.0f, 2.0f, 3.0f}));
  EXPECT_EQ(file.substr(0, 8), std::string("\x93NUMPY\x01\0", 8));
  EXPECT_EQ(file.substr(10, 58), "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } ");
}

TEST(Npy, ReadsVersionTwo) {
  std::string file = written(Tensor::from<float>({1}, {1.5f}));
  file[6] = '\2';
  file.insert(10, 2, '\0');
  const auto tensor = read(file);
  ASSERT_TRUE(tensor) << tensor.error().text();
  EXPECT_EQ(tensor->data<float>()[0], 1.5f);
}

TEST(Npy, ReadsKeysInAnyOrderWithEitherQuote) {
  const auto whole = read(spelled(R"({"shape":(2,1),"fortran_order":False,"descr":"<i4"})"
                                  "\n",
                                  std::string("\1\0\0\0\2\0\0\0", 8)));
  ASSERT_TRUE(whole) << whole.error().text();
  EXPECT_TRUE(same_bits(*whole, Tensor::from<std::int32_t>({2, 1}, {1, 2})));
}

TEST(Npy, RefusesWithAReason) {
  const std::string four(4, '\0');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "expected an .npy file"},
      {"PK\3\4 something else", "expected an .npy file"},
      {std::string("\x93NUMPY\x03\0\0\0\0\0", 12), "found 3.0"},
      {std::string("\x93NUMPY\x01\0\xFF\xFF", 10), "expected a header of 65535 bytes, found 0"},
      {spelled("", four), "a dict"},
      {spelled("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", four), "found \">f4\""},
      {spelled("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", four), "found \"|O\""},
      {spelled("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", four), "a quoted dtype"},
      {spelled("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", four), "Fortran order"},
      {spelled("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", four), "True or False"},
      {spelled("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", four), "a size"},
      {spelled("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", four), "a size"},
      {spelled("{'descr': '<f4', 'fortran_order': False, 'shape': 1, }", four), "a tuple"},
      {spelled("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x", four), "the end of the header"},
      {spelled("{'descr': '<f4', 'fortran_order': False, }", four), "shape"},
      {spelled("{'descr': '<f4', 'descr': '<f4', 'shape': (1,), }", four), "once each"},
      {spelled("{'other': '<f4', }", four), "found \"other\""},
      {spelled("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", four), "found 4 bytes"},
      {spelled("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", four + "x"), "found 5 bytes"},
      {spelled("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", ""), "found 0 bytes"},
      {spelled("{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }", "\1\1\2\1"), "bools of 0 and 1"},
      {spelled(
           "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
               [] {
                 std::string ones;
                 for (int i = 0; i < 33; ++i) ones += "1, ";
                 return ones;
               }() +
               "), }",
           four),
       "32 axes"},
  };
  for (const auto& [file, message] : cases) {
    const auto tensor = read(file);
    ASSERT_FALSE(tensor) << message;
    EXPECT_EQ(tensor.error().code, ErrorCode::npy_format);
    EXPECT_THAT(tensor.error().message, HasSubstr(message));
    expect_recorded("serializer/sentences.txt", tensor.error().text());
  }
}

TEST(Npy, EveryTruncationIsRefused) {
  const std::string file = written(Tensor::from<float>({2}, {1.0f, 2.0f}));
  for (std::size_t size = 0; size < file.size(); ++size) EXPECT_FALSE(read(file.substr(0, size))) << size;
}

TEST(Npy, EveryDtypeComesBack) {
  for (const DType dtype : kDTypes) {
    Tensor tensor(dtype, {2, 3});
    set_element(tensor, 4, dtype == DType::boolean ? Value(true) : Value(97));
    const auto again = read(written(tensor));
    ASSERT_TRUE(again) << name_of(dtype) << ": " << again.error().text();
    EXPECT_TRUE(same_bits(*again, tensor)) << name_of(dtype);
  }
}

}  // namespace
}  // namespace revive
