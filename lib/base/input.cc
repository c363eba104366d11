#include "base/input.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/error.h"

namespace havc {

namespace {

/// False at the deadline.
bool wait_for(int descriptor, short event, Deadline deadline) {
  pollfd polled{descriptor, event, 0};
  while (true) {
    const int count = poll(&polled, 1, static_cast<int>(deadline.remaining_ms().count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR)
      throw Error(Fault::failed,
                  "cannot wait for standard input or output: " + system_words(errno));
    if (deadline.expired()) return false;
  }
}

}  // namespace

std::string read_input(int descriptor, std::size_t most, Deadline deadline) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (wait_for(descriptor, POLLIN, deadline)) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      throw Error(Fault::failed, "cannot read standard input: " + system_words(errno));
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > most) {
      throw Error(Fault::misconfigured,
                  "standard input has more than " + std::to_string(most) + " bytes",
                  "write name=value lines there");
    }
  }
  throw Error(Fault::timed_out, "timed out: standard input did not end",
              "close it behind the last name=value line");
}

bool write_output(int descriptor, std::string_view text, Deadline deadline) {
  while (!text.empty()) {
    if (!wait_for(descriptor, POLLOUT, deadline)) return false;
    // A pipe that poll calls writable takes that much without waiting (pipe(7)).
    const ssize_t count =
        write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

int print_and_end(std::string_view program, int exit_code, std::string_view output,
                  std::string errors) {
  constexpr auto kMostTime = std::chrono::seconds(1);
  const auto deadline = Deadline::after(system_clock(), kMostTime);
  if (!write_output(STDOUT_FILENO, output, deadline)) {
    errors += std::string(program) + ": cannot write the answer to standard output\n";
    exit_code = std::max(exit_code, 1);
  }
  write_output(STDERR_FILENO, errors, deadline);
  return exit_code;
}

}  // namespace havc
