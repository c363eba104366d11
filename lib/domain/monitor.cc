#include "domain/monitor.h"

#include "base/log.h"
#include "base/text.h"
#include "domain/checkup.h"
#include "domain/lasting.h"
#include "domain/link.h"
#include "domain/qemu_process.h"
#include "domain/run_state.h"
#include "domain/warning.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
constexpr Duration kMostForProcesses = seconds(5);
// QEMU answers its monitor in milliseconds, or when its storage does.
constexpr Duration kMostForQemu = seconds(5);
// A guest that reboots, or a domain that is being created or taken apart, is caught between two
// states; a second later it is not.
constexpr Duration kSecondLook = seconds(1);

class Monitoring {
 public:
  Monitoring(const Subject& subject, Depth depth, Occasion occasion, const HealthPolicy& policy,
             const Connect& connect, const Places& places, Deadline deadline)
      : subject_(subject),
        depth_(depth),
        occasion_(occasion),
        policy_(policy),
        places_(places),
        link_(connect, subject.uri),
        deadline_(deadline) {}

  Health run(const std::optional<RunHead>& seen) {
    const Glimpse glance = glimpse(subject_.identity, places_, seen);
    if (glance.running && depth_ == Depth::basic) return healthy();
    if (!glance.running) log::debug("asking libvirt: " + glance.doubt);
    Look first = ask();
    if (first.absent()) {
      // Time for what is in between: also a probe must not see a QEMU that is about to end.
      if (occasion_ == Occasion::probe && !processes().alive()) return absent(first);
      deadline_.pause(kSecondLook);
      first = ask();
    }
    if (!first.answered()) return without_libvirt(*first.silence);
    return first.present() ? present(*first.found, glance.pid) : absent(first);
  }

 private:
  Look ask() { return link_.look(subject_.identity, deadline_.part(kOneLook)); }
  Sighting processes() {
    return find_processes(places_, subject_.identity, deadline_.part(kMostForProcesses));
  }

  Health healthy() const {
    forget_state(places_.notes, subject_.instance);
    return {Verdict::running};
  }

  // `qemu`: its process, when the run state proved it to be well; else 0.
  Health present(Inspection found, pid_t qemu) {
    if (is_held(places_.notes, subject_.instance, found, deadline_.now())) {
      return {Verdict::degraded,
              "domain " + name() + " is held: a migration broke, another node may run it",
              "end one of the two, never run both", true};
    }
    Duration time = lasted(places_.notes, subject_.instance, found, deadline_.now());
    if (found.state == State::paused && goes_on(found, time)) time = Duration::zero();
    const Health health = judge(found, depth_, occasion_, policy_, time);
    if (!health.alive()) return with_disks(found, time);
    if (qemu == 0 && places_.processes) {
      // libvirt does not notice that somebody stopped the process.
      const Sighting seen = processes();
      if (const auto stopped = stopped_for_good(seen)) return *stopped;
      if (seen.alive()) qemu = seen.processes.front().pid;
    }
    if (to_be_resumed(found, occasion_, policy_, time)) return resumed(found);
    Health here = with_disks(found, time);
    if (here.verdict != Verdict::running || depth_ == Depth::basic) return here;
    here = check_up(subject_, found, qemu, depth_, policy_, link_, places_, deadline_);
    here.stands_still = health.stands_still;
    if (here.verdict == Verdict::running) return here;
    return ended_meanwhile().value_or(here);
  }

  // A guest that ends while it is asked is not ill. Not for a libvirt that does not answer.
  std::optional<Health> ended_meanwhile() {
    if (!link_.connected() || !ask().absent()) return std::nullopt;
    deadline_.pause(kSecondLook);
    const Look again = ask();
    return again.absent() ? std::optional(absent(again)) : std::nullopt;
  }

  // A save, a dump or a migration that goes on is no pause that somebody forgot, however long it
  // takes. One that lets nobody ask QEMU, as an internal snapshot does, may go on.
  bool goes_on(const Inspection& found, Duration time) {
    const bool job = found.reason == Reason::saving || found.reason == Reason::migrating;
    if (!job || time < policy_.paused_grace) return false;
    bool busy = false;
    const auto failure = link_.attempt(
        [&](Hypervisor& libvirt) {
          busy = libvirt.ask_qemu(found.identity, deadline_.part(kMostForQemu)).busy;
        },
        deadline_.part(kMostForQemu));
    if (failure) log::debug(failure->problem());
    return failure ? failure->fault() != Fault::unsupported : busy;
  }

  // The verdict, with the disks in its reason where a disk is the reason.
  Health with_disks(Inspection& found, Duration time) {
    if (found.state == State::paused && found.reason == Reason::io_error) {
      const auto failure = link_.attempt(
          [&](Hypervisor& libvirt) {
            found.disk_errors =
                libvirt.ask_qemu(found.identity, deadline_.part(kMostForQemu)).disk_errors;
          },
          deadline_.part(kMostForQemu));
      if (failure) log::debug(failure->problem());
    }
    return judge(found, depth_, occasion_, policy_, time);
  }

  // Success is only what is seen afterwards: a disk that is still full pauses the guest again.
  Health resumed(Inspection& paused) {
    with_disks(paused, Duration::zero());
    const std::string what = "domain " + name() + ", " + describe(paused);
    log::warn("resuming " + what);
    const auto failure = link_.attempt(
        [&](Hypervisor& libvirt) { libvirt.resume(paused.identity, deadline_.part(kMostForQemu)); },
        deadline_.part(kMostForQemu));
    if (failure) {
      return {Verdict::degraded,
              "domain " + name() + " is " + describe(paused) + ": " + failure->problem(),
              failure->remedy(), true};
    }
    deadline_.pause(kSecondLook);
    Look again = ask();
    if (!again.answered()) return without_libvirt(*again.silence);
    if (!again.present()) return absent(again);
    if (again.found->state != State::paused) {
      log::info(what + " before, goes on");
      return healthy();
    }
    return with_disks(*again.found, policy_.paused_grace);
  }

  Health absent(const Look& look) {
    const Sighting seen = processes();
    if (seen.alive()) {
      return {Verdict::failed,
              "orphan QEMU pid " + std::to_string(seen.processes.front().pid) + " of domain " +
                  name() + " is unknown to libvirt",
              "stop the resource, which ends it"};
    }
    if (places_.processes && !seen.certainly_absent())
      return {Verdict::failed, "libvirt has no " + name() + ", but " + seen.doubt};
    if (look.namesake) {
      log::warn("another domain is called " + name() + ", with UUID " +
                look.namesake->identity.uuid);
    }
    if (look.found) return judge(*look.found, depth_, occasion_, policy_);
    return {Verdict::not_running, "domain " + name() + " is not here any more",
            "see its log below /var/log/libvirt/qemu"};
  }

  Health without_libvirt(const Error& silence) {
    Sighting seen = processes();
    if (seen.certainly_absent() && occasion_ == Occasion::recurring) {
      deadline_.pause(kSecondLook);
      seen = processes();
    }
    if (seen.certainly_absent()) {
      return {Verdict::not_running,
              "domain " + name() + " has no QEMU here, and " + silence.problem()};
    }
    if (!seen.alive())
      return {Verdict::failed, silence.problem() + ", and " + seen.doubt, silence.remedy()};
    if (const auto stopped = stopped_for_good(seen)) return *stopped;
    const std::string words = "QEMU of " + name() + " runs, but " + silence.problem();
    if (depth_ != Depth::basic) return {Verdict::degraded, words, silence.remedy()};
    if (warning_is_due(places_.notes, subject_.instance, deadline_.now())) log::warn(words);
    return {Verdict::running};
  }

  std::optional<Health> stopped_for_good(const Sighting& seen) const {
    const auto stopped = stopped_by_signal(seen, places_.proc, deadline_);
    if (!stopped) return std::nullopt;
    const std::string pid = std::to_string(*stopped);
    return Health{Verdict::failed,
                  "QEMU pid " + pid + " of domain " + name() + " is stopped by a signal",
                  "kill -CONT " + pid};
  }

  std::string name() const { return text::quote(subject_.identity.name); }

  const Subject& subject_;
  Depth depth_;
  Occasion occasion_;
  const HealthPolicy& policy_;
  const Places& places_;
  Link link_;
  Deadline deadline_;
};

}  // namespace

Health monitor(const Subject& subject, const std::optional<RunHead>& seen, Depth depth,
               Occasion occasion, const HealthPolicy& policy, const Connect& connect,
               const Places& places, Deadline deadline) {
  return Monitoring(subject, depth, occasion, policy, connect, places, deadline).run(seen);
}

}  // namespace havc::domain
