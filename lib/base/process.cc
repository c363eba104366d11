#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/pidfd.h"
#include "base/text.h"
#include "base/trace.h"

namespace havc {

namespace {

struct Pipe {
  Descriptor read_end, write_end;
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw Error(Fault::failed, "cannot make a pipe: " + system_words(errno));
    }
    read_end = Descriptor(ends[0]);
    write_end = Descriptor(ends[1]);
  }
};

class Child {
 public:
  Child(const std::vector<std::string>& arguments, int in, int out, int err) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);  // ours is ignored, which exec would pass on
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);  // so that the deadline reaches its children, too
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);

    std::vector<char*> words;
    words.reserve(arguments.size() + 1);
    for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    const int failed = posix_spawnp(&pid_, words[0], &files, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) {
      throw Error(Fault::not_installed,
                  "cannot run " + text::quote(arguments[0]) + ": " + system_words(failed),
                  "install it or correct its path");
    }
  }
  ~Child() {
    if (pid_ > 0) end();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Readable once it has ended.
  Descriptor open() const { return open_process(pid_); }

  /// The exit code, or nothing at the deadline: a program may close its output and go on.
  std::optional<int> wait(const std::string& program, const Descriptor& process, Deadline deadline) {
    if (process && !wait_for_end(process, deadline)) return {};
    const auto exit_code = collect();
    if (!exit_code) throw Error(Fault::failed, "how " + text::quote(program) + " ended is not known");
    return exit_code;
  }

 private:
  /// A program in uninterruptible sleep, as on a file system that hangs, does not end: then it is left to init.
  void end() noexcept try {
    constexpr auto kMoment = std::chrono::milliseconds(200);  // an ordinary end takes less than one
    kill(-pid_, SIGKILL);
    const Descriptor process = open();
    if (process) wait_for_end(process, Deadline::after(system_clock(), kMoment));
    int status = 0;
    waitpid(pid_, &status, WNOHANG);
  } catch (const Error&) {
    return;  // no way to look at it: the same
  }

  /// Nothing when somebody else took it, as the kernel does while SIGCHLD is ignored.
  std::optional<int> collect() {
    int status = 0;
    pid_t collected = 0;
    do {
      collected = waitpid(pid_, &status, 0);
    } while (collected < 0 && errno == EINTR);
    pid_ = -1;
    if (collected < 0) return {};
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  pid_t pid_ = -1;
};

void drain(Descriptor& from, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t count = read(from.number(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) {
    from.reset();
    return;
  }
  into.append(buffer.data(), std::min(static_cast<std::size_t>(count), kMostOutput - into.size()));
}

void feed(Descriptor& to, std::string_view& input) {
  const ssize_t count = write(to.number(), input.data(), input.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
  if (count < 0 || input.empty()) to.reset();  // EPIPE: it does not want to read on
}

// What a program that has ended left in a pipe, which holds no more than one buffer; others may keep the pipe open.
void take_rest(Descriptor& from, std::string& into) {
  if (!from) return;
  fcntl(from.number(), F_SETFL, O_NONBLOCK);
  drain(from, into);
  from.reset();
}

}  // namespace

ProcessTimeout::ProcessTimeout(const std::string& program, ProcessResult so_far)
    : Error(Fault::timed_out, text::quote(program) + " timed out and was killed"), so_far_(std::move(so_far)) {}

static ProcessResult run_to_end(const std::vector<std::string>& arguments, const std::string& input, Deadline deadline) {
  Pipe in, out, err;
  Child child(arguments, in.read_end.number(), out.write_end.number(), err.write_end.number());
  in.read_end.reset();
  out.write_end.reset();
  err.write_end.reset();
  fcntl(in.write_end.number(), F_SETFL, O_NONBLOCK);
  const Descriptor process = child.open();

  ProcessResult result;
  std::string_view rest = input;
  if (rest.empty()) in.write_end.reset();
  while (out.read_end || err.read_end) {
    std::array<pollfd, 4> wanted{{{out.read_end.number(), POLLIN, 0},
                                  {err.read_end.number(), POLLIN, 0},
                                  {in.write_end.number(), POLLOUT, 0},
                                  {process.number(), POLLIN, 0}}};  // poll ignores negative numbers
    const auto left = deadline.remaining_ms();
    if (left.count() <= 0) throw ProcessTimeout(arguments[0], std::move(result));
    if (poll(wanted.data(), wanted.size(), static_cast<int>(left.count())) <= 0) continue;
    if (wanted[0].revents != 0) drain(out.read_end, result.output);
    if (wanted[1].revents != 0) drain(err.read_end, result.errors);
    if (wanted[2].revents != 0) feed(in.write_end, rest);
    if (wanted[3].revents != 0) {
      take_rest(out.read_end, result.output);
      take_rest(err.read_end, result.errors);
    }
  }
  const auto exit_code = child.wait(arguments[0], process, deadline);
  if (!exit_code) throw ProcessTimeout(arguments[0], std::move(result));
  result.exit_code = *exit_code;
  return result;
}

std::string ProcessResult::words() const {
  constexpr std::size_t kMost = 200;  // a reason is cut anyway
  return text::one_line(errors + " " + output, kMost);
}

ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input, Deadline deadline) {
  return trace::step("run " + text::join(arguments, " "), [&] {
    auto result = run_to_end(arguments, input, deadline);
    trace::line("exit code " + std::to_string(result.exit_code));  // not its output, which may hold a secret
    return result;
  });
}

std::string find_program(const std::string& name, std::string_view folders) {
  for (std::string& path : text::split(folders, ":")) {
    path += "/" + name;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

}  // namespace havc
