// The numbers and encodings of the dialect, declared once for the reader and the writer. Internal to
// serializer/hdf5*. Source: the HDF5 File Format Specification, version 3.0, and files that Keras wrote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/tensor/dtype.h"

namespace revive::hdf5 {

// What every error place starts with: the member of the archive that holds the weights.
inline constexpr std::string_view kMemberName = "model.weights.h5";

inline constexpr std::uint64_t kUndefinedAddress = ~std::uint64_t{0};

inline constexpr std::string_view kSuperblockSignature = "\x89HDF\r\n\x1a\n";
inline constexpr std::uint64_t kSuperblockSize = 96;
inline constexpr std::uint64_t kSuperblockEndOfFileOffset = 40;
// Superblock field "group leaf node K": a symbol table node holds up to twice as many entries.
inline constexpr std::uint16_t kGroupLeafK = 4;
// Superblock field "group internal node K": a B-tree node holds up to twice as many children.
inline constexpr std::uint16_t kGroupInternalK = 16;

inline constexpr std::uint64_t kSymbolTableEntrySize = 40;
inline constexpr std::size_t kNodeEntries = 2 * kGroupLeafK;
inline constexpr std::string_view kSymbolTableNodeSignature = "SNOD";
inline constexpr std::uint64_t kSymbolTableNodeSize = 8 + kNodeEntries * kSymbolTableEntrySize;
inline constexpr std::string_view kBtreeSignature = "TREE";
inline constexpr std::size_t kBtreeChildren = 2 * kGroupInternalK;
inline constexpr std::uint64_t kBtreeNodeSize = 24 + (kBtreeChildren + 1) * 8 + kBtreeChildren * 8;

// What a symbol table entry says about the object besides its address.
inline constexpr std::uint32_t kCacheNothing = 0;
inline constexpr std::uint32_t kCacheGroup = 1;
inline constexpr std::uint32_t kCacheSoftLink = 2;

inline constexpr std::string_view kLocalHeapSignature = "HEAP";
inline constexpr std::uint64_t kLocalHeapSize = 32;
inline constexpr std::uint64_t kLocalHeapInitialData = 88;
// Ends the list of free blocks; also its head when there is none.
inline constexpr std::uint64_t kLocalHeapNoFreeBlock = 1;
inline constexpr std::uint64_t kLocalHeapFreeBlockHeader = 16;

inline constexpr std::string_view kGlobalHeapSignature = "GCOL";
inline constexpr std::uint64_t kGlobalHeapHeader = 16;
inline constexpr std::uint64_t kGlobalHeapObjectHeader = 16;
inline constexpr std::uint64_t kGlobalHeapMinimumSize = 4096;

inline constexpr std::uint64_t kObjectHeaderPrefix = 16;
inline constexpr std::uint64_t kMessageHeader = 8;
// The data of a dataset's object header; what the messages leave free is a NIL message.
inline constexpr std::uint64_t kDatasetHeaderData = 256;
inline constexpr std::uint64_t kSymbolTableMessageData = 16;
inline constexpr std::uint64_t kContinuationMessageData = 16;

enum class Message : std::uint16_t {
  nil = 0x00,
  dataspace = 0x01,
  datatype = 0x03,
  fill_value = 0x05,
  layout = 0x08,
  attribute = 0x0C,
  continuation = 0x10,
  symbol_table = 0x11,
  modification_time = 0x12,
};
// "a filter pipeline", "an external file list", ...: what a message means that Keras never writes.
std::string_view describe_message(std::uint16_t type);

inline constexpr std::uint8_t kMessageConstant = 0x01;
inline constexpr std::uint8_t kMessageShared = 0x02;
inline constexpr std::uint8_t kMessageNeverShare = 0x04;

inline constexpr std::uint8_t kContiguous = 1;

// The attribute that makes an opaque dataset bfloat16, and its value.
inline constexpr std::string_view kDtypeAttribute = "dtype";
inline constexpr std::string_view kNameAttribute = "name";

// The datatype message of a dtype, without padding. bfloat16 is the opaque type of two bytes.
std::span<const std::byte> datatype_encoding(DType dtype);
// The dtype of a datatype message, padded or not; nothing for a type that Keras never writes.
std::optional<DType> dtype_of_encoding(std::span<const std::byte> message);
// "a big-endian number", "a compound", ...: what a type is that dtype_of_encoding does not know.
std::string describe_datatype(std::span<const std::byte> message);

// A variable-length UTF-8 string, the one type of an attribute.
std::span<const std::byte> string_encoding();
// On disk it is a length, the address of a global heap collection and an index in it.
inline constexpr std::uint64_t kStringReferenceSize = 16;
// A scalar dataspace of version 1.
inline constexpr std::uint64_t kScalarDataspaceSize = 8;

// Whether a link may have this name: not empty, not ".", no '/' and no NUL, UTF-8.
bool is_link_name(std::string_view name);

}  // namespace revive::hdf5
