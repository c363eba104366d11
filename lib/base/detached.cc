#include "base/detached.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/text.h"
#include "base/trace.h"

namespace havc {

namespace {

// Memory instead of a pipe: writing cannot block, however long the program takes to read.
Descriptor memory_with(const std::string& input) {
  Descriptor file(memfd_create("input", MFD_CLOEXEC));
  if (!file) throw Error(Fault::failed, "cannot make a memory file: " + system_words(errno));
  const ssize_t count = write(file.number(), input.data(), input.size());
  if (count != static_cast<ssize_t>(input.size()) || lseek(file.number(), 0, SEEK_SET) != 0) {
    throw Error(Fault::failed, "cannot fill a memory file: " + system_words(errno));
  }
  return file;
}

// dup2 of a descriptor onto itself would leave it to close at exec.
Descriptor above_standard(Descriptor file) {
  if (file.number() > STDERR_FILENO) return file;
  Descriptor copy(fcntl(file.number(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) throw Error(Fault::failed, "cannot copy a descriptor: " + system_words(errno));
  return copy;
}

}  // namespace

void start_detached(const std::vector<std::string>& arguments, const std::string& input) {
  trace::line("start " + text::join(arguments, " "));
  const Descriptor in = above_standard(memory_with(input));
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in.number(), STDIN_FILENO);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);  // ours is ignored, which exec would pass on
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, words[0], &files, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) {
    throw Error(Fault::not_installed, "cannot run " + text::quote(arguments[0]) + ": " + system_words(failed),
                "install havc again");
  }
}

}  // namespace havc
