#include "domain/stop.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/pidfd.h"
#include "base/text.h"
#include "domain/end_process.h"
#include "domain/lasting.h"
#include "domain/link.h"
#include "domain/note.h"
#include "domain/qemu_process.h"
#include "domain/run_state.h"
#include "domain/save.h"
#include "domain/saved_image.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
// Without time, a healthy connection would count as silent: so much is taken from what comes after.
constexpr Duration kShortLook = seconds(1);
constexpr Duration kMostPatience = seconds(15);  // a restart of libvirtd takes 2 to 10 s
constexpr Duration kOneRequest = seconds(10);
// libvirt gives an agent 5 s to answer at all, then says that it does not. An agent that has obeyed
// answers no more: the call ends with the guest.
constexpr Duration kOneAgentRequest = seconds(7);
// The first power button only wakes a screen that sleeps, and a guest that is booting does not hear
// it: once more soon, then seldom.
constexpr Duration kFirstRepeat = seconds(5);
constexpr Duration kRepeatRequest = seconds(25);
constexpr Duration kLastBreaths =
    seconds(3);  // libvirt's word that a domain is gone can outrun the kernel's

/// A guest that does not run cannot hear, and will not until somebody repairs what paused it.
bool can_obey(const Inspection& inspection) {
  return inspection.state == State::running || inspection.state == State::blocked ||
         inspection.state == State::shutdown || inspection.state == State::pmsuspended;
}

/// A guest that is about to crash or to power off must not come back from an image.
bool can_be_saved(const Inspection& inspection) {
  return inspection.state == State::running || inspection.state == State::blocked ||
         (inspection.state == State::paused &&
          (inspection.reason == Reason::user || inspection.reason == Reason::other));
}

/// A migration that broke has left it standing here. Where it went on, its disks were used since.
bool may_run_elsewhere(const Inspection& inspection, const Places& places,
                       const std::string& instance, Instant now) {
  const bool left_behind =
      inspection.state == State::paused && (inspection.reason == Reason::migrating ||
                                            inspection.reason == Reason::postcopy_failed);
  return left_behind || is_held(places.notes, instance, inspection, now);
}

/// One stop, from the first look to the proof. Reads top to bottom in run().
class Stopping {
 public:
  Stopping(const Subject& subject, const StopPolicy& policy, const Connect& connect,
           const Places& places, Deadline deadline)
      : subject_(subject),
        policy_(policy),
        connect_(connect),
        places_(places),
        link_(connect, subject.uri),
        deadline_(deadline) {
    const auto state = read_run_state(places.run_state, subject.identity.name);
    const Duration total =
        policy.timeout > Duration::zero() ? policy.timeout : deadline.remaining();
    budget_ = stop_budget(total, policy, state ? state->host_devices : 0);
    // A deadline that is nearer than the cluster's timeout promised must not be eaten by the
    // reserve.
    budget_.kill_reserve = std::min(budget_.kill_reserve, deadline.remaining() / 2);
    budget_.own_kill = std::min(budget_.own_kill, budget_.kill_reserve / 2);
  }

  Stopped run() {
    seen_ = find_processes(places_, subject_.identity, deadline_.capped(kOneLook));
    const Look first = look_patiently();
    if (!first.present() && seen_.alive()) drop_image();
    if (!first.answered()) return stop_without_libvirt(*first.silence);
    if (!first.present()) return stop_orphan(first);
    if (const auto stopped = save(*first.found)) return *stopped;
    const bool obeyed = ask_guest(*first.found);
    if (!obeyed) destroy();
    finish();
    return obeyed ? Stopped::gracefully : Stopped::forcibly;
  }

 private:
  Deadline end_of_grace() const { return deadline_.earlier_by(budget_.kill_reserve); }
  Deadline patience() const { return end_of_grace().part(kMostPatience, 4); }

  Look look(Deadline until) { return link_.look_and_watch(subject_.identity, until); }

  // A libvirtd that is being restarted deserves a moment: without it the guest cannot be asked.
  Look look_patiently() {
    const Deadline until = patience();
    while (true) {
      Look now = look(until.capped(kOneLook));
      if (now.answered() || until.expired() || seen_.certainly_absent()) return now;
      until.pause(kAgain);
    }
  }

  Stopped stop_without_libvirt(const Error& silence) {
    log::warn("stopping " + text::quote(subject_.identity.name) +
              " without libvirt: " + silence.problem());
    if (seen_.certainly_absent()) return Stopped::already;
    if (!seen_.alive()) {
      throw Error(Fault::failed, silence.problem() + ", and " + seen_.doubt, silence.remedy());
    }
    end_processes(seen_, Manner::term_first, places_.proc, deadline_);
    finish();
    return Stopped::forcibly;
  }

  Stopped stop_orphan(const Look& first) {
    if (first.namesake) {
      log::warn("another domain is called " + text::quote(subject_.identity.name) + ", with UUID " +
                first.namesake->identity.uuid + "; it is left alone");
    }
    if (!seen_.alive()) {
      finish();
      return Stopped::already;
    }
    log::warn("libvirt does not know QEMU pid " + std::to_string(seen_.processes.front().pid));
    end_processes(seen_, Manner::term_first, places_.proc, deadline_);
    finish();
    return Stopped::forcibly;
  }

  // The guest has run since it was made: whatever happens now, it must not be restored.
  void drop_image() {
    if (places_.processes) drop_outdated_image(policy_.snapshot, subject_.identity, deadline_);
  }

  // Nothing when the guest lives on.
  std::optional<Stopped> save(const Inspection& first) {
    if (policy_.snapshot.empty() || !places_.processes) return std::nullopt;
    // Neither an image of what it was here, nor the end of one that is made there.
    if (may_run_elsewhere(first, places_, subject_.instance, deadline_.now())) return std::nullopt;
    drop_image();
    const SavedImage image(policy_.snapshot, subject_.identity);
    if (policy_.force || !can_be_saved(first)) return std::nullopt;
    const auto outcome = save_guest(subject_, image, connect_, link_, end_of_grace(),
                                    deadline_.earlier_by(budget_.own_kill));
    if (outcome == SaveOutcome::lives) return std::nullopt;
    finish();
    return outcome == SaveOutcome::saved ? Stopped::saved : Stopped::forcibly;
  }

  // True when the guest is gone.
  bool ask_guest(const Inspection& first) {
    if (end_of_grace().expired()) return false;
    if (policy_.force || !can_obey(first)) {
      log::info(text::quote(subject_.identity.name) + " is " + describe(first) +
                ": not asked to shut down");
      return false;
    }
    const Deadline end = end_of_grace();
    if (const auto stopped = stopped_by_signal(seen_, places_.proc, end)) {
      log::info("QEMU pid " + std::to_string(*stopped) + " is stopped by a signal: " +
                text::quote(subject_.identity.name) + " is not asked to shut down");
      return false;
    }
    if (policy_.wake_guest || first.state == State::pmsuspended) {
      note_failure(link_.attempt(
          [&](Hypervisor& it) { it.wake(subject_.identity, end.capped(kOneRequest)); }, end));
    }
    while (!end.expired() && !deaf_) {
      const Duration pause = requested_ ? kRepeatRequest : kFirstRepeat;
      request_shutdown(end);
      if (wait_until_gone(end.capped(pause))) return true;
    }
    return false;
  }

  // By the next way that libvirt does not refuse: one that the guest did not obey had its turn.
  void request_shutdown(Deadline end) {
    const std::size_t ways = std::max<std::size_t>(policy_.methods.size(), 1);
    for (std::size_t tried = 0; tried < ways && !end.expired(); ++tried) {
      std::optional<ShutdownMethod> method;
      if (!policy_.methods.empty()) method = policy_.methods[next_method_++ % ways];
      const bool agent = method == ShutdownMethod::agent;
      const Deadline until = end.capped(agent ? kOneAgentRequest : kOneRequest);
      const auto failure = link_.attempt(
          [&](Hypervisor& it) { it.request_shutdown(subject_.identity, method, until); }, until);
      if (!failure) {
        requested_ = true;
        return;
      }
      log::warn((method ? std::string(name_of(*method)) + ": " : "") + failure->problem());
    }
  }

  static void note_failure(const std::optional<Error>& failure) {
    if (failure) log::warn(failure->problem());
  }

  // libvirt says so, or there is no process any more. Sets deaf_ when waiting has become useless.
  bool wait_until_gone(Deadline until) {
    Deadline silence_ends = patience();
    while (true) {
      const Look now = look(deadline_.capped(std::clamp(until.remaining(), kShortLook, kOneLook)));
      if (now.absent()) return true;
      if (now.answered()) {
        silence_ends = patience();
        deaf_ = !can_obey(*now.found);
      } else {
        if (seen_.alive() && wait_for_all(seen_, until.capped(Duration::zero()))) return true;
        // A guest that was asked may be on its way down; one that was not will never be.
        deaf_ = !requested_ && silence_ends.expired();
      }
      if (deaf_ || until.expired()) return false;
      wait(until);
    }
  }

  void wait(Deadline until) {
    // A process that has ended would end each wait at once while libvirt is still taking its domain
    // apart.
    static const Descriptor kNone;
    const bool alive = seen_.alive() && !wait_for_end(seen_.processes.front().handle,
                                                      until.capped(Duration::zero()));
    link_.wait_for_change(alive ? seen_.processes.front().handle : kNone, until);
  }

  void destroy() {
    const Deadline until = deadline_.earlier_by(budget_.own_kill);
    log::info("destroying " + text::quote(subject_.identity.name));
    const auto failure =
        link_.attempt([&](Hypervisor& it) { it.destroy(subject_.identity, until); }, until);
    note_failure(failure);
    if (failure && failure->fault() == Fault::timed_out) link_.drop();
    seen_ = find_processes(places_, subject_.identity, deadline_);
    if (seen_.alive()) {
      const bool tried = !failure || failure->fault() == Fault::timed_out;
      if (!wait_for_all(seen_, tried ? until : until.capped(Duration::zero()))) {
        end_processes(seen_, tried ? Manner::at_once : Manner::term_first, places_.proc, deadline_);
      }
    }
  }

  // The proof: no process, and libvirt agrees if it answers. Ends what is left of a domain that
  // libvirt has forgotten.
  void finish() {
    seen_ = find_processes(places_, subject_.identity, deadline_);
    if (seen_.alive()) {
      if (!wait_for_all(seen_, deadline_.capped(kLastBreaths))) {
        end_processes(seen_, Manner::term_first, places_.proc, deadline_);
      }
      seen_ = find_processes(places_, subject_.identity, deadline_);
    }
    if (places_.processes && !seen_.certainly_absent()) {
      throw Error(Fault::failed,
                  "cannot see whether the QEMU of " + text::quote(subject_.identity.name) +
                      " is gone: " + (seen_.alive() ? "another one runs" : seen_.doubt));
    }
    agree_with_libvirt();
  }

  void agree_with_libvirt() {
    while (true) {
      const Look now = look(deadline_.part(kOneLook));
      if (!now.answered() && !places_.processes) throw Error(*now.silence);
      if (!now.answered()) {
        log::warn(now.silence->problem() + "; its QEMU is gone");
        return;
      }
      if (now.absent()) return;
      // Not after a look for which no time is left: that would count as silence, hence as success.
      if (deadline_.remaining() <= kShortLook) {
        throw Error(Fault::timed_out,
                    "libvirt still calls " + text::quote(subject_.identity.name) + " " +
                        describe(*now.found),
                    "look with: virsh list");
      }
      wait(deadline_.capped(kAgain));
    }
  }

  const Subject& subject_;
  const StopPolicy& policy_;
  const Connect& connect_;
  const Places& places_;
  Link link_;
  Deadline deadline_;
  StopBudget budget_{};
  Sighting seen_;           // as of the last search
  bool requested_ = false;  // the guest was asked, as far as libvirt says
  bool deaf_ = false;       // and cannot obey any more
  std::size_t next_method_ = 0;
};

}  // namespace

Stopped stop(const Subject& subject, const StopPolicy& policy, const Connect& connect,
             const Places& places, Deadline deadline) {
  const Stopped stopped = Stopping(subject, policy, connect, places, deadline).run();
  drop_note(places.notes, subject.instance);
  return stopped;
}

}  // namespace havc::domain
