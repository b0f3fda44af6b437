// Archives as commands load them: --bind and --lambda help with lambdas that Keras stored as Python, options such as
// --max-inflated-bytes raise limits, and what could not be kept is said on stderr.
#pragma once

#include <string>
#include <vector>

#include "revive/model/sequential.h"
#include "revive/serializer/load_options.h"
#include "revive/tools/arguments.h"
#include "revive/tools/console/console.h"

namespace revive::tools {

// What the options hold, as written.
struct LoadRequest {
  // NAME=VALUE: a Python literal, a function, or @FILE.npy.
  std::vector<std::string> bind;
  // LAYER=TEXT.
  std::vector<std::string> lambdas;
  Limits limits = {};
};

// Declares --bind, --lambda and the options for limits; `request` has to live as long as the app.
void add_load_options(Arguments& app, LoadRequest& request);

// What NAME.load.json says beside NAME.keras, {"bind": [..], "lambda": [..]}: a corpus keeps there what loading an
// archive takes. Nothing where there is no such file. Errors: manifest_format.
Result<LoadRequest> recorded_request(const std::string& archive);

// Errors: usage for what is no NAME=VALUE or a name given twice, file_unreadable for an array.
Result<LoadOptions> load_options(const LoadRequest& request);

// Errors: those of load_options() and load().
Result<Sequential> load_archive(const std::string& path, const LoadRequest& request, Console& console);

}  // namespace revive::tools
