#include "support/qemu/fake_qemu_process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <random>
#include <stdexcept>

#include "base/descriptor.h"

namespace havc::test {

static std::string hex(std::mt19937_64& random) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(random()));
  return text.data();
}

domain::Identity unique_domain() {
  static std::mt19937_64 random{std::random_device{}()};
  const std::string a = hex(random);
  const std::string b = hex(random);
  return {"havc-test-" + a, a.substr(0, 8) + "-" + a.substr(8, 4) + "-4" + a.substr(13) + "-8" +
                                b.substr(1, 3) + "-" + b.substr(4)};
}

static std::vector<std::string> arguments_of(const domain::Identity& identity) {
  std::string name;
  for (const char letter : identity.name)
    name += letter == ',' ? std::string(",,") : std::string(1, letter);
  return {"-name", "guest=" + name + ",debug-threads=on", "-S", "-uuid", identity.uuid};
}

FakeQemu::FakeQemu(const domain::Identity& identity, Habit habit)
    : FakeQemu(arguments_of(identity), habit) {}

FakeQemu::FakeQemu(const std::vector<std::string>& arguments, Habit habit) {
  std::array<int, 2> ready{};
  if (pipe(ready.data()) != 0) throw std::runtime_error("no pipe");
  const Descriptor reader(ready[0]);
  Descriptor writer(ready[1]);
  std::vector<std::string> words{HAVC_FAKE_QEMU};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  constexpr std::array<const char*, 3> kHabits{"obedient", "deaf", "leaderless"};
  std::string chosen =
      std::string("FAKE_QEMU_HABIT=") + kHabits.at(static_cast<std::size_t>(habit));
  std::array<char*, 2> environment{chosen.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, writer.number(), STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, reader.number());
  const int failure =
      posix_spawn(&pid_, words.front().c_str(), &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("cannot start " + words.front());
  writer.reset();
  char byte = 0;
  if (read(reader.number(), &byte, 1) != 1)
    throw std::runtime_error("the fake QEMU did not get ready");
}

FakeQemu::~FakeQemu() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void FakeQemu::freeze() const {
  kill(pid_, SIGSTOP);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOWAIT);
}

void FakeQemu::become_zombie() const {
  kill(pid_, SIGKILL);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
}

bool FakeQemu::alive() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
         info.si_pid == 0;
}

}  // namespace havc::test
