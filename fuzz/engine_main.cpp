// Beside the main of a fuzzing engine: what the sanitizers do by default. ASAN_OPTIONS overrides it.
//
// Recording where every block was allocated costs a third of a run. A finding is replayed anyway, and then
// `ASAN_OPTIONS=malloc_context_size=30` names the allocation.

// The name is the sanitizer runtime's.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
extern "C" const char* __asan_default_options() {
  return "malloc_context_size=1";
}
