#include "base/scribe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/error.h"

namespace havc {

namespace {

// All below runs in a child that was forked while other threads may have held locks: system calls alone, no memory from the heap.

void make_folders_above(char* path) {
  constexpr mode_t kMode = 0755;
  for (char* slash = path + 1; *slash != '\0'; ++slash) {
    if (*slash != '/') continue;
    *slash = '\0';
    mkdir(path, kMode);
    *slash = '/';
  }
}

bool append(int file, const char* text, std::size_t count) {
  while (count > 0) {
    const ssize_t written = write(file, text, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

void serve(char* path) {
  constexpr unsigned int kMostSeconds = 60;  // in one call; a hard NFS mount gives way to a signal that kills
  constexpr mode_t kMode = 0640;
  alarm(kMostSeconds);
  make_folders_above(path);
  // A link is followed: /var/log is often laid elsewhere by one. O_NONBLOCK: a FIFO without a reader would wait.
  const int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, kMode);
  if (file < 0) return;
  std::array<char, 4096> buffer{};
  while (true) {
    alarm(0);
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    alarm(kMostSeconds);
    if (!append(file, buffer.data(), static_cast<std::size_t>(count))) return;
  }
}

[[noreturn]] void be_scribe(int from, char* path) {
  setsid();  // Pacemaker kills the process group
  const int nothing = open("/dev/null", O_WRONLY);
  if (nothing < 0 || chdir("/") != 0) _exit(1);
  dup2(from, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  dup2(nothing, STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGALRM, SIG_DFL);  // the caller's handler would speak in its name
  umask(S_IWGRP | S_IWOTH);
  serve(path);
  _exit(0);
}

}  // namespace

Scribe::Scribe(const std::string& path) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(Fault::failed, "cannot make a pipe: " + system_words(errno));
  const Descriptor from(ends[0]);
  pipe_ = Descriptor(ends[1]);
  std::string copy = path;
  const pid_t pid = fork();
  if (pid < 0) throw Error(Fault::failed, "cannot start a process: " + system_words(errno));
  if (pid == 0) be_scribe(from.number(), copy.data());
  fcntl(pipe_.number(), F_SETFL, O_NONBLOCK);
}

bool Scribe::write(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t count = ::write(pipe_.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace havc
