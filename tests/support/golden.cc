#include "support/golden.h"

#include "base/environment.h"
#include "support/catch.h"

#include <fstream>
#include <sstream>

namespace havc::test {

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(HAVC_GOLDEN_DIR) + "/" + name;
  if (Environment::of_process().get("HAVC_ACCEPT") == "1") {
    std::ofstream(path, std::ios::trunc) << text;
    return;
  }
  std::ifstream file(path);
  INFO("golden file " << path << "; HAVC_ACCEPT=1 rewrites it");
  REQUIRE(file);
  std::ostringstream expected;
  expected << file.rdbuf();
  CHECK(text == expected.str());
}

}  // namespace havc::test
