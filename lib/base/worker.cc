#include "base/worker.h"

#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "base/text.h"

namespace havc {

// Owned by both sides, so that an abandoned thread never touches freed memory.
struct Worker::Shared {
  std::string what;
  std::string remedy;
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> task;  // set: work waits or is running
  std::exception_ptr failure;
  bool busy = false;
  bool ending = false;
  bool started = false;

  void serve() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return ending || task; });
      if (!task) return;
      std::function<void()> work = std::exchange(task, nullptr);
      lock.unlock();
      std::exception_ptr thrown;
      try {
        work();
      } catch (...) {
        thrown = std::current_exception();
      }
      work = nullptr;  // what the call owns goes on this thread, before the caller is told
      lock.lock();
      failure = thrown;
      busy = false;
      changed.notify_all();
    }
  }
};

Worker::Worker(std::string what, std::string remedy) : shared_(std::make_shared<Shared>()) {
  shared_->what = std::move(what);
  shared_->remedy = std::move(remedy);
}

Worker::~Worker() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ending = true;
  shared_->changed.notify_all();
}

bool Worker::stuck() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->busy;
}

void Worker::run_task(std::function<void()> task, Deadline deadline) {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  if (!shared.busy) {
    if (!shared.started) {
      try {
        std::thread([keep = shared_] { keep->serve(); }).detach();
      } catch (const std::system_error& error) {
        throw Error(Fault::failed, "cannot start a thread: " + system_words(error.code().value()),
                    "raise the limit of processes on this node");
      }
      shared.started = true;
    }
    shared.task = std::move(task);
    shared.busy = true;
    shared.failure = nullptr;
    shared.changed.notify_all();
    if (shared.changed.wait_for(lock, deadline.remaining(), [&] { return !shared.busy; })) {
      if (shared.failure) std::rethrow_exception(std::exchange(shared.failure, nullptr));
      return;
    }
  }
  throw Error(Fault::timed_out, shared.what + " does not answer", shared.remedy);
}

Worker file_system_of(const std::string& path) {
  return Worker("the file system of " + text::quote(path), "look at its storage or its network");
}

void leave_process(int exit_code) {
  std::fflush(stdout);
  _exit(exit_code);
}

}  // namespace havc
