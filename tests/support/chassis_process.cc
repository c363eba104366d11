#include "support/chassis_process.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <utility>

namespace havc::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{15};  // generous: the machine may be busy

std::pair<Descriptor, Descriptor> new_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(Fault::failed, "pipe: " + system_words(errno));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// What comes from `source` until `complete` is content.
std::string read_until(const Descriptor& source,
                       const std::function<bool(const std::string&)>& complete) {
  std::string text;
  const auto end = Clock::now() + kPatience;
  while (!complete(text)) {
    pollfd polled{source.number(), POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0 || poll(&polled, 1, static_cast<int>(left.count())) == 0) {
      throw Error(Fault::timed_out, fmt::format("the simulator said only {}", text::quote(text)));
    }
    std::array<char, 4096> buffer{};
    const ssize_t length = read(source.number(), buffer.data(), buffer.size());
    if (length <= 0)
      throw Error(Fault::failed, fmt::format("the simulator ended after {}", text::quote(text)));
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
  return text;
}

// Whether the last of complete lines is the one that ends a reply.
bool is_reply(const std::string& text) {
  if (text.empty() || text.back() != '\n') return false;
  const auto before = text.size() < 2 ? std::string::npos : text.rfind('\n', text.size() - 2);
  const std::string last = before == std::string::npos ? text : text.substr(before + 1);
  return last == "ok\n" || last.rfind("error:", 0) == 0;
}

}  // namespace

std::string path_of(ChassisProgram program) {
  if (program == ChassisProgram::proxy) return HAVC_PROXY;
  const char* other = std::getenv("HAVC_SIMULATOR");
  return other != nullptr ? other : HAVC_SIMULATOR;
}

ChassisProcess::ChassisProcess(std::vector<std::string> arguments, ChassisProgram program) {
  if (std::count(arguments.begin(), arguments.end(), "--listen") == 0)
    arguments.insert(arguments.begin(), {"--listen", "udp:127.0.0.1:0"});
  if (std::count(arguments.begin(), arguments.end(), "--control") == 0)
    arguments.insert(arguments.begin(), {"--control", folder_ / "control"});
  arguments.insert(arguments.begin(), {path_of(program), "--until-eof"});
  start(arguments);
  try {
    const std::string line = read_until(
        output_, [](const std::string& text) { return text.find('\n') != std::string::npos; });
    constexpr std::string_view kWord = "listening ";
    if (line.rfind(kWord, 0) != 0)
      throw Error(Fault::failed, "the simulator said " + text::quote(line));
    address_ = line.substr(kWord.size(), line.find('\n') - kWord.size());
  } catch (const Error&) {
    end();
    throw;
  }
}

void ChassisProcess::start(const std::vector<std::string>& arguments) {
  auto [their_input, input] = new_pipe();
  auto [output, their_output] = new_pipe();
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, their_input.number(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, their_output.number(), STDOUT_FILENO);
  std::vector<std::string> words = arguments;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int failure = posix_spawn(&pid_, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) {
    pid_ = -1;
    throw Error(Fault::not_installed,
                fmt::format("cannot start {}: {}", text::quote(words[0]), system_words(failure)),
                "build the target havc-chassis-simulator");
  }
  input_ = std::move(input);
  output_ = std::move(output);
}

ChassisProcess::~ChassisProcess() {
  end();
}

std::string ChassisProcess::peer() const {
  return address_.substr(address_.find(':') + 1);
}

std::string ChassisProcess::control(const std::string& command) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder_ / "control").copy(address.sun_path, sizeof address.sun_path - 1);
  const Descriptor connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string line = command + '\n';
  if (connect(connection.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0 ||
      send(connection.number(), line.data(), line.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(line.size())) {
    throw Error(Fault::failed, "the simulator's control socket: " + system_words(errno));
  }
  return read_until(connection, is_reply);
}

int ChassisProcess::end() {
  if (pid_ < 0) return exit_code_;
  kill(pid_, SIGTERM);
  // Its standard output ends when it does, which can be waited for with a bound.
  const auto end = Clock::now() + kPatience;
  std::array<char, 256> ignored{};
  bool ended = false;
  while (!ended && Clock::now() < end) {
    pollfd polled{output_.number(), POLLIN, 0};
    if (poll(&polled, 1, 1000) > 0)
      ended = read(output_.number(), ignored.data(), ignored.size()) <= 0;
  }
  if (!ended) kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return exit_code_;
}

}  // namespace havc::test
