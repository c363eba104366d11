// Writes the manual pages of havc and of all its commands into a folder, or prints bash's
// completion; run by the build. usage: havc_print_manuals DATE FOLDER | havc_print_manuals

#include <fstream>
#include <iostream>
#include <string>

#include "havc/commands.h"
#include "havc/manual.h"

namespace {

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  return static_cast<bool>(file);
}

}  // namespace

int main(int count, char** words) {
  using namespace havc::cli;
  if (count == 1) return (std::cout << bash_completion(commands()) << std::flush) ? 0 : 1;
  if (count != 3) return 1;
  const std::string date = words[1];
  const std::string folder = words[2];
  bool fine = write(folder + "/havc.1", manual(commands(), date));
  for (const Command* each : commands()) {
    if (!each->hidden)
      fine = write(folder + "/" + page_name(*each) + ".1", manual(*each, date)) && fine;
  }
  return fine ? 0 : 1;
}
