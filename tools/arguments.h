// What a command takes from its command line: options, flags and positional arguments, by CLI11.
//
// CLI11 is all templates and inline functions, seconds of compiling for every file that calls it; this face of it is
// compiled once. Names and meanings are CLI11's. The values that options are declared with take what is parsed, so they
// have to live until then; an Argument is a reference into its Arguments and is only for declaring.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
class Option;
}  // namespace CLI

namespace revive::tools {

class Argument {
 public:
  explicit Argument(CLI::Option& option) : option_(&option) {}

  Argument& required();
  // The value as it is now is what help shows as the default.
  Argument& capture_default_str();
  // An empty text is no value.
  Argument& not_empty();
  Argument& range(std::int64_t low, std::int64_t high);
  Argument& positive();
  Argument& excludes(const Argument& other);
  // Every value needs the option's name in front of it.
  Argument& one_value_each();
  // Values are counts of seconds with one of the units s, m and h, or none.
  Argument& seconds();
  // Values are counts with one of the units k, M, G and T (powers of 1024), or none.
  Argument& size();

 private:
  CLI::Option* option_;
};

class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(app) {}

  Argument add_flag(const std::string& name, bool& value, const std::string& help);
  Argument add_option(const std::string& name, std::string& value, const std::string& help);
  Argument add_option(const std::string& name, std::optional<std::string>& value, const std::string& help);
  Argument add_option(const std::string& name, std::vector<std::string>& value, const std::string& help);
  Argument add_option(const std::string& name, int& value, const std::string& help);
  Argument add_option(const std::string& name, std::uint64_t& value, const std::string& help);

  // One of the names, for what it stands for.
  template <typename T>
  Argument add_option(const std::string& name, T& value, const std::map<std::string, T>& names,
                      const std::string& help) {
    std::vector<std::string> keys;
    for (const auto& [key, meaning] : names) keys.push_back(key);
    return add_choice(name, std::move(keys), [&value, names](const std::string& key) { value = names.at(key); }, help);
  }

 private:
  Argument add_choice(const std::string& name, std::vector<std::string> keys,
                      const std::function<void(const std::string&)>& choose, const std::string& help);

  CLI::App& app_;
};

}  // namespace revive::tools
