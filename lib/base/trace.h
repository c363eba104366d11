// What a program does, step by step, for an administrator who asked for it: off, and free of cost, otherwise. Each line is written at once, so that a
// kill leaves what happened before it; nothing waits for it, and it changes no result. Secrets do not belong into it.
#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace havc::trace {

/// Lines go to an open descriptor. Throws Error(failed) when it is not open.
void start(int descriptor);
/// Lines are appended to a file, by a process of its own (base/scribe.h). Throws Error(failed).
void start(const std::string& path);
void stop() noexcept;

bool on() noexcept;

/// One line, with the time before it. Lost when nobody takes it; never throws.
void line(std::string_view text) noexcept;

/// Says on two lines that a step begins, and how it ended after how long.
class Step {
 public:
  explicit Step(std::string_view what) noexcept;
  ~Step();
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  /// Why it failed; without this it is done.
  void failed(std::string_view reason) noexcept;

 private:
  std::string what_;
  std::string failure_;
  std::chrono::steady_clock::time_point begin_;
};

/// Returns what `call` returns and throws what it throws.
template <class Call>
auto step(std::string_view what, Call&& call) -> decltype(std::forward<Call>(call)()) {
  if (!on()) return std::forward<Call>(call)();
  Step running(what);
  try {
    return std::forward<Call>(call)();
  } catch (const std::exception& error) {
    running.failed(error.what());
    throw;
  }
}

}  // namespace havc::trace
