#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/link.h"
#include "domain/migrate.h"
#include "domain/note.h"
#include "domain/run_state.h"
#include "domain/verdict.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
// migrate_to has ended well before Pacemaker runs migrate_from: what is not here now was lost on
// the way.
constexpr Duration kMostAbsence = seconds(10);

class Arrival {
 public:
  Arrival(const Subject& subject, const Connect& connect, const Places& places, Deadline deadline)
      : subject_(subject),
        places_(places),
        link_(connect, subject.uri),
        deadline_(deadline),
        absence_ends_(deadline.capped(kMostAbsence)) {}

  Identity wait() {
    while (true) {
      const auto identity = look();
      if (identity) return *identity;
      pause();
      // Not after a look for which no time was left: it would say that libvirt does not answer.
      if (deadline_.expired()) {
        throw Error(Fault::timed_out,
                    "domain " + text::quote(subject_.identity.name) + " has not arrived: " + last_,
                    "look at both nodes with: virsh list --all");
      }
    }
  }

 private:
  // Its identity once it runs here.
  std::optional<Identity> look() {
    if (const Glimpse glance = glimpse(subject_.identity, places_); glance.running)
      return glance.identity;
    const Look now = link_.look_and_watch(subject_.identity, deadline_.capped(kOneLook));
    if (!now.answered()) {
      last_ = now.silence->problem();
      return std::nullopt;
    }
    if (!now.present()) {
      refuse_long_absence();
      return std::nullopt;
    }
    return judge_presence(*now.found);
  }

  void refuse_long_absence() {
    last_ = "it is not on this node";
    if (!absence_ends_.expired()) return;
    throw Error(
        Fault::failed,
        "domain " + text::quote(subject_.identity.name) + " is not on this node and not arriving",
        "look at the source with: virsh list --all");
  }

  std::optional<Identity> judge_presence(const Inspection& found) {
    last_ = "it is " + describe(found);
    // Half arrived: the memory is still on its way.
    if (found.state == State::paused && found.reason == Reason::migrating) return std::nullopt;
    const Health health = judge(found, Depth::basic, Occasion::recurring, {});
    if (health.verdict == Verdict::failed) throw Error(Fault::failed, health.reason, health.remedy);
    if (!health.reason.empty()) log::warn(health.reason);
    return found.identity;
  }

  void pause() {
    link_.wait_for_change({},
                          absence_ends_.expired() ? deadline_ : deadline_.or_sooner(absence_ends_));
  }

  const Subject& subject_;
  const Places& places_;
  Link link_;
  Deadline deadline_;
  Deadline absence_ends_;
  std::string last_ = "nothing was seen yet";
};

}  // namespace

void migrate_from(const Subject& subject, const Connect& connect, const Places& places,
                  Deadline deadline) {
  const Identity identity = Arrival(subject, connect, places, deadline).wait();
  renew_note(places.notes, {subject.instance, identity, subject.config});
}

std::optional<MigrationTimes> times_of_arrival(const Subject& subject, const Connect& connect,
                                               Deadline deadline) noexcept {
  try {
    const Deadline until = deadline.part(kOneLook, 4);
    return connect(subject.uri, until)->times_of_arrival(subject.identity, until);
  } catch (const std::exception& error) {
    log::debug(error.what());
    return {};
  }
}

}  // namespace havc::domain
