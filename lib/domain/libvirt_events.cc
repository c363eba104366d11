#include "domain/libvirt_events.h"

#include "base/error.h"
#include "base/log.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <thread>

namespace havc::domain {

namespace {

void ignore_error(void* /*unused*/, virErrorPtr /*error*/) {}

// virEventRunDefaultImpl waits without end while nothing is registered; registering wakes it.
void run_events() {
  while (virEventRunDefaultImpl() == 0) {
  }
  log::warn("libvirt's event loop has ended; changes are seen late");
}

bool start_events() {
  virSetErrorFunc(nullptr, ignore_error);
  if (virEventRegisterDefaultImpl() != 0) {
    throw Error(Fault::failed, "libvirt offers no event loop");
  }
  std::thread(run_events).detach();
  return true;
}

}  // namespace

void start_libvirt_events() {
  [[maybe_unused]] static const bool started = start_events();
}

ChangeSignal::ChangeSignal() : raised_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!raised_) throw Error(Fault::failed, "cannot wait for libvirt: " + system_words(errno));
}

void ChangeSignal::watch(const Identity& domain) {
  const std::lock_guard lock(mutex_);
  watched_ = domain;
  eventfd_t dropped = 0;
  static_cast<void>(eventfd_read(raised_.number(), &dropped));
}

void ChangeSignal::domain_changed(const std::string& name, const std::string& uuid) {
  const std::lock_guard lock(mutex_);
  if (watched_.uuid.empty() ? name == watched_.name : uuid == watched_.uuid) raise();
}

// Cannot fail: only a counter near 2^64 would block, and every wait resets it.
void ChangeSignal::raise() {
  static_cast<void>(eventfd_write(raised_.number(), 1));
}

bool ChangeSignal::wait(const Descriptor& process, Deadline deadline) {
  std::array<pollfd, 2> look{{{raised_.number(), POLLIN, 0}, {process.number(), POLLIN, 0}}};
  int found = 0;
  do {
    const auto left = std::min<std::int64_t>(deadline.remaining_ms().count(), INT_MAX);
    found = poll(look.data(), look.size(), static_cast<int>(left));
  } while ((found < 0 && errno == EINTR) || (found == 0 && !deadline.expired()));
  eventfd_t count = 0;
  return eventfd_read(raised_.number(), &count) == 0;
}

}  // namespace havc::domain
