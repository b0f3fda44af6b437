// A captured value written as text, as `--bind NAME=VALUE` takes it.
//
//   3  -0.5  None  True  'channels_last'  (None, 4)  [0, 2]     a value: Python's literals
//   tf.reduce_sum   lambda t: t * 2                             a function
//
// Nothing is computed: 1 + 2 is refused. Errors: expression_syntax, expression_type, limit_exceeded; the place is
// empty, because the caller knows what the text was written for.
#pragma once

#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/lambda/lambda_function.h"

namespace revive {

Result<Capture> parse_capture(std::string_view text, const Limits& limits = {});

}  // namespace revive
