// Runs calls that may never return (libvirt, reads of a dead file system) on one thread that can be abandoned.
// The caller waits with a deadline; after a timeout the worker is stuck and takes no more work, and
// the program must end with leave_process(), because the thread cannot be stopped.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/deadline.h"

namespace havc {

class Worker {
 public:
  /// `what` names the other side in the error of a timeout: "libvirt", "the file system of '/x'";
  /// `remedy` is that error's.
  explicit Worker(std::string what, std::string remedy = "");
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs `call` on the thread and returns its result or rethrows its exception.
  /// Throws Error(timed_out) at the deadline, and at once when an earlier call is still stuck.
  /// `call` must own what it touches: it may go on after this function has thrown.
  template <class Call>
  auto run(Call call, Deadline deadline) -> decltype(call()) {
    using Result = decltype(call());
    if constexpr (std::is_void_v<Result>) {
      run_task([call = std::move(call)]() mutable { call(); }, deadline);
    } else {
      auto result = std::make_shared<std::optional<Result>>();
      run_task([call = std::move(call), result]() mutable { result->emplace(call()); }, deadline);
      return std::move(**result);
    }
  }

  /// A call did not return in time, and has not returned since.
  bool stuck() const;

 private:
  struct Shared;
  void run_task(std::function<void()> task, Deadline deadline);

  std::shared_ptr<Shared> shared_;
};

/// For calls that touch `path`, as in file_system_of(path).run(look, deadline): one call, one
/// worker, so that a thread that hangs holds nobody else.
Worker file_system_of(const std::string& path);

/// Ends the process without waiting for abandoned threads or running destructors, after flushing standard output.
[[noreturn]] void leave_process(int exit_code);

}  // namespace havc
