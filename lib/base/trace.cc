#include "base/trace.h"

#include <fcntl.h>
#include <sys/time.h>

#include <optional>

#include "base/calendar.h"
#include "base/descriptor.h"
#include "base/error.h"
#include "base/scribe.h"
#include "base/text.h"

namespace havc::trace {

namespace {

constexpr std::size_t kLongestLine = 2000;  // below PIPE_BUF: lines of several threads do not mix

struct Target {
  int descriptor = -1;
  std::optional<Scribe> scribe;
};

Target& target() {
  static Target instance;
  return instance;
}

std::string milliseconds_of_now() {
  timeval now{};
  gettimeofday(&now, nullptr);
  const std::string digits = std::to_string(now.tv_usec / 1000);
  return std::string(3 - digits.size(), '0') + digits;
}

void write(const std::string& text) {
  Target& to = target();
  if (to.scribe)
    static_cast<void>(to.scribe->write(text));
  else
    write_if_taken(to.descriptor, text);
}

}  // namespace

void start(int descriptor) {
  stop();
  // Else its number would soon be that of a lock or of the connection to libvirt.
  if (fcntl(descriptor, F_GETFD) < 0) throw Error(Fault::failed, "descriptor " + std::to_string(descriptor) + " is not open");
  target().descriptor = descriptor;
}

void start(const std::string& path) {
  stop();
  target().scribe.emplace(path);
}

void stop() noexcept {
  target().descriptor = -1;
  target().scribe.reset();
}

bool on() noexcept { return target().descriptor >= 0 || target().scribe; }

void line(std::string_view text) noexcept {
  if (!on()) return;
  try {
    write(local_time("%H:%M:%S.") + milliseconds_of_now() + " " + text::one_line(text, kLongestLine) + "\n");
  } catch (const std::exception&) {
    // Without memory for a line there is none.
  }
}

Step::Step(std::string_view what) noexcept : begin_(std::chrono::steady_clock::now()) {
  try {
    what_ = what;
    line("> " + what_);
  } catch (const std::exception&) {
    what_.clear();
  }
}

void Step::failed(std::string_view reason) noexcept {
  try {
    failure_ = reason;
  } catch (const std::exception&) {
    failure_.clear();
  }
}

Step::~Step() {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_);
  try {
    const std::string end = failure_.empty() ? "done" : "failed";
    line("< " + what_ + ": " + end + " after " + std::to_string(took.count()) + " ms" + (failure_.empty() ? "" : ": " + failure_));
  } catch (const std::exception&) {
    return;  // as in line()
  }
}

}  // namespace havc::trace
