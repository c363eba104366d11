// The verbs of the port to libvirt that begin and end a guest's life other than by creating and
// destroying it: definitions of its own, saved memory, and the ways to ask for a shutdown.
#include "base/text.h"
#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"
#include "domain/libvirt_hypervisor.h"
#include "xml/document.h"

#include <fmt/format.h>
#include <libvirt/libvirt.h>

namespace havc::domain {

namespace {

unsigned int flag_of(std::optional<ShutdownMethod> method) {
  if (!method) return VIR_DOMAIN_SHUTDOWN_DEFAULT;
  switch (*method) {
    case ShutdownMethod::acpi:
      return VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN;
    case ShutdownMethod::agent:
      return VIR_DOMAIN_SHUTDOWN_GUEST_AGENT;
    case ShutdownMethod::initctl:
      return VIR_DOMAIN_SHUTDOWN_INITCTL;
    case ShutdownMethod::signal:
      return VIR_DOMAIN_SHUTDOWN_SIGNAL;
    case ShutdownMethod::paravirt:
      return VIR_DOMAIN_SHUTDOWN_PARAVIRT;
  }
  return VIR_DOMAIN_SHUTDOWN_DEFAULT;
}

void define_on(virConnectPtr connection, const std::string& xml) {
  const DomainHandle domain(virDomainDefineXML(connection, xml.c_str()));
  if (!domain) throw failed_call("cannot define the domain", connection);
}

void start_on(virConnectPtr connection, const Identity& wanted) {
  const std::string doing = "cannot start " + text::quote(wanted.name);
  const DomainHandle domain = require_domain(connection, wanted, doing);
  if (virDomainCreate(domain.get()) != 0) throw failed_call(doing, connection);
}

void drop_managed_save_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain || virDomainHasManagedSaveImage(domain.get(), 0) == 0) return;
  if (virDomainManagedSaveRemove(domain.get(), 0) == 0) return;
  throw failed_call("cannot remove the managed-save image of " + text::quote(wanted.name),
                    connection);
}

void save_on(virConnectPtr connection, const Identity& wanted, const std::string& path) {
  const std::string doing = "cannot save " + text::quote(wanted.name);
  const DomainHandle domain = require_domain(connection, wanted, doing);
  if (virDomainSave(domain.get(), path.c_str()) != 0) throw failed_call(doing, connection);
}

Identity saved_domain_on(virConnectPtr connection, const std::string& path) {
  const LibvirtText xml(virDomainSaveImageGetXMLDesc(connection, path.c_str(), 0));
  if (!xml) throw failed_call("cannot use " + text::quote(path), connection);
  const auto document = xml::Document::parse(xml.get(), path);
  const auto text_of = [root = document.root()](std::string_view child) {
    const auto element = root.child(child);
    return element ? element->text() : std::string();
  };
  return {text_of("name"), text_of("uuid")};
}

void restore_on(virConnectPtr connection, const std::string& path) {
  if (virDomainRestoreFlags(connection, path.c_str(), nullptr, VIR_DOMAIN_SAVE_PAUSED) == 0) return;
  throw failed_call("cannot restore " + text::quote(path), connection);
}

std::uint64_t memory_on(virConnectPtr connection, const Identity& wanted) {
  const std::string doing = "cannot see the memory of " + text::quote(wanted.name);
  const DomainHandle domain = require_domain(connection, wanted, doing);
  const unsigned long kibibytes = virDomainGetMaxMemory(domain.get());
  if (kibibytes == 0) throw failed_call(doing, connection);
  constexpr std::uint64_t kKibi = 1024;
  return kibibytes * kKibi;
}

}  // namespace

void LibvirtHypervisor::request_shutdown(const Identity& domain,
                                         std::optional<ShutdownMethod> method, Deadline deadline) {
  const auto shut_down = [flag = flag_of(method)](virDomainPtr raw) {
    return virDomainShutdownFlags(raw, flag);
  };
  connection_->run(
      [domain, shut_down](virConnectPtr raw) { ask_domain(raw, domain, "shut down", shut_down); },
      deadline);
}

void LibvirtHypervisor::define(const std::string& xml, Deadline deadline) {
  connection_->run([xml](virConnectPtr raw) { define_on(raw, xml); }, deadline);
}

void LibvirtHypervisor::start_defined(const Identity& domain, Deadline deadline) {
  connection_->run([domain](virConnectPtr raw) { start_on(raw, domain); }, deadline);
}

void LibvirtHypervisor::drop_managed_save(const Identity& domain, Deadline deadline) {
  connection_->run([domain](virConnectPtr raw) { drop_managed_save_on(raw, domain); }, deadline);
}

void LibvirtHypervisor::save(const Identity& domain, const std::string& path, Deadline deadline) {
  connection_->run([domain, path](virConnectPtr raw) { save_on(raw, domain, path); }, deadline);
}

void LibvirtHypervisor::abort_job(const Identity& domain, Deadline deadline) {
  connection_->run(
      [domain](virConnectPtr raw) { ask_domain(raw, domain, "end a job of", virDomainAbortJob); },
      deadline);
}

Identity LibvirtHypervisor::saved_domain(const std::string& path, Deadline deadline) {
  return connection_->run([path](virConnectPtr raw) { return saved_domain_on(raw, path); },
                          deadline);
}

void LibvirtHypervisor::restore(const std::string& path, Deadline deadline) {
  connection_->run([path](virConnectPtr raw) { restore_on(raw, path); }, deadline);
}

std::uint64_t LibvirtHypervisor::memory(const Identity& domain, Deadline deadline) {
  return connection_->run([domain](virConnectPtr raw) { return memory_on(raw, domain); }, deadline);
}

}  // namespace havc::domain
