// A command line as data, for the manual: what CLI11 prints for --help, option by option.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace havc::chassis {

struct OptionDoc {
  std::string names;  ///< "--fault, --do"; of a positional its name
  std::string value;  ///< "MS"; empty: a switch
  std::string text;
  std::string fallback;  ///< empty: none, or told by `text`
  bool repeated = false;
};

std::vector<OptionDoc> docs_of(const CLI::App& app);

}  // namespace havc::chassis
