// A process that looks like the QEMU of a domain in /proc, for one test.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "domain/identity.h"

namespace havc::test {

/// A domain that no other test of this machine has: name and UUID are random.
domain::Identity unique_domain();

class FakeQemu {
 public:
  /// leaderless: its first thread is a zombie, another one lives on.
  enum class Habit { obedient, ignores_sigterm, leaderless };

  /// Started with the command line libvirt would give it, and ready.
  explicit FakeQemu(const domain::Identity& identity, Habit habit = Habit::obedient);
  /// With these arguments.
  FakeQemu(const std::vector<std::string>& arguments, Habit habit);
  ~FakeQemu();
  FakeQemu(const FakeQemu&) = delete;
  FakeQemu& operator=(const FakeQemu&) = delete;

  pid_t pid() const { return pid_; }
  /// Stops it with SIGSTOP, and returns when the kernel shows it.
  void freeze() const;
  /// Kills it and leaves it uncollected: a zombie.
  void become_zombie() const;
  bool alive() const;

 private:
  pid_t pid_ = -1;
};

}  // namespace havc::test
