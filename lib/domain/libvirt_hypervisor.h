// The port to libvirt. Part of the adapter library alone: verbs reach it through connect(),
// in-process tests link it.
#pragma once

#include <memory>

#include "domain/hypervisor.h"
#include "domain/libvirt_connection.h"

namespace havc::domain {

class LibvirtHypervisor : public Hypervisor {
 public:
  explicit LibvirtHypervisor(std::shared_ptr<LibvirtConnection> connection)
      : connection_(std::move(connection)) {}

  std::optional<Inspection> inspect(const Identity& domain, Deadline deadline) override;
  std::vector<Listed> list(Deadline deadline) override;
  Census census(Deadline deadline) override;
  void create(const std::string& xml, Deadline deadline) override;
  void undefine(const Identity& domain, Deadline deadline) override;
  void define(const std::string& xml, Deadline deadline) override;
  void start_defined(const Identity& domain, Deadline deadline) override;
  void drop_managed_save(const Identity& domain, Deadline deadline) override;
  void save(const Identity& domain, const std::string& path, Deadline deadline) override;
  void abort_job(const Identity& domain, Deadline deadline) override;
  Identity saved_domain(const std::string& path, Deadline deadline) override;
  void restore(const std::string& path, Deadline deadline) override;
  std::uint64_t memory(const Identity& domain, Deadline deadline) override;
  void request_shutdown(const Identity& domain, std::optional<ShutdownMethod> method,
                        Deadline deadline) override;
  void wake(const Identity& domain, Deadline deadline) override;
  void resume(const Identity& domain, Deadline deadline) override;
  void destroy(const Identity& domain, Deadline deadline) override;
  std::optional<std::string> definition_of(const Identity& domain, Deadline deadline) override;
  void watch(const Identity& domain, Deadline deadline) override;
  void wait_for_change(const Descriptor& process, Deadline deadline) override;
  void mark(const Identity& domain, const Mark& mark, Deadline deadline) override;
  std::unique_ptr<Migration> begin_migration(const Identity& domain, const MigrationPlan& plan,
                                             Deadline deadline) override;
  Insight ask_qemu(const Identity& domain, Deadline deadline) override;
  std::string live_xml(const Identity& domain, Deadline deadline) override;
  AgentAnswer ask_agent(const Identity& domain, Deadline deadline) override;
  std::string job(const Identity& domain, Deadline deadline) override;
  std::optional<Transfer> transfer(const Identity& domain, Deadline deadline) override;
  Lacks lacks(const Needs& needs, Deadline deadline) override;
  bool activate(const Resource& resource, Deadline deadline) override;
  bool starts_by_itself(const Identity& domain, Deadline deadline) override;
  std::optional<MigrationTimes> times_of_arrival(const Identity& domain,
                                                 Deadline deadline) override;
  std::string host_uuid(Deadline deadline) override;

 private:
  std::shared_ptr<LibvirtConnection> connection_;
};

}  // namespace havc::domain
