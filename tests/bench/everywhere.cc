// For reach.py: `true` on every node of the command line at once, by lib/remote; how long that took.
// usage: everywhere CONTROL_FOLDER ADDRESS…     An empty CONTROL_FOLDER keeps no connections.

#include "remote/everywhere.h"

#include <chrono>
#include <iostream>

#include "base/environment.h"
#include "remote/ssh.h"

int main(int count, char** words) {
  using Clock = std::chrono::steady_clock;
  havc::settle_process();
  const havc::remote::Ssh ssh({.control_folder = words[1]});
  std::vector<havc::remote::Host> hosts;
  for (int i = 2; i < count; ++i) hosts.push_back({words[i], words[i], false});

  const auto begin = Clock::now();
  const auto answers = everywhere(
      ssh.as_run(), hosts, {{"true"}}, {},
      havc::Deadline::after(havc::system_clock(), std::chrono::seconds(60)));
  const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
  for (const auto& each : answers) {
    if (const auto* error = std::get_if<havc::Error>(&each)) {
      std::cerr << error->what() << '\n';
      return 1;
    }
  }
  std::cout << took.count() << '\n';
}
