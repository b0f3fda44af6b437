// The main of a fuzz target that is linked without an engine: runs the target on files and folders, once each.
//
//   archive_fuzzer FILE_OR_FOLDER...
//
// So a finding can be replayed with any compiler and debugger, and the seeds are ordinary tests. A finding ends the
// process as it would under an engine; the last line printed names its file. Flags of libFuzzer ("-runs=1") are
// ignored, so that one command line fits both. Exit code 2: the call was wrong; 1: an input cannot be read.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The targets' mutators are linked, though nothing here calls them.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t*, std::size_t size, std::size_t) {
  return size;
}

namespace {

namespace fs = std::filesystem;

bool run(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) {
    std::cerr << path.string() << ": cannot be read\n";
    return false;
  }
  std::cerr << "Running: " << path.string() << " (" << bytes.size() << " bytes)\n";
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return true;
}

// The files below `path` in order of their names, or `path` itself.
std::vector<fs::path> inputs_of(const fs::path& path) {
  std::vector<fs::path> files;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(path, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_regular_file()) files.push_back(entry->path());
  }
  if (!fs::is_directory(path)) files.push_back(path);
  std::ranges::sort(files);
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<fs::path> inputs;
  bool any = false;
  for (const std::string& argument : std::vector<std::string>(argv + 1, argv + argc)) {
    if (argument.starts_with('-')) {
      std::cerr << "ignored without a fuzzing engine: " << argument << '\n';
      continue;
    }
    any = true;
    std::ranges::copy(inputs_of(argument), std::back_inserter(inputs));
  }
  if (!any) {
    std::cerr << "usage: " << argv[0] << " FILE_OR_FOLDER...\n"
              << "Runs the target on each file. For fuzzing, build it with the preset fuzz.\n";
    return 2;
  }
  std::size_t failed = 0;
  for (const fs::path& input : inputs) failed += run(input) ? 0 : 1;
  std::cerr << inputs.size() - failed << " inputs run, " << failed << " unreadable\n";
  return failed == 0 && !inputs.empty() ? 0 : 1;
}
