#include "revive/serializer/zip/not_zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/base/value.h"
#include "revive/serializer/zip/zip_records.h"

namespace revive::zip {
namespace {

constexpr std::string_view kLocalBytes = "PK\3\4";
constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";

struct OtherKind {
  std::string_view start;
  std::string_view sentence;
};

constexpr std::string_view kPage =
    "this is a web page, not the archive behind its link; download the file itself (on GitHub: \"Raw\", on Hugging "
    "Face: "
    "/resolve/ in place of /blob/)";
constexpr std::string_view kPickle =
    "this is a pickle, which can run anything when it is loaded and is not read here; save the model with "
    "model.save(\"model.keras\")";

constexpr std::string_view kOtherArchive =
    "this is an archive of another kind than zip; unpack it and look at what comes out";

// Text is compared without regard to case.
constexpr std::array kOtherKinds = {
    OtherKind{"version https://git-lfs.github.com/spec/",
              "this is a Git LFS pointer, not the archive it points to; run `git lfs pull`"},
    OtherKind{"<!doctype html", kPage},
    OtherKind{"<html", kPage},
    OtherKind{"<?xml", "this is XML, most likely the answer of a server that refused the download; download it again"},
    OtherKind{"\x80\2", kPickle},
    OtherKind{"\x80\3", kPickle},
    OtherKind{"\x80\4", kPickle},
    OtherKind{"\x80\5", kPickle},
    OtherKind{"\x93NUMPY", "this is a NumPy array, not a model"},
    OtherKind{"\x1f\x8b",
              "this is compressed with gzip; unpack it with `gunzip` or `tar xzf` and look at what comes out"},
    OtherKind{"Rar!", kOtherArchive},
    OtherKind{"7z\xBC\xAF", kOtherArchive},
    OtherKind{"\xFD\x37zXZ", kOtherArchive},
    OtherKind{"BZh", kOtherArchive},
    OtherKind{
        "{",
        "this is JSON, perhaps a model's config without its weights; save the model with model.save(\"model.keras\")"},
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && std::ranges::equal(text.substr(0, start.size()), start, {}, lower, lower);
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? text : text.substr(at);
}

// Keras' whole-model file names its config in the attributes of the root, which lie at the front.
std::string_view hdf5_sentence(std::string_view text) {
  if (text.contains("model_config")) {
    return "this is a model in Keras' older HDF5 format, not a .keras archive; rename it to model.h5, then "
           "keras.models.load_model(\"model.h5\", compile=False).save(\"model.keras\")";
  }
  return "this is an HDF5 file, most likely weights alone, not a .keras archive; rename it to model.weights.h5, build "
         "the model in Keras, then model.load_weights(\"model.weights.h5\") and model.save(\"model.keras\")";
}

}  // namespace

std::unexpected<Error> no_zip(std::span<const std::byte> file) {
  const std::string_view text = text_at(file, 0, file.size());
  const auto other = [](std::string_view sentence) {
    return fail(ErrorCode::archive_not_zip, "archive", std::string(sentence));
  };
  if (file.empty()) return other("expected a zip archive, found an empty file");
  if (text.starts_with(kHdf5Signature)) return other(hdf5_sentence(text));
  // As many bytes as there are of a signature are enough: the file may be cut off anywhere.
  if (text.starts_with(kLocalBytes.substr(0, std::min(text.size(), kLocalBytes.size())))) {
    return fail(
        ErrorCode::archive_truncated, "archive",
        fmt::format("expected an end record near the end of the zip archive, found none in {} bytes: the end is "
                    "missing, as after a download that broke off; get it again",
                    file.size()));
  }
  const std::string_view start = without_blanks(text.substr(0, std::min<std::size_t>(text.size(), 256)));
  for (const OtherKind& kind : kOtherKinds) {
    if (starts_with(start, kind.start)) return other(kind.sentence);
  }
  // A server's excuse, such as "Entry not found", is told in full.
  constexpr std::size_t kTold = 40;
  return other(fmt::format("expected a zip archive that starts with \"PK\\3\\4\" and ends with an end record, found {}",
                           Value(text.substr(0, std::min(text.size(), kTold))).brief()));
}

Error with_way_out(Error error) {
  switch (error.code) {
    case ErrorCode::archive_ambiguous:
    case ErrorCode::archive_unsupported:
    case ErrorCode::archive_member_name:
    case ErrorCode::archive_member_duplicate:
      error.message += "; if you trust where it comes from, unpack it and zip its members again";
      break;
    default: break;
  }
  return error;
}

}  // namespace revive::zip
