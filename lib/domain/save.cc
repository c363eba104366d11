#include "domain/save.h"

#include "base/detached.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/qemu_process.h"

namespace havc::domain {

namespace {

constexpr std::uint64_t kMebi = 1 << 20;

class Save {
 public:
  Save(const Subject& subject, const SavedImage& image, const Connect& connect, Link& link,
       Deadline grace, Deadline deadline)
      : subject_(subject),
        image_(image),
        connect_(connect),
        link_(link),
        grace_(grace),
        deadline_(deadline) {}

  SaveOutcome run() {
    try {
      check_space();
      // A connection of its own: the call lasts as long as the writing, and has to be aborted from
      // another one.
      const auto saver = connect_(subject_.uri, grace_);
      log::info("saving " + name() + " to " + text::quote(image_.path()));
      saver->save(subject_.identity, image_.part(), grace_);
      return complete();
    } catch (const Error& error) {
      log::warn("not saved: " + error.problem());
      slow_ = error.fault() == Fault::timed_out;
      if (slow_) abort();
    }
    return see_what_is_left();
  }

 private:
  void check_space() {
    const Deadline until = grace_.capped(kOneLook);
    const std::uint64_t needed = link_.open(until).memory(subject_.identity, until);
    const std::uint64_t free = image_.free_space(until);
    if (free >= needed) return;
    throw Error(Fault::failed, text::quote(image_.path()) + " may need " +
                                   std::to_string(needed / kMebi) + " MiB, but only " +
                                   std::to_string(free / kMebi) + " MiB are free");
  }

  void abort() {
    const Deadline until = deadline_.capped(kOneLook);
    const auto failure =
        link_.attempt([&](Hypervisor& it) { it.abort_job(subject_.identity, until); }, until);
    if (failure) log::warn(failure->problem());
  }

  SaveOutcome complete() {
    try {
      image_.complete(deadline_.capped(deadline_.remaining() / 2));
      return SaveOutcome::saved;
    } catch (const Error& error) {
      log::error("the memory of " + name() + " is lost: " + error.problem());
    }
    remove_part();
    return SaveOutcome::gone;
  }

  // It may have come to its end in the moment of giving up: then the image is whole.
  SaveOutcome see_what_is_left() {
    const Look now = link_.look(subject_.identity, deadline_.capped(kOneLook));
    if (!now.absent()) {
      remove_part();
      return SaveOutcome::lives;
    }
    if (is_whole()) return complete();
    remove_part();
    return SaveOutcome::gone;
  }

  bool is_whole() {
    const Deadline until = deadline_.capped(kOneLook);
    Identity saved;
    const auto failure = link_.attempt(
        [&](Hypervisor& it) { saved = it.saved_domain(image_.part(), until); }, until);
    return !failure && same_domain(saved, subject_.identity);
  }

  // A thread that hangs in a write to a dead disk would keep this process from ending, and the
  // cluster waits for that: so it is another process' where the disk was too slow already. libvirt
  // removes the file, too.
  void remove_part() {
    try {
      if (slow_) return start_detached({"/bin/rm", "-f", "--", image_.part()}, "");
      image_.remove_part(deadline_.capped(kOneLook));
    } catch (const Error& error) {
      log::warn(error.problem());
    }
  }

  std::string name() const { return text::quote(subject_.identity.name); }

  const Subject& subject_;
  const SavedImage& image_;
  const Connect& connect_;
  Link& link_;
  Deadline grace_;
  Deadline deadline_;
  bool slow_ = false;
};

}  // namespace

SaveOutcome save_guest(const Subject& subject, const SavedImage& image, const Connect& connect,
                       Link& link, Deadline grace, Deadline deadline) {
  return Save(subject, image, connect, link, grace, deadline).run();
}

}  // namespace havc::domain
