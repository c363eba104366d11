#include "base/apart.h"

#include "base/error.h"
#include "base/pidfd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <utility>

namespace havc {

namespace {

// A line begins with what it is; the last one says how it ended. Without it, it did not.
constexpr char kLine = '+';
constexpr char kDone = '.';
constexpr char kThrew = '!';

void put(int number, char kind, std::string_view text) {
  std::string line(1, kind);
  line.append(text).push_back('\n');
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t count = write(number, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(1);  // no memory: what is missing shows
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

// Descriptors 0 to 2 are /dev/null, 3 is where lines go, and there are no others.
int settle(int said) {
  constexpr int kSaid = STDERR_FILENO + 1;
  setsid();
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) _exit(1);
  const int keep = fcntl(said, F_DUPFD, kSaid + 1);  // it may stand where another is put
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, standard);
  dup2(keep, kSaid);
  close_range(kSaid + 1, ~0U, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGALRM}) signal(number, SIG_DFL);
  return kSaid;
}

[[noreturn]] void work_apart(int said, const std::function<void(const Apart::Say&)>& work) {
  const int to = settle(said);
  try {
    work([&](std::string_view line) { put(to, kLine, line); });
    put(to, kDone, "");
  } catch (const std::exception& error) {
    put(to, kThrew, error.what());
  }
  _exit(0);
}

std::string content_of(int number) {
  std::string content;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t count =
        pread(number, buffer.data(), buffer.size(), static_cast<off_t>(content.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

// A file in memory, not a pipe: what is said never waits for somebody to take it.
Apart::Apart(const std::function<void(const Say&)>& work)
    : said_(memfd_create("havc", MFD_CLOEXEC)) {
  if (!said_) throw Error(Fault::failed, "cannot make a file in memory: " + system_words(errno));
  pid_ = fork();
  if (pid_ < 0) throw Error(Fault::failed, "cannot start a process: " + system_words(errno));
  if (pid_ == 0) work_apart(said_.number(), work);
  process_ = open_process(pid_);
}

Apart::~Apart() {
  end();
}

void Apart::end() noexcept {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, WNOHANG);  // one that the kernel holds is init's, later
  pid_ = -1;
}

Apart::Said Apart::wait(Deadline deadline) {
  const bool ended = !process_ || wait_for_end(process_, deadline);
  end();
  Said said{{}, ended ? "its process ended before it was done" : "no answer in time"};
  const std::string content = content_of(said_.number());
  std::string_view rest = content;
  // A line without end is half a line.
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const char kind = rest.front();
    const std::string text(rest.substr(1, end - 1));
    if (kind == kLine) said.lines.push_back(text);
    if (kind == kDone || kind == kThrew) said.problem = text;
    rest.remove_prefix(end + 1);
  }
  return said;
}

}  // namespace havc
