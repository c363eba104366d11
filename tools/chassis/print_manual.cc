// Prints the manual page of the simulator or of the proxy; run by the build. usage:
// havc_print_chassis_manual NAME DATE

#include "chassis/manual.h"

#include <cstdio>
#include <string_view>

int main(int count, char** words) {
  using namespace havc::chassis;
  if (count != 3) return 1;
  const bool proxy = std::string_view(words[1]) == "havc-chassis-proxy";
  const auto page = proxy ? proxy_manual(words[2]) : simulator_manual(words[2]);
  return std::fputs(page.c_str(), stdout) < 0 ? 1 : 0;
}
