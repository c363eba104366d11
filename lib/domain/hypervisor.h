// The port to a hypervisor: a dozen verbs in the agent's words, not a mirror of libvirt's API. Every call returns by its
// deadline, also when the daemon hangs; it then throws Error(timed_out), and so do all later calls.
// Implementations: libvirt_hypervisor.cc (a library of its own, opened by connect()), and a working model in tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/descriptor.h"
#include "domain/census.h"
#include "domain/mark.h"
#include "domain/migration.h"
#include "domain/needs.h"
#include "domain/shutdown_method.h"
#include "domain/state.h"

namespace havc::domain {

/// Whether the agent in a guest answers. Unclear: something kept it from being asked, or it answered with an error.
enum class AgentAnswer { answered, silent, unclear };

class Hypervisor {
 public:
  virtual ~Hypervisor() = default;

  /// Looks by UUID when one is known, else by name. Nothing when there is no such domain, which is an answer,
  /// not a failure. A namesake with another UUID is returned as it is: compare the identity.
  virtual std::optional<Inspection> inspect(const Identity& domain, Deadline deadline) = 0;
  /// All active domains with the `config` path that start put into their metadata (empty when there is none).
  struct Listed {
    Identity identity;
    std::string config;
  };
  virtual std::vector<Listed> list(Deadline deadline) = 0;
  /// All domains, active or defined, from what libvirt itself knows: no QEMU is asked. One that goes meanwhile is left out.
  virtual Census census(Deadline deadline) = 0;

  /// Starts a transient domain from its XML (virDomainCreateXML).
  virtual void create(const std::string& xml, Deadline deadline) = 0;
  /// Drops the persistent definition alone, if there is one; keeps nvram and vTPM state; a managed-save image makes it fail.
  virtual void undefine(const Identity& domain, Deadline deadline) = 0;
  /// Makes the persistent definition, or replaces that of the same name and UUID (virDomainDefineXML).
  virtual void define(const std::string& xml, Deadline deadline) = 0;
  /// Starts a domain from its persistent definition, or from its managed-save image when there is one (virDomainCreate).
  virtual void start_defined(const Identity& domain, Deadline deadline) = 0;
  /// Removes the managed-save image, if there is one.
  virtual void drop_managed_save(const Identity& domain, Deadline deadline) = 0;

  /// Writes the guest's memory to a file of the hypervisor's host and ends the guest (virDomainSave). After a timeout it goes
  /// on: abort_job(), from another connection.
  virtual void save(const Identity& domain, const std::string& path, Deadline deadline) = 0;
  /// Ends what libvirt is doing with the domain, such as a save: the guest goes on as before (virDomainAbortJob).
  virtual void abort_job(const Identity& domain, Deadline deadline) = 0;
  /// Whose memory such a file holds. Throws Error for one that is damaged, or no such file.
  virtual Identity saved_domain(const std::string& path, Deadline deadline) = 0;
  /// Makes the domain of such a file from it, paused, also when it ran as it was saved; the file stays.
  virtual void restore(const std::string& path, Deadline deadline) = 0;
  /// The most memory the guest can have, in bytes: what a save may need.
  virtual std::uint64_t memory(const Identity& domain, Deadline deadline) = 0;

  /// Asks the guest to power off, by this way or the one libvirt chooses (virDomainShutdown). Vanished meanwhile: fine.
  virtual void request_shutdown(const Identity& domain, std::optional<ShutdownMethod> method, Deadline deadline) = 0;
  /// Presses ESC in the guest (virDomainSendKey), which wakes a screen that sleeps; wakes it from S3, too. Vanished
  /// meanwhile: fine.
  virtual void wake(const Identity& domain, Deadline deadline) = 0;
  /// Lets a paused guest go on. Vanished meanwhile: fine.
  virtual void resume(const Identity& domain, Deadline deadline) = 0;
  /// virDomainDestroy. Vanished meanwhile: fine.
  virtual void destroy(const Identity& domain, Deadline deadline) = 0;

  /// The XML with which libvirt would start it next time, with its secrets and our metadata; nothing when there is no such domain.
  virtual std::optional<std::string> definition_of(const Identity& domain, Deadline deadline) = 0;

  /// wait_for_change returns when a lifecycle event of the watched domain arrives (also one that came after watch() and
  /// before the wait), when the connection breaks (once), when `process` (a pidfd; may be empty) ends, or at the deadline.
  /// It never throws and works while an earlier call is stuck, because it waits without asking anything.
  virtual void watch(const Identity& domain, Deadline deadline) = 0;
  virtual void wait_for_change(const Descriptor& process, Deadline deadline) = 0;

  /// Puts the metadata of start into a running domain that has none, or another `config`: it travels with the domain. Throws
  /// Error(failed) when there is no such domain.
  virtual void mark(const Identity& domain, const Mark& mark, Deadline deadline) = 0;
  /// Live migration as the plan says, in the background.
  virtual std::unique_ptr<Migration> begin_migration(const Identity& domain, const MigrationPlan& plan,
                                                     Deadline deadline) = 0;

  /// What QEMU itself says. One that does not answer makes this time out, while inspect goes on answering from what
  /// libvirt knows; the connection is lost then. Throws Error(failed) when there is no such domain.
  struct Insight {
    std::vector<DiskError> disk_errors;
    bool busy = false;  ///< a migration, a save, a dump or a snapshot is under way; a backup is none
  };
  virtual Insight ask_qemu(const Identity& domain, Deadline deadline) = 0;
  /// The XML of the domain as it runs now. Throws Error(failed) when there is no such domain.
  virtual std::string live_xml(const Identity& domain, Deadline deadline) = 0;
  /// Asks the agent in the guest for something harmless. libvirt itself takes one for silent after 5 s (QEMU_AGENT_WAIT_TIME):
  /// give it a little more.
  virtual AgentAnswer ask_agent(const Identity& domain, Deadline deadline) = 0;
  /// What libvirt is doing to an active domain, as "a backup"; empty: nothing that it tells of. Throws Error(failed) when
  /// there is no such domain.
  virtual std::string job(const Identity& domain, Deadline deadline) = 0;
  /// How far the migration of a domain away from here is, whoever began it; nothing when there is none. QEMU is asked: one that
  /// does not answer makes this time out.
  virtual std::optional<Transfer> transfer(const Identity& domain, Deadline deadline) = 0;
  /// Which of the needs this host does not meet. A question that it cannot answer is no failure.
  virtual Lacks lacks(const Needs& needs, Deadline deadline) = 0;
  /// Starts a network or pool that is not active, and refreshes none that is. True when it was started. A pool may take as
  /// long as its file system does. Throws libvirt's refusal, Error(unusable_here) when there is none of that name.
  virtual bool activate(const Resource& resource, Deadline deadline) = 0;
  /// There is a persistent definition of it that libvirtd starts by itself when it starts.
  virtual bool starts_by_itself(const Identity& domain, Deadline deadline) = 0;
  /// What the migration that brought the domain to this host took; nothing when libvirt has not counted one. Asking does not
  /// use it up.
  virtual std::optional<MigrationTimes> times_of_arrival(const Identity& domain, Deadline deadline) = 0;

  /// The host's UUID in its capabilities: a migration to itself is refused by comparing them.
  virtual std::string host_uuid(Deadline deadline) = 0;
};

/// Opens the adapter library and a connection. Throws Error(unreachable) when nothing listens, Error(timed_out) when
/// the daemon accepts but does not answer, Error(not_installed) without the adapter or the driver, Error(permission), Error(failed).
std::unique_ptr<Hypervisor> connect(const std::string& uri, Deadline deadline);

/// connect(), or a model in tests.
using Connect = std::function<std::unique_ptr<Hypervisor>(const std::string& uri, Deadline deadline)>;

}  // namespace havc::domain
