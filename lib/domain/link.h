// A connection to libvirt that may not come about, or break, without being a reason to give up: the
// verbs go on with what else they can see.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/error.h"
#include "domain/hypervisor.h"
#include "domain/subject.h"

namespace havc::domain {

/// For one question to libvirt: it answers in milliseconds, or is stuck.
inline constexpr Duration kOneLook = std::chrono::seconds(5);
/// To the next try at a libvirt that is silent.
inline constexpr Duration kAgain = std::chrono::seconds(1);

/// What libvirt says of a domain.
struct Look {
  std::optional<Error> silence;        ///< set: libvirt did not answer, for this reason
  std::optional<Inspection> found;     ///< the domain; nothing also when only a namesake is there
  std::optional<Inspection> namesake;  ///< another domain that has its name

  bool answered() const { return !silence; }
  bool present() const { return found && active(found->state); }
  bool absent() const { return answered() && !present(); }
};

class Link {
 public:
  Link(const Connect& connect, std::string uri) : connect_(connect), uri_(std::move(uri)) {}

  /// The connection, made when there is none. Throws as Connect does.
  Hypervisor& open(Deadline deadline);
  /// Forgets the connection: after a call timed out, all later ones on it would.
  void drop() { hypervisor_.reset(); }
  bool connected() const { return hypervisor_ != nullptr; }
  /// Never throws for libvirt's sake.
  Look look(const Identity& domain, Deadline deadline);
  /// The same, and wait_for_change() is told of what becomes of it.
  Look look_and_watch(const Identity& domain, Deadline deadline);
  /// Until a domain that is watched changes, `process` (if there is one) ends, or the deadline:
  /// then it is worth another look. Earlier after 5 s, because events can be lost with a
  /// connection, and after kAgain without one. Never throws.
  void wait_for_change(const Descriptor& process, Deadline deadline);
  /// Makes one call; nothing when it went through, else why not. The connection is dropped after a
  /// failure to answer.
  template <class Call>
  std::optional<Error> attempt(Call call, Deadline deadline) {
    try {
      call(open(deadline));
      return std::nullopt;
    } catch (const Error& error) {
      if (silence(error.fault())) drop();
      return error;
    }
  }

 private:
  static bool silence(Fault fault) {
    return fault == Fault::timed_out || fault == Fault::unreachable;
  }

  const Connect& connect_;
  std::string uri_;
  std::unique_ptr<Hypervisor> hypervisor_;
};

}  // namespace havc::domain
