#include "revive/fuzz/targets/targets.h"

#include <iostream>
#include <vector>

#include "revive/fuzz/mutators/archive_mutator.h"
#include "revive/fuzz/mutators/bytecode_mutator.h"
#include "revive/fuzz/mutators/fuzz_limits.h"

namespace revive::fuzz {
namespace {

[[noreturn]] void stop_at(std::string_view target, std::string_view finding) {
  std::cerr << target << ": " << finding << '\n';
  __builtin_trap();
}

}  // namespace

std::size_t ArchiveTarget::mutate(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed,
                                  ByteMutator engine) {
  const std::vector<std::uint8_t> parent(data, data + size);
  const Mutant mutant = mutate_archive(data, size, max, seed, engine);
  statistics_.note_mutant(parent, {data, mutant.size}, mutant.kind);
  return mutant.size;
}

int ArchiveTarget::run(std::span<const std::uint8_t> input) {
  if (input.size() > kMostArchiveBytes) return 0;
  const ArchiveVerdict verdict = judge_archive(std::as_bytes(input), calls);
  if (verdict.finding) stop_at("archive_fuzzer", verdict.finding->text);
  statistics_.count(input, verdict);
  return 0;
}

std::size_t BytecodeTarget::mutate(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed,
                                   ByteMutator engine) {
  const BytecodeMutant mutant = mutate_bytecode(data, size, max, seed, engine);
  statistics_.note_mutant({data, mutant.size}, mutant.kind);
  return mutant.size;
}

int BytecodeTarget::run(std::span<const std::uint8_t> input) {
  if (input.size() > kMostBytes) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(input.data()), input.size());
  const BytecodeVerdict verdict = judge_bytecode(bytes, calls);
  if (verdict.finding) stop_at("bytecode_fuzzer", verdict.finding->text);
  statistics_.count(input, verdict);
  return worth_keeping(bytes, verdict) ? 0 : -1;
}

int LambdaTarget::run(std::span<const std::uint8_t> input) const {
  const LambdaCase drawn = lambda_case(input);
  if (const auto finding = lambda_violation(drawn, kFuzzLimits, calls)) {
    stop_at("lambda_fuzzer", finding->text + '\n' + drawn.text);
  }
  return 0;
}

int ModelTarget::run(std::span<const std::uint8_t> input) const {
  if (input.size() > kMostChoiceBytes) return 0;
  if (const auto violation = model_violation(input, calls)) stop_at("model_fuzzer", *violation);
  return 0;
}

template <typename Target>
PrintedAtExit<Target>::~PrintedAtExit() {
  Target::print(std::cerr);
}
template class PrintedAtExit<ArchiveTarget>;
template class PrintedAtExit<BytecodeTarget>;

}  // namespace revive::fuzz
