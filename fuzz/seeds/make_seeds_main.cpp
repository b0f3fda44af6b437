// make_seeds: writes what the fuzz targets start from, so that nothing is stored twice in the repository.
//
//   make_seeds CORPUS_FOLDER DICTIONARY OUT
//
// OUT/seeds/<target>/ gets one file per seed; OUT/archive_fuzzer.dict the hand-written DICTIONARY followed by what the
// declarations say, OUT/lambda_fuzzer.dict what they say alone. The same sources give the same files.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "revive/fuzz/seeds/seeds.h"
#include "revive/serializer/keras_archive.h"

namespace {

namespace fs = std::filesystem;

bool write(const fs::path& path, const char* bytes, std::size_t size) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes, static_cast<std::streamsize>(size));
  file.close();
  if (!file) std::cerr << path.string() << ": cannot be written\n";
  return static_cast<bool>(file);
}

bool write_archives(const fs::path& keras, const fs::path& out) {
  for (const std::string_view name : revive::fuzz::keras_seed_names()) {
    const std::string file = std::string(name) + ".keras";
    std::error_code error;
    if (!fs::copy_file(keras / file, out / ("keras_" + file), fs::copy_options::overwrite_existing, error)) {
      std::cerr << (keras / file).string() << ": " << error.message() << '\n';
      return false;
    }
  }
  for (const revive::fuzz::GeneratedSeed& generated : revive::fuzz::generated_seeds()) {
    const auto archive = revive::save_bytes(generated.model);
    if (!archive) {
      std::cerr << archive.error().text() << '\n';
      return false;
    }
    const fs::path path = out / ("generated_" + std::to_string(generated.seed) + ".keras");
    if (!write(path, reinterpret_cast<const char*>(archive->bytes().data()), archive->size())) return false;
  }
  return true;
}

bool write_numbered(const fs::path& out, const std::string& name, const std::vector<std::vector<std::uint8_t>>& seeds) {
  std::size_t number = 0;
  for (const auto& seed : seeds) {
    const fs::path path = out / (name + "_" + std::to_string(number++));
    if (!write(path, reinterpret_cast<const char*>(seed.data()), seed.size())) return false;
  }
  return true;
}

bool write_bytecode(const fs::path& lambdas, const fs::path& out) {
  for (const fs::directory_entry& entry : fs::directory_iterator(lambdas)) {
    const std::string version = entry.path().stem().string();
    if (!version.starts_with("python") || entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto seeds = revive::fuzz::bytecode_seeds(text);
    if (!seeds) {
      std::cerr << entry.path().string() << ": " << seeds.error().text() << '\n';
      return false;
    }
    for (const auto& [name, bytes] : *seeds) {
      const fs::path path = out / (version + "_" + name);
      if (!write(path, reinterpret_cast<const char*>(bytes.data()), bytes.size())) return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER DICTIONARY OUT\n";
    return 2;
  }
  const fs::path out = argv[3];
  // Seeds of an older generator must not linger.
  fs::remove_all(out / "seeds");
  const fs::path archives = out / "seeds" / "archive_fuzzer";
  const fs::path choices = out / "seeds" / "model_fuzzer";
  const fs::path lambdas = out / "seeds" / "lambda_fuzzer";
  fs::create_directories(archives);
  fs::create_directories(choices);
  fs::create_directories(lambdas);
  const fs::path code = out / "seeds" / "bytecode_fuzzer";
  fs::create_directories(code);
  std::ifstream written(argv[2]);
  std::string dictionary((std::istreambuf_iterator<char>(written)), std::istreambuf_iterator<char>());
  if (!written) {
    std::cerr << argv[2] << ": cannot be read\n";
    return 1;
  }
  dictionary += revive::fuzz::declared_dictionary();
  const std::string words = revive::fuzz::lambda_dictionary();
  const bool done = write_archives(fs::path(argv[1]) / "keras", archives) &&
                    write_numbered(choices, "choices", revive::fuzz::choice_seeds()) &&
                    write_numbered(lambdas, "lambda", revive::fuzz::lambda_seeds()) &&
                    write_bytecode(fs::path(argv[1]) / "lambdas", code) &&
                    write(out / "lambda_fuzzer.dict", words.data(), words.size()) &&
                    write(out / "archive_fuzzer.dict", dictionary.data(), dictionary.size());
  return done ? 0 : 1;
}
