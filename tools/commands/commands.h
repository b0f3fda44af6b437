// What declares each command; its file has the same name.
#pragma once

#include "revive/tools/command.h"

namespace revive::tools {

Command show_command();
Command check_command();
Command run_command();
Command diff_command();
Command generate_command();
Command properties_command();
Command faults_command();
Command fuzz_command();
Command scenarios_command();
Command corrupt_command();
Command replay_command();
Command verdict_command();
Command promote_command();
Command repro_command();
Command layers_command();
Command ops_command();
Command hunt_command();
Command evaluate_command();

}  // namespace revive::tools
