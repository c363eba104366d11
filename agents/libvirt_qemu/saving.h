// save_config_on_stop and sync_config_on_stop: changes that were made to the domain since it came here go back into its definition file before the
// domain goes. Nothing here throws or takes more than a few seconds: a stop must not fail, or lose its grace, for a file.
#pragma once

#include <string>

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "domain/subject.h"
#include "libvirt_qemu/options.h"

namespace havc::libvirt_qemu {

/// What goes into the file, or an empty text: it says the same already, or nothing was changed since `before`. Pure.
/// `now`: what libvirt would start next; `before`: that in canonical form when the domain came, if it is known; `file`: the content of `config`.
/// Compared by meaning: libvirt adds defaults to a definition, which alone are no reason to rewrite what the administrator wrote.
/// Throws Error(failed, unusable_here) when `now` or `file` is not a definition of the subject's domain.
std::string definition_to_save(const domain::Subject& subject, const std::string& now, const std::string& before, const std::string& file);

class Saving {
 public:
  /// Does nothing at all unless one of the two parameters is set. `notes`: the folder in which the definition at the beginning is kept.
  Saving(const Options& options, const domain::Subject& subject, const domain::Connect& connect, std::string notes)
      : options_(options), subject_(subject), connect_(connect), notes_(std::move(notes)) {}

  /// The domain has just come: so it is defined, and so the file is.
  void begin(Deadline deadline) const noexcept;
  /// The same for a domain that had come before the parameter was set; nothing if it is known already.
  void begin_late(Deadline deadline) const noexcept;
  /// The domain is about to go: takes at most 5 s or a tenth of what is left. True when the file was written. One that was edited since the
  /// domain came holds what the administrator wants next, and stays.
  bool save(Deadline deadline) const noexcept;
  /// Runs csync2, if sync_config_on_stop is set: at most 30 s or a quarter of what is left.
  void sync(Deadline deadline) const noexcept;

 private:
  bool wanted() const { return options_.save_config_on_stop || options_.sync_config_on_stop; }
  std::string defined(Deadline deadline) const;
  std::string file(Deadline deadline) const;
  bool save_by(Deadline deadline) const;
  void remember(const std::string& defined, const std::string& file) const;
  std::string trace() const;
  std::string file_trace() const;

  const Options& options_;
  const domain::Subject& subject_;
  const domain::Connect& connect_;
  std::string notes_;
};

}  // namespace havc::libvirt_qemu
