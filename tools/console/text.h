// Text for people: numbers, tables, sizes of models.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/sequential.h"

namespace revive::tools {

// "1,234,567".
std::string thousands(std::int64_t number);
// "1 layer", "4 layers".
std::string counted(std::int64_t count, std::string_view noun);

// The last line that is not empty, which is where a program that ends says why.
std::string last_line(std::string_view text);

// A text of at most 16 KiB as it is; of a longer one the beginning and the end.
std::string shortened(std::string_view text);

// One word of a command line, in quotes where a shell needs them.
std::string shell_word(std::string_view word);

// Rows of cells in columns two blanks apart, printable; the first row is the heading. A cell that is longer than most
// lines does not widen its column.
std::string table(std::vector<std::vector<std::string>> rows);
// The same as a Markdown table.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

// A lambda's text, or what its graph does when it has none.
std::string lambda_text(const LambdaFunction& expression);
std::string capture_text(const Capture& capture);

}  // namespace revive::tools
