// A program run as a child to its end, within limits, with what it printed.
//
// A child that crashes, hangs or eats memory is an end like any other; only one that cannot be started is an Error
// (file_unreadable). Neither it nor anything that it started outlives the call (process.h).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "revive/properties/process/process.h"

namespace revive::properties {

struct ChildProgram {
  // A path, or a name to be found in PATH, and its arguments.
  std::vector<std::string> command;
  // What it reads from its standard input.
  std::string input = {};
  // "NAME=VALUE", besides this process's own.
  std::vector<std::string> environment = {};
  // Where it runs; empty: here.
  std::string folder = {};
};

Result<ChildEnd> run_child(const ChildProgram& program, const ChildLimits& limits);
Result<ChildEnd> run_child(const std::vector<std::string>& command, const ChildLimits& limits);

// What a copy of this process does, in its stead, and its exit code (ProcessPlan::body).
Result<ChildEnd> run_in_child(const std::function<int()>& body, const ChildLimits& limits);

// The program that is running.
std::string own_program();

}  // namespace revive::properties
