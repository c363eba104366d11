#include "remote/everywhere.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace havc::remote {

namespace {

/// What the threads share.
class Round {
 public:
  Round(const Run& run, const std::vector<Errand>& errands, const Progress& progress,
        Deadline deadline)
      : run_(run),
        errands_(errands),
        progress_(progress),
        deadline_(deadline),
        answers_(errands.size()) {}

  std::vector<Answer> go() {
    {
      std::vector<std::jthread> threads;
      const auto count = std::min(errands_.size(), static_cast<std::size_t>(kMostAtOnce));
      for (std::size_t i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
    }
    if (failure_) std::rethrow_exception(failure_);
    std::vector<Answer> answers;
    for (auto& each : answers_) answers.push_back(std::move(*each));
    return answers;
  }

 private:
  const Run& run_;
  const std::vector<Errand>& errands_;
  const Progress& progress_;
  Deadline deadline_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::optional<Answer>> answers_;  // each written by one thread
  std::mutex telling_;
  std::exception_ptr failure_;  // under telling_

  void work() {
    try {
      for (std::size_t i = next_++; i < errands_.size(); i = next_++) {
        answers_[i] = answer(errands_[i]);
        const std::lock_guard lock(telling_);
        if (progress_ && !failure_) progress_(errands_[i], *answers_[i]);
      }
    } catch (...) {
      next_ = errands_.size();  // whatever is no Error is the caller's, once all threads are done
      const std::lock_guard lock(telling_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  Answer answer(const Errand& errand) const {
    try {
      return run_(errand.host, errand.command, deadline_);
    } catch (const Error& error) {
      return error;
    }
  }
};

}  // namespace

std::vector<Answer> everywhere(const Run& run, const std::vector<Errand>& errands,
                               const Progress& progress, Deadline deadline) {
  return Round(run, errands, progress, deadline).go();
}

std::vector<Answer> everywhere(const Run& run, const std::vector<Host>& hosts,
                               const Command& command, const Progress& progress,
                               Deadline deadline) {
  std::vector<Errand> errands;
  errands.reserve(hosts.size());
  for (const auto& host : hosts) errands.push_back({host, command});
  return everywhere(run, errands, progress, deadline);
}

}  // namespace havc::remote
