// A template with values, on standard output: fill_template TEMPLATE NAME=VALUE… For
// templates_test.py.
#include <iostream>

#include "base/error.h"
#include "base/file.h"
#include "inventory/template.h"

int main(int count, char** words) try {
  havc::inventory::Values values;
  for (int i = 2; i < count; ++i) {
    const std::string word = words[i];
    const auto equals = word.find('=');
    if (equals == std::string::npos)
      throw havc::Error(havc::Fault::misconfigured, "'" + word + "' is not NAME=VALUE");
    values[word.substr(0, equals)] = word.substr(equals + 1);
  }
  if (count < 2) throw havc::Error(havc::Fault::misconfigured, "which template?");
  std::cout << havc::inventory::Template(havc::read_file(words[1], 1 << 20), words[1]).fill(values)
            << std::flush;
  return 0;
} catch (const havc::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
