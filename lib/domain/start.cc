#include "domain/start.h"

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/disk_sources.h"
#include "domain/link.h"
#include "domain/note.h"
#include "domain/qemu_process.h"
#include "domain/run_state.h"
#include "domain/verdict.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
constexpr Duration kOneLook = seconds(5);

class Starting {
 public:
  Starting(const Subject& subject, const Definition& definition, const StartPolicy& policy,
           const Connect& connect, const Places& places, Deadline deadline)
      : subject_(subject),
        definition_(definition),
        policy_(policy),
        connect_(connect),
        places_(places),
        deadline_(deadline) {}

  Started run() {
    // Not even a libvirt that hangs makes a running domain a failed start, after which the cluster
    // would stop it.
    if (const auto running = certainly_running()) {
      remember(*running);
      return Started::already;
    }
    hypervisor_ = connect_(subject_.uri, deadline_);
    refuse_another_domain_of_ours();
    const auto found = hypervisor_->inspect(definition_.identity, deadline_);
    if (found && active(found->state)) {
      refuse_unless_ours_and_well(*found);
      remember(found->identity);
      return Started::already;
    }
    refuse_orphan();
    // Paths of a hypervisor that is elsewhere mean nothing here.
    if (places_.processes) refuse_linked_sources(definition_.xml, deadline_);
    if (found && found->persistent) drop_definition(*found);
    hypervisor_->create(with_metadata(definition_.xml, {subject_.instance, subject_.config}),
                        deadline_);
    remember(see_it_run());
    return Started::started;
  }

 private:
  std::optional<Identity> certainly_running() const {
    if (!glimpse(definition_.identity, places_).running) return std::nullopt;
    const auto state = read_run_state(places_.run_state, definition_.identity.name);
    return state ? std::optional(state->identity) : std::nullopt;
  }

  // The definition may have been edited to mean another domain, while the one it meant before still
  // runs, on the same disks.
  void refuse_another_domain_of_ours() {
    const auto note = read_note(places_.notes, subject_.instance);
    if (!note || same_domain(note->identity, definition_.identity)) return;
    const auto before = hypervisor_->inspect(note->identity, deadline_);
    const bool there =
        before && same_domain(before->identity, note->identity) && active(before->state);
    if (!there && !find_processes(places_, note->identity, deadline_.capped(kOneLook)).alive())
      return;
    throw Error(Fault::failed,
                "this resource still runs domain " + text::quote(note->identity.name) + ", but " +
                    text::quote(definition_.path) + " now defines " + name(),
                "stop the resource first");
  }

  void refuse_unless_ours_and_well(const Inspection& found) {
    if (!same_domain(found.identity, definition_.identity)) {
      throw Error(Fault::failed,
                  "another domain is called " + name() + ", with UUID " + found.identity.uuid,
                  "rename one of the two");
    }
    const Health health = judge(found, Depth::basic, Occasion::recurring, {});
    if (health.verdict == Verdict::failed) {
      throw Error(Fault::failed, health.reason, "stop the resource first");
    }
    if (!health.reason.empty()) log::warn(health.reason);
  }

  void refuse_orphan() {
    const Sighting seen = find_processes(places_, definition_.identity, deadline_.capped(kOneLook));
    if (seen.alive()) {
      throw Error(Fault::failed,
                  "orphan QEMU pid " + std::to_string(seen.processes.front().pid) + " of domain " +
                      name() + " is unknown to libvirt",
                  "stop the resource first");
    }
    if (places_.processes && !seen.doubt.empty()) {
      throw Error(Fault::failed, "cannot see whether a QEMU of " + name() + " runs: " + seen.doubt);
    }
  }

  // A stale definition would outlive the transient domain, and libvirt would show it as a second
  // truth. Its nvram and vTPM stay.
  void drop_definition(const Inspection& found) {
    constexpr std::string_view kLibvirtsOwn = "/etc/libvirt/qemu/";
    if (!same_domain(found.identity, definition_.identity)) {
      throw Error(Fault::failed,
                  "libvirt has a definition of another domain " + name() + ", with UUID " +
                      found.identity.uuid,
                  "virsh undefine --keep-nvram " + found.identity.uuid);
    }
    // libvirt would delete the administrator's only copy, also behind a link.
    std::error_code code;
    const auto real = std::filesystem::weakly_canonical(definition_.path, code);
    if ((code ? definition_.path : real.string()).starts_with(kLibvirtsOwn)) return;
    log::info("dropping libvirt's own definition of " + name() + "; " +
              text::quote(definition_.path) + " counts");
    hypervisor_->undefine(found.identity, deadline_);
  }

  Identity see_it_run() {
    const auto found = hypervisor_->inspect(definition_.identity, deadline_);
    if (!found || !active(found->state)) {
      throw Error(Fault::failed, "domain " + name() + " ended as soon as it was started",
                  "see its log below /var/log/libvirt/qemu");
    }
    refuse_unless_ours_and_well(*found);
    return found->identity;
  }

  void remember(const Identity& identity) const {
    renew_note(places_.notes, {subject_.instance, identity, subject_.config});
  }

  std::string name() const { return text::quote(definition_.identity.name); }

  const Subject& subject_;
  const Definition& definition_;
  [[maybe_unused]] const StartPolicy& policy_;
  const Connect& connect_;
  const Places& places_;
  std::unique_ptr<Hypervisor> hypervisor_;
  Deadline deadline_;
};

}  // namespace

Started start(const Subject& subject, const Definition& definition, const StartPolicy& policy,
              const Connect& connect, const Places& places, Deadline deadline) {
  return Starting(subject, definition, policy, connect, places, deadline).run();
}

}  // namespace havc::domain
