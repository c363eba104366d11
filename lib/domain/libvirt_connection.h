// One connection to libvirt and the one thread that calls through it. libvirt's calls have no
// timeout: each runs on a Worker, bounded by the caller's deadline, and shares the ownership of
// what it touches.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/trace.h"
#include "base/worker.h"
#include "domain/identity.h"
#include "domain/libvirt_events.h"
#include "domain/libvirt_types.h"

namespace havc::domain {

class LibvirtConnection {
 public:
  using Raw = _virConnect*;

  /// Faults as domain::connect() has them.
  LibvirtConnection(const std::string& uri, Deadline deadline);
  /// Closes, unless the daemon does not answer at once; then the thread and the connection are
  /// abandoned.
  ~LibvirtConnection();
  LibvirtConnection(const LibvirtConnection&) = delete;
  LibvirtConnection& operator=(const LibvirtConnection&) = delete;

  /// Returns what `call(Raw)` returns, from the thread. `call` must own all else that it uses: it
  /// may outlive this function. Throws what it throws, and Error(timed_out). `caller` names the call
  /// in a trace: the function that makes it, unless said otherwise.
  template <class Call>
  auto run(Call call, Deadline deadline, const char* caller = __builtin_FUNCTION())
      -> decltype(call(Raw())) {
    auto task = [session = session_, call = std::move(call)]() mutable {
      return call(session->raw);
    };
    try {
      return trace::step(std::string("libvirt: ") + caller,
                         [&] { return worker_.run(std::move(task), deadline); });
    } catch (const Error& error) {
      throw with_remedy(error);
    }
  }

  /// Subscribes to lifecycle events of all domains (once), and counts those of `domain` as changes.
  void watch(const Identity& domain, Deadline deadline);
  bool wait_for_change(const Descriptor& process, Deadline deadline) {
    return trace::step("wait for an event",
                       [&] { return session_->changes->wait(process, deadline); });
  }

  /// Returns how many references libvirt still holds: 0 when all is released. Used by the
  /// destructor, and by tests.
  int close(Deadline deadline);

  const std::string& uri() const { return uri_; }

 private:
  // libvirt's side is closed by close() alone, never by a destructor on a thread that must not
  // block: what callbacks of an abandoned connection use is left to them.
  struct Session {
    Raw raw = nullptr;
    int subscription = -1;
    std::shared_ptr<ChangeSignal> changes = std::make_shared<ChangeSignal>();
    std::unique_ptr<std::shared_ptr<ChangeSignal>> for_closing;
    ~Session();
  };
  static void subscribe(Session& session);
  static int close_session(Session& session);
  static Error with_remedy(const Error& error);

  std::string uri_;
  std::shared_ptr<Session> session_ = std::make_shared<Session>();
  Worker worker_;
};

}  // namespace havc::domain
