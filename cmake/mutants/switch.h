// Included in front of every source of the copy that `./dev mutants` builds: asks whether a planted fault is on, and
// notes that it was asked. It includes nothing, so that it changes nothing but that.
#pragma once

extern "C" {
extern int revive_mutant_selected;            // what REVIVE_MUTANT says; -1 where it says nothing
extern unsigned char* revive_mutant_reached;  // a byte a fault: the file that REVIVE_MUTANT_REACHED names, or nothing's
}

// Never constexpr: what the compiler itself computes cannot be switched, and then the fault does not compile.
inline bool revive_mutant(int id) noexcept {
  revive_mutant_reached[id] = 1;
  return revive_mutant_selected == id;
}
