// The seeds and dictionaries of the fuzz targets, made from the corpus, the generator and the declarations.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/sequential.h"

namespace revive::fuzz {

// Archives of corpus/keras/ that archive_fuzzer starts from: whole stacks, and the lambdas and recurrent layers with
// most structure. Small ones, as the speed of a run is that of its seeds.
std::span<const std::string_view> keras_seed_names();

// Which of the models that come along are worth starting from: those of five to seven layers in a small archive that
// have two classes of layers which none before them had; after waiting for long, one that has fewer.
class SeedChoice {
 public:
  bool takes(const Sequential& model);

 private:
  std::set<std::string, std::less<>> seen_;
  std::uint64_t waited_ = 0;
};

// A generated model that is worth starting from.
struct GeneratedSeed {
  std::uint64_t seed = 0;
  Sequential model;
};
// As many as there are names above, and the first that SeedChoice takes.
std::vector<GeneratedSeed> generated_seeds();

// Choice sequences for model_fuzzer: those of the generated seeds, and the simplest one.
std::vector<std::vector<std::uint8_t>> choice_seeds();

// Inputs of lambda_fuzzer: texts of the kinds that people write, each with an input that it is meant for.
std::vector<std::vector<std::uint8_t>> lambda_seeds();
// The dictionary of lambda_fuzzer: paths of functions, parameters of ops, names that are captured, words of the
// grammar.
std::string lambda_dictionary();

// The marshalled code of a lambda that bytecode_fuzzer starts from.
struct BytecodeSeed {
  std::string name;
  std::vector<std::byte> bytes;
};
// Of one version of CPython, whose file of corpus/lambdas/ is given as text: every form once. Errors: those of
// parse_json; manifest_format where a lambda is not there.
Result<std::vector<BytecodeSeed>> bytecode_seeds(std::string_view fixtures);

// Entries of an AFL or libFuzzer dictionary, one a line: the keys and class names of every declared layer and op, and
// the legacy_keys of every enumeration.
std::string declared_dictionary();

}  // namespace revive::fuzz
