#include "domain/libvirt_connection.h"

#include "base/log.h"
#include "base/text.h"
#include "domain/libvirt_error.h"

#include <fmt/format.h>
#include <libvirt/libvirt.h>

#include <array>

namespace havc::domain {

namespace {

// A healthy daemon closes in a millisecond; nothing is lost when it does not.
constexpr auto kCloseTime = std::chrono::milliseconds(200);

using SharedSignal = std::shared_ptr<ChangeSignal>;

void release_signal(void* signal) {
  std::unique_ptr<SharedSignal>(static_cast<SharedSignal*>(signal)).reset();
}

int lifecycle_event(virConnectPtr /*connection*/, virDomainPtr domain, int /*event*/,
                    int /*detail*/, void* signal) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  if (virDomainGetUUIDString(domain, uuid.data()) != 0) uuid[0] = '\0';
  (*static_cast<SharedSignal*>(signal))->domain_changed(virDomainGetName(domain), uuid.data());
  return 0;
}

void closed_event(virConnectPtr /*connection*/, int /*reason*/, void* signal) {
  (*static_cast<SharedSignal*>(signal))->connection_broke();
}

}  // namespace

LibvirtConnection::LibvirtConnection(const std::string& uri, Deadline deadline)
    : uri_(uri), worker_(fmt::format("libvirt at {}", text::quote(uri))) {
  start_libvirt_events();
  auto open = [uri, session = session_] {
    session->raw = virConnectOpen(uri.c_str());
    if (!session->raw) throw connect_error(last_failure(), uri);
  };
  try {
    trace::step("libvirt: connect to " + uri, [&] { worker_.run(open, deadline); });
  } catch (const Error& error) {
    throw with_remedy(error);
  }
}

LibvirtConnection::~LibvirtConnection() {
  try {
    close(Deadline::after(system_clock(), kCloseTime));
  } catch (const Error& error) {
    log::debug(error.problem());
  }
}

int LibvirtConnection::close(Deadline deadline) {
  return worker_.run([session = session_] { return close_session(*session); }, deadline);
}

int LibvirtConnection::close_session(Session& session) {
  const Raw raw = std::exchange(session.raw, nullptr);
  if (!raw) return 0;
  if (session.subscription >= 0) {
    virConnectDomainEventDeregisterAny(raw, session.subscription);
    virConnectUnregisterCloseCallback(raw, closed_event);
  }
  return virConnectClose(raw);
}

void LibvirtConnection::watch(const Identity& domain, Deadline deadline) {
  run([session = session_](Raw) { subscribe(*session); }, deadline);
  session_->changes->watch(domain);
}

// To the events of all domains: one may also be awaited that is not there yet, and a subscription
// by domain ends with the domain.
void LibvirtConnection::subscribe(Session& session) {
  if (session.subscription >= 0) return;
  // libvirt frees it, after the last event: one may be on its way when the subscription ends.
  auto for_events = std::make_unique<SharedSignal>(session.changes);
  session.subscription = virConnectDomainEventRegisterAny(
      session.raw, nullptr, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
      VIR_DOMAIN_EVENT_CALLBACK(lifecycle_event), for_events.get(), release_signal);
  if (session.subscription < 0) throw failed_call("cannot watch domains", session.raw);
  static_cast<void>(for_events.release());
  // Ours to free: a driver without a daemon takes a close callback and forgets it. libvirt calls it
  // under a lock.
  session.for_closing = std::make_unique<SharedSignal>(session.changes);
  if (virConnectRegisterCloseCallback(session.raw, closed_event, session.for_closing.get(),
                                      nullptr) != 0) {
    throw failed_call("cannot watch the connection", session.raw);
  }
}

LibvirtConnection::Session::~Session() {
  if (raw) static_cast<void>(for_closing.release());
}

Error LibvirtConnection::with_remedy(const Error& error) {
  if (error.fault() != Fault::timed_out || !error.remedy().empty()) return error;
  return {error.fault(), error.problem(), "restart libvirtd; running guests are not touched"};
}

}  // namespace havc::domain
