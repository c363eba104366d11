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

std::vector<char*> words_of(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  return words;
}

Error not_started(const std::string& program, int error_number) {
  return {Fault::not_installed, "cannot run " + text::quote(program) + ": " + system_words(error_number), "install it or correct its path"};
}

class Child {
 public:
  Child(const std::vector<std::string>& arguments, const std::string& folder, int in, int out, int err) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);  // ours is ignored, which exec would pass on
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);  // so that the deadline reaches its children, too
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);

    auto words = words_of(arguments);
    const int failed = posix_spawnp(&pid_, words[0], &files, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) throw not_started(arguments[0], failed);
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

/// What is said and heard while a program runs.
class Conversation {
 public:
  Conversation(const std::vector<std::string>& arguments, const std::string& input, const ProcessOptions& options)
      : program_(arguments[0]),
        options_(options),
        rest_(input),
        child_(arguments, options.folder, in_.read_end.number(), out_.write_end.number(), err_.write_end.number()),
        process_(child_.open()) {
    in_.read_end.reset();
    out_.write_end.reset();
    err_.write_end.reset();
    fcntl(in_.write_end.number(), F_SETFL, O_NONBLOCK);
    if (rest_.empty()) in_.write_end.reset();
  }

  ProcessResult run(Deadline deadline) {
    while (out_.read_end || err_.read_end) {
      const Deadline until = greeted() ? deadline : deadline.or_sooner(*options_.greeting);
      if (until.expired()) throw ProcessTimeout(program_, std::move(result_));
      exchange(until);
    }
    const auto exit_code = child_.wait(program_, process_, deadline);
    if (!exit_code) throw ProcessTimeout(program_, std::move(result_));
    result_.exit_code = *exit_code;
    return std::move(result_);
  }

 private:
  std::string program_;
  const ProcessOptions& options_;
  std::string_view rest_;  // of the input
  Pipe in_, out_, err_;
  Child child_;
  Descriptor process_;
  ProcessResult result_;

  bool greeted() const { return !options_.greeting || !result_.output.empty(); }

  void exchange(Deadline until) {
    std::array<pollfd, 4> wanted{{{out_.read_end.number(), POLLIN, 0},
                                  {err_.read_end.number(), POLLIN, 0},
                                  {greeted() ? in_.write_end.number() : -1, POLLOUT, 0},
                                  {process_.number(), POLLIN, 0}}};  // poll ignores negative numbers
    if (poll(wanted.data(), wanted.size(), static_cast<int>(until.remaining_ms().count())) <= 0) return;
    if (wanted[0].revents != 0) drain(out_.read_end, result_.output);
    if (wanted[1].revents != 0) drain(err_.read_end, result_.errors);
    if (wanted[2].revents != 0) feed();
    if (wanted[3].revents != 0) {
      take_rest(out_.read_end, result_.output);
      take_rest(err_.read_end, result_.errors);
    }
  }

  void drain(Descriptor& from, std::string& into) {
    std::array<char, 65536> buffer{};
    const ssize_t count = read(from.number(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      from.reset();
      return;
    }
    const auto room = options_.most_output - into.size();
    if (static_cast<std::size_t>(count) > room) result_.cut = true;
    into.append(buffer.data(), std::min(static_cast<std::size_t>(count), room));
  }

  // What a program that has ended left in a pipe, which holds no more than one buffer; others may keep the pipe open.
  void take_rest(Descriptor& from, std::string& into) {
    if (!from) return;
    fcntl(from.number(), F_SETFL, O_NONBLOCK);
    drain(from, into);
    from.reset();
  }

  void feed() {
    Descriptor& to = in_.write_end;
    const ssize_t count = write(to.number(), rest_.data(), rest_.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count > 0) rest_.remove_prefix(static_cast<std::size_t>(count));
    if (count < 0 || rest_.empty()) to.reset();  // EPIPE: it does not want to read on
  }
};

}  // namespace

ProcessTimeout::ProcessTimeout(const std::string& program, ProcessResult so_far)
    : Error(Fault::timed_out, text::quote(program) + " timed out and was killed"), so_far_(std::move(so_far)) {}

std::string ProcessResult::words() const {
  constexpr std::size_t kMost = 200;  // a reason is cut anyway
  return text::one_line(errors + " " + output, kMost);
}

ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input, const ProcessOptions& options,
                          Deadline deadline) {
  return trace::step("run " + text::join(arguments, " "), [&] {
    auto result = Conversation(arguments, input, options).run(deadline);
    trace::line("exit code " + std::to_string(result.exit_code));  // not its output, which may hold a secret
    return result;
  });
}

ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input, Deadline deadline) {
  return run_process(arguments, input, ProcessOptions(), deadline);
}

void become(const std::vector<std::string>& arguments) {
  trace::line("become " + text::join(arguments, " "));
  auto words = words_of(arguments);
  const auto before = std::signal(SIGPIPE, SIG_DFL);  // ours is ignored, which exec would pass on
  execvp(words[0], words.data());
  const int error_number = errno;
  std::signal(SIGPIPE, before);
  throw not_started(arguments[0], error_number);
}

std::string find_program(const std::string& name, std::string_view folders) {
  for (std::string& path : text::split(folders, ":")) {
    path += "/" + name;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

}  // namespace havc
