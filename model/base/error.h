// Errors are values: a code from a closed list, the place where the trouble is, and one sentence.
//
// Every fallible function of revive returns Result<T> (or Status), and at the library's face memory that runs out is an
// Error, too (model/base/out_of_memory.h). Nothing else throws but the copies, comparisons and accessors of values:
// they may throw std::bad_alloc, as any value's. `place` reads like "config.json: /config/layers/2/config/units";
// `message` says what was expected and what was found. An Error owns its strings. Codes are stable: new ones are
// appended, none is renumbered, because corpus manifests name them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace revive {

// X(code, "what the code means")
#define REVIVE_ERROR_CODES(X)                                                                    \
  X(file_unreadable, "the file cannot be opened or read")                                        \
  X(file_unwritable, "the file cannot be created, written, synced or renamed")                   \
  X(archive_not_zip, "the bytes are not a zip archive")                                          \
  X(archive_truncated, "the archive ends before its own records say it does")                    \
  X(archive_ambiguous, "the archive can be read in more than one way")                           \
  X(archive_unsupported, "the archive uses a zip feature that Keras never writes")               \
  X(archive_member_missing, "a member the format requires is not there")                         \
  X(archive_member_duplicate, "two members have the same name")                                  \
  X(archive_member_unexpected, "a member that the format does not know")                         \
  X(archive_member_name, "a member name that is unsafe or not portable")                         \
  X(archive_crc, "a member's bytes do not match its CRC")                                        \
  X(archive_inflate, "a deflated member cannot be inflated to its declared size")                \
  X(limit_exceeded, "a limit of Limits is exceeded")                                             \
  X(json_syntax, "the text is not JSON")                                                         \
  X(json_encoding, "the text is not UTF-8, or a string holds an unpaired surrogate")             \
  X(json_number, "a number does not fit the type that its spelling asks for")                    \
  X(json_duplicate_key, "an object has the same key twice")                                      \
  X(hdf5_signature, "the weights do not start with an HDF5 superblock of version 0")             \
  X(hdf5_out_of_bounds, "an HDF5 address or length points outside the file")                     \
  X(hdf5_structure, "an HDF5 structure contradicts itself")                                      \
  X(hdf5_shared_bytes, "two HDF5 structures claim the same bytes, or a link makes a cycle")      \
  X(hdf5_unsupported, "an HDF5 feature that Keras never writes")                                 \
  X(config_missing_key, "a key that the class requires is not there")                            \
  X(config_unknown_key, "a key that the class does not know")                                    \
  X(config_type, "a value of the wrong type")                                                    \
  X(config_value, "a value of the right type that the field does not allow")                     \
  X(config_rule, "fields that are each allowed but not together")                                \
  X(config_unknown_class, "a class that is not registered")                                      \
  X(config_unsupported, "something Keras can express and revive does not support yet")           \
  X(config_duplicate_name, "two layers of one model have the same name")                         \
  X(config_bytecode, "a lambda stored as Python bytecode, which is never run")                   \
  X(layer_input, "a layer cannot take an input of this shape or dtype")                          \
  X(model_not_built, "the model has no input shape")                                             \
  X(weights_missing, "a layer's variables are not in the weights file")                          \
  X(weights_count, "a layer has another number of variables than the weights file holds")        \
  X(weights_shape, "a variable has another shape than the weights file holds")                   \
  X(weights_dtype, "a tensor given for a variable is not float32")                               \
  X(graph_structure, "an op graph that is not a lambda: cycle, missing producer, bad reference") \
  X(graph_unknown_op, "an op that is not registered")                                            \
  X(graph_argument, "an op argument of the wrong type or value")                                 \
  X(graph_annotation, "a lambda's text does not belong to its graph")                            \
  X(expression_syntax, "a lambda expression that cannot be parsed")                              \
  X(expression_free_name, "a lambda reads a name that has no captured value")                    \
  X(expression_type, "a lambda applies an operator to values that do not take it")               \
  X(input_shape, "the input does not have the shape the model was built for")                    \
  X(input_dtype, "the input does not have the dtype the model was built for")                    \
  X(input_id, "an embedding id is out of range or not a number")                                 \
  X(verify_failed, "what was written does not load as the model that was saved")                 \
  X(npy_format, "the file is not an .npy array that revive reads")                               \
  X(case_format, "the file is not a case")                                                       \
  X(manifest_format, "the manifest of verdicts cannot be read")                                  \
  X(usage, "the call was wrong")                                                                 \
  X(output_differs, "the output is not the one that is recorded")                                \
  X(bytecode_format, "bytes that are not the marshalled code of a Python function")              \
  X(bytecode_unsupported, "a Python function that is no expression of the language")             \
  X(subject_refused, "a subject under test says that it cannot")                                 \
  X(subject_failed, "a subject under test ended, hung, or does not keep to its protocol")        \
  X(out_of_memory, "the machine has less memory than this takes")

enum class ErrorCode : std::uint8_t {
#define REVIVE_ERROR_ENUMERATOR(name, meaning) name,
  REVIVE_ERROR_CODES(REVIVE_ERROR_ENUMERATOR)
#undef REVIVE_ERROR_ENUMERATOR
};

std::string_view name_of(ErrorCode code);
std::string_view meaning_of(ErrorCode code);
std::optional<ErrorCode> error_code_from_name(std::string_view name);
// The number of codes, for tables indexed by code.
std::size_t error_code_count();

struct Error {
  ErrorCode code = ErrorCode::usage;
  std::string place;
  std::string message;

  // Out of line: every function that hands a Result on may have to destroy one, and would repeat the code of two
  // strings.
  Error();
  Error(ErrorCode what, std::string where, std::string sentence);
  Error(const Error& other);
  Error(Error&& other) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&& other) noexcept;
  ~Error();

  // One line, "place: message" or the message alone, printable (printable.h).
  std::string text() const;
  // The same error with `prefix` ("file: ", "/layers/2") in front of its place, with ": " between what would run
  // together.
  Error within(std::string_view prefix) const;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string place, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(place), std::move(message)});
}

// REVIVE_RETURN_IF_ERROR(check(x)); hands the Error of a Status or Result on to the caller, and goes on where there is
// none.
#define REVIVE_RETURN_IF_ERROR(...) \
  if (auto revive_status = (__VA_ARGS__); !revive_status) return std::unexpected(std::move(revive_status).error())

// REVIVE_ASSIGN_OR_RETURN(const auto x, parse(text)); names the value of a Result, or hands its Error on. Two
// statements: inside braces alone.
#define REVIVE_ASSIGN_OR_RETURN(declaration, ...) \
  REVIVE_ASSIGN_OR_RETURN_AS(REVIVE_JOINED(revive_result_, __LINE__), declaration, __VA_ARGS__)
#define REVIVE_ASSIGN_OR_RETURN_AS(result, declaration, ...)      \
  auto result = (__VA_ARGS__);                                    \
  if (!result) return std::unexpected(std::move(result).error()); \
  declaration = *std::move(result)
#define REVIVE_JOINED(a, b) REVIVE_JOINED_EXPANDED(a, b)
#define REVIVE_JOINED_EXPANDED(a, b) a##b

}  // namespace revive
