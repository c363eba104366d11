// havc: the operator's command.

#include <iostream>
#include <string>
#include <vector>

#include "base/environment.h"
#include "havc/command_line.h"
#include "havc/commands.h"

int main(int count, char** words) {
  havc::settle_process();
  const std::vector<std::string> arguments(words + 1, words + count);
  return havc::cli::run(havc::cli::commands(), arguments, std::cout, std::cerr);
}
