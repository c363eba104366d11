#include "domain/start.h"

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/conflicts.h"
#include "domain/devices.h"
#include "domain/disk_sources.h"
#include "domain/link.h"
#include "domain/note.h"
#include "domain/qemu_process.h"
#include "domain/resources.h"
#include "domain/run_state.h"
#include "domain/saved_image.h"
#include "domain/start_checks.h"
#include "domain/verdict.h"

namespace havc::domain {

namespace {

constexpr char kRemoveImage[] = "remove it to boot afresh";
// libvirtd waits so long for the calls that it is at before it ends (virNetDaemonRun), and takes 2 to
// 10 s to start again.
constexpr Duration kMostForRestart = std::chrono::seconds(40);

class Starting {
 public:
  Starting(const Subject& subject, const Definition& definition, const StartPolicy& policy,
           const Connect& connect, const Places& places, Deadline deadline)
      : subject_(subject),
        definition_(definition),
        policy_(policy),
        connect_(connect),
        places_(places),
        deadline_(deadline) {
    // A folder of a hypervisor that is elsewhere cannot be looked into.
    if (!policy.snapshot.empty() && places.processes)
      image_.emplace(policy.snapshot, definition.identity);
  }

  Started run() {
    // Not even a libvirt that hangs makes a running domain a failed start, after which the cluster
    // would stop it.
    if (const Glimpse now = glimpse(definition_.identity, places_); now.running) {
      remember(now.identity);
      if (image_) drop_outdated_image(policy_.snapshot, definition_.identity, deadline_);
      return Started::already;
    }
    hypervisor_ = connect_(subject_.uri, deadline_);
    refuse_another_domain_of_ours();
    const auto found = hypervisor_->inspect(definition_.identity, deadline_);
    if (found && active(found->state)) {
      refuse_unless_ours_and_well(*found);
      remember(found->identity);
      if (image_) drop_outdated_image(policy_.snapshot, definition_.identity, deadline_);
      return Started::already;
    }
    refuse_orphan();
    refuse_to_lose_tpm(definition_, policy_.definition);
    // Paths of a hypervisor that is elsewhere mean nothing here.
    if (places_.processes) refuse_linked_sources(definition_.xml, deadline_);
    if (policy_.consent) policy_.consent(definition_.identity, deadline_);
    if (policy_.start_resources) {
      start_resources(parse_devices(definition_.xml, definition_.path), *hypervisor_, "", deadline_);
    }
    begin(found);
    remember(see_it_run());
    // No image, but perhaps a part of one: nothing to give up a guest for that runs.
    if (image_) drop_outdated_image(policy_.snapshot, definition_.identity, deadline_);
    warn_of_local_nvram(definition_.identity, places_, deadline_);
    warn_of_conflicts(subject_, places_, *hypervisor_, deadline_);
    return Started::started;
  }

 private:
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

  // From what there is: libvirt's own image, the image of the last stop, or the definition.
  void begin(const std::optional<Inspection>& found) {
    if (found && !same_domain(found->identity, definition_.identity)) {
      throw Error(Fault::failed,
                  "libvirt has a definition of another domain " + name(),
                  "virsh undefine --keep-nvram " + found->identity.uuid);
    }
    if (found && found->managed_save && uses_managed_save(*found)) {
      // The disks are about to change: an older image of the memory must not outlive this.
      if (image_) image_->remove(deadline_);
      return hypervisor_->start_defined(found->identity, deadline_);
    }
    const bool restoring = image_ && image_->exists(deadline_);
    if (restoring) check_image();
    settle_definition(found);
    restoring ? restore() : boot(found);
  }

  bool uses_managed_save(const Inspection& found) {
    const std::string what = "a managed-save image of " + name() + " on this node";
    switch (policy_.managed_save) {
      case ManagedSave::fail:
        throw Error(Fault::failed, "there is " + what,
                    "virsh managedsave-remove, or set managed_save_action");
      case ManagedSave::restore:
        log::info("restoring " + what);
        return true;
      case ManagedSave::discard:
        log::warn("removing " + what);
        hypervisor_->drop_managed_save(found.identity, deadline_);
    }
    return false;
  }

  // libvirt's definition becomes that of the file, or goes: beside a transient domain it would be a
  // second truth, and outlive it. nvram and vTPM stay.
  void settle_definition(const std::optional<Inspection>& found) {
    if (policy_.definition == DefinitionKind::persistent) {
      std::string xml = marked_xml();
      if (found && definition_.identity.uuid.empty()) xml = with_uuid(xml, found->identity.uuid);
      return hypervisor_->define(xml, deadline_);
    }
    if (found && found->persistent) drop_definition(*found);
  }

  void drop_definition(const Inspection& found) {
    constexpr std::string_view kLibvirtsOwn = "/etc/libvirt/qemu/";
    // libvirt would delete the administrator's only copy, also behind a link.
    std::error_code code;
    const auto real = std::filesystem::weakly_canonical(definition_.path, code);
    if ((code ? definition_.path : real.string()).starts_with(kLibvirtsOwn)) return;
    log::info("dropping libvirt's own definition of " + name() + "; " +
              text::quote(definition_.path) + " counts");
    hypervisor_->undefine(found.identity, deadline_);
  }

  void boot(const std::optional<Inspection>& found) {
    try {
      boot_once(found);
    } catch (const Error& error) {
      if (error.fault() == Fault::unreachable && boots_nevertheless(error)) return;
      if (error.fault() != Fault::unreachable && !lost_a_port(error)) explain(error);
      log::warn(error.problem() + "; trying once more");
      boot_once(found);
    }
  }

  // The connection broke, as when libvirtd is restarted: it may have done what it was asked to, or be
  // at it still, and a failed start would ban the guest from this node. False when there certainly is
  // no domain, nor a QEMU of it.
  bool boots_nevertheless(const Error& broken) {
    const Deadline until = deadline_.part(kMostForRestart);
    Link link(connect_, subject_.uri);
    while (true) {
      until.pause(kAgain);
      const Look now = link.look(definition_.identity, until.capped(kOneLook));
      // Half-way, it is paused for that, and ended by a libvirtd that finds it so.
      const bool starting = now.present() && now.found->state == State::paused;
      if (now.answered() && !starting) {
        hypervisor_ = connect_(subject_.uri, deadline_);
        if (!now.present()) refuse_orphan();
        return now.present();
      }
      if (until.expired()) throw Error(broken);
    }
  }

  void boot_once(const std::optional<Inspection>& found) {
    if (policy_.definition == DefinitionKind::transient)
      return hypervisor_->create(marked_xml(), deadline_);
    hypervisor_->start_defined(found ? found->identity : definition_.identity, deadline_);
  }

  [[noreturn]] void explain(const Error& error) {
    const auto overlay =
        places_.processes ? overlay_in_the_way(definition_, deadline_) : std::nullopt;
    if (overlay) throw Error(*overlay);
    throw Error(error);
  }

  // Memory that does not belong to the disks as they are now would destroy them.
  void check_image() {
    const Identity saved =
        about_image([&] { return hypervisor_->saved_domain(image_->path(), deadline_); });
    if (!same_domain(saved, definition_.identity)) {
      throw Error(Fault::failed,
                  text::quote(image_->path()) + " holds another domain, " +
                      text::quote(saved.name) + " with UUID " + saved.uuid,
                  kRemoveImage);
    }
    const auto disks = parse_devices(definition_.xml, definition_.path).disks;
    if (const auto disk = image_->outdated_by(disks, deadline_)) {
      throw Error(
          Fault::failed,
          text::quote(image_->path()) + " is older than what was written to " + text::quote(*disk),
          kRemoveImage);
    }
    image_->check_removable(deadline_);
  }

  void restore() {
    log::info("restoring " + name() + " from " + text::quote(image_->path()));
    about_image([&] { hypervisor_->restore(image_->path(), deadline_); });
    // Before the guest writes anything: whatever happens to us, to it or to this host from here on,
    // it cannot be restored a second time. It goes on, also when it was paused as it was saved: that
    // is what a start is for.
    image_->remove(deadline_);
    hypervisor_->resume(definition_.identity, deadline_);
  }

  /// What is wrong with an image is the administrator's to decide: it may be all that is left of
  /// the guest's work.
  template <class Call>
  auto about_image(Call call) -> decltype(call()) {
    try {
      return call();
    } catch (const Error& error) {
      if (error.fault() == Fault::timed_out || error.fault() == Fault::unreachable) throw;
      throw Error(Fault::failed, error.problem(), kRemoveImage);
    }
  }

  std::string marked_xml() const {
    return with_metadata(definition_.xml, {subject_.instance, subject_.config});
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
  const StartPolicy& policy_;
  const Connect& connect_;
  const Places& places_;
  std::unique_ptr<Hypervisor> hypervisor_;
  std::optional<SavedImage> image_;  // where it is, if the policy has a folder
  Deadline deadline_;
};

}  // namespace

Started start(const Subject& subject, const Definition& definition, const StartPolicy& policy,
              const Connect& connect, const Places& places, Deadline deadline) {
  return Starting(subject, definition, policy, connect, places, deadline).run();
}

}  // namespace havc::domain
