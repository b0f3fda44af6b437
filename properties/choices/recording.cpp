#include "revive/properties/choices/recording.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive::properties {
namespace {

constexpr std::size_t kSeedBytes = 2;
constexpr int kBitsPerByte = 7;
constexpr std::uint8_t kMoreBytes = 0x80;

void append_leb128(std::vector<std::uint8_t>& out, std::uint64_t value) {
  for (; value >= kMoreBytes; value >>= kBitsPerByte) {
    out.push_back(static_cast<std::uint8_t>(value) | kMoreBytes);
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

// Takes one value off the front of `bytes`. The tenth byte of a value is its last, whatever its top bit says.
std::uint64_t take_leb128(std::span<const std::uint8_t>& bytes) {
  std::uint64_t value = 0;
  bool more = true;
  for (int shift = 0; more && shift < 64 && !bytes.empty(); shift += kBitsPerByte) {
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    value |= static_cast<std::uint64_t>(byte & ~kMoreBytes) << shift;
    more = (byte & kMoreBytes) != 0;
  }
  return value;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::vector<std::uint64_t> Recording::values() const {
  std::vector<std::uint64_t> values;
  values.reserve(tokens.size());
  for (const Token& token : tokens) {
    if (token.is_value()) values.push_back(token.value);
  }
  return values;
}

std::vector<std::size_t> closes_of(std::span<const Token> tokens) {
  std::vector<std::size_t> closes(tokens.size(), 0);
  std::vector<std::size_t> opened;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == Token::Kind::open) opened.push_back(i);
    if (tokens[i].kind == Token::Kind::close) {
      closes[opened.back()] = i;
      opened.pop_back();
    }
  }
  return closes;
}

bool simpler(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return std::ranges::lexicographical_compare(a, b);
}

std::vector<std::uint8_t> to_fuzz_bytes(std::span<const std::uint64_t> values) {
  std::vector<std::uint8_t> bytes(kSeedBytes, 0);
  for (const std::uint64_t value : values) append_leb128(bytes, value);
  return bytes;
}

std::string to_hex(std::span<const std::uint64_t> values) {
  std::string hex;
  for (const std::uint8_t byte : to_fuzz_bytes(values)) hex += fmt::format("{:02x}", byte);
  return hex;
}

Result<std::vector<std::uint64_t>> values_from_hex(std::string_view hex) {
  const auto wrong = [](std::string message) { return fail(ErrorCode::case_format, "choices", std::move(message)); };
  if (hex.size() % 2 != 0) return wrong(fmt::format("expected two hex digits a byte, found {} digits", hex.size()));
  std::vector<std::uint8_t> bytes(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const int digit = hex_digit(hex[i]);
    if (digit < 0) return wrong(fmt::format("expected hex digits 0-9a-f, found another character at {}", i));
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] << 4 | digit);
  }
  FuzzInput input = split_fuzz_bytes(bytes);
  if (input.seed != 0) return wrong(fmt::format("expected the seed 0 of a literal, found {}", input.seed));
  // A value has more than one spelling in LEB128; a case has one.
  if (to_fuzz_bytes(input.values) != bytes) return wrong("expected shortest LEB128 values, found another spelling");
  return std::move(input.values);
}

FuzzInput split_fuzz_bytes(std::span<const std::uint8_t> bytes) {
  FuzzInput input;
  for (std::size_t i = 0; i < std::min(kSeedBytes, bytes.size()); ++i) {
    input.seed = static_cast<std::uint16_t>(input.seed | bytes[i] << (8 * i));
  }
  bytes = bytes.subspan(std::min(kSeedBytes, bytes.size()));
  input.values.reserve(bytes.size());
  while (!bytes.empty()) input.values.push_back(take_leb128(bytes));
  return input;
}

}  // namespace revive::properties
