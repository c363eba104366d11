#include "chassis/hooks.h"

#include "base/error.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace havc::chassis {
namespace {

constexpr int kGrace = 2;  // seconds between SIGTERM and SIGKILL

struct SpawnAttributes {
  SpawnAttributes() {
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  }
  ~SpawnAttributes() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t files{};
};

void complain(const std::string& program, const HookCall& call, const std::string& what) {
  fmt::print(stderr, "hook '{} {} {} {}' {}: the bay's state stays\n", program,
             call.on ? "on" : "off", call.bay, call.label, what);
}

std::string words(int status) {
  return WIFSIGNALED(status) ? fmt::format("died of signal {}", WTERMSIG(status))
                             : fmt::format("ended with code {}", WEXITSTATUS(status));
}

}  // namespace

bool Hooks::start(const HookCall& call) {
  std::string verb = call.on ? "on" : "off";
  std::string bay = std::to_string(call.bay);
  std::string label = call.label;
  const std::array<char*, 5> arguments{program_.data(), verb.data(), bay.data(), label.data(),
                                       nullptr};
  const SpawnAttributes spawn;
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, program_.c_str(), &spawn.files, &spawn.attributes,
                                  arguments.data(), environ);
  if (failure != 0) {
    complain(program_, call, "cannot be started, " + system_words(failure));
    return false;
  }
  running_.emplace(pid, call);
  return true;
}

std::vector<Hooks::End> Hooks::reap() {
  std::vector<End> ends;
  for (auto it = running_.begin(); it != running_.end();) {
    int status = 0;
    if (waitpid(it->first, &status, WNOHANG) != it->first) {
      ++it;
      continue;
    }
    const bool success = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!success) complain(program_, it->second, words(status));
    ends.push_back({it->second.bay, success});
    it = running_.erase(it);
  }
  return ends;
}

void Hooks::wait_for_all(int seconds) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (reap(), !running_.empty() && std::chrono::steady_clock::now() < end) {
    const timespec patience{0, 100'000'000};
    sigtimedwait(&child, nullptr, &patience);
  }
}

Hooks::~Hooks() {
  for (const int signal : {SIGTERM, SIGKILL}) {
    for (const auto& [pid, call] : running_) kill(-pid, signal);
    wait_for_all(kGrace);
  }
}

}  // namespace havc::chassis
