#include "domain/libvirt_hypervisor.h"

#include "base/text.h"
#include "base/trace.h"
#include "domain/adapter.h"
#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"
#include "domain/libvirt_job.h"
#include "domain/libvirt_mark.h"
#include "domain/libvirt_migration.h"
#include "domain/libvirt_preflight.h"
#include "domain/libvirt_state.h"
#include "xml/document.h"

#include <fmt/format.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <array>
#include <cstdlib>

namespace havc::domain {

namespace {

constexpr unsigned int kKeyEscape = 1;    // KEY_ESC of linux/input-event-codes.h
constexpr unsigned int kPressTime = 100;  // ms; what QEMU itself takes by default

Identity identity_of(virDomainPtr domain) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  if (virDomainGetUUIDString(domain, uuid.data()) != 0) uuid[0] = '\0';
  return {virDomainGetName(domain), uuid.data()};
}

std::optional<Inspection> inspect_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain) return std::nullopt;
  int state = 0;
  int reason = 0;
  // It may go between two calls: no domain, then.
  if (virDomainGetState(domain.get(), &state, &reason, 0) != 0) {
    if (means_no_domain(last_failure())) return std::nullopt;
    throw failed_call("cannot look at " + text::quote(wanted.name), connection);
  }
  const int persistent = virDomainIsPersistent(domain.get());
  if (persistent < 0) {
    if (means_no_domain(last_failure())) return std::nullopt;
    throw failed_call("cannot look at " + text::quote(wanted.name), connection);
  }
  Inspection seen{identity_of(domain.get()), state_of(state), reason_of(state, reason),
                  persistent == 1};
  // -1 for a domain that has just gone, and for a driver that knows no such images.
  if (!active(seen.state)) seen.managed_save = virDomainHasManagedSaveImage(domain.get(), 0) == 1;
  return seen;
}

std::vector<Hypervisor::Listed> list_on(virConnectPtr connection) {
  virDomainPtr* domains = nullptr;
  const int count = virConnectListAllDomains(connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
  if (count < 0) throw failed_call("cannot list the domains", connection);
  std::vector<DomainHandle> owned(domains, domains + count);
  std::free(domains);
  std::vector<Hypervisor::Listed> listed;
  listed.reserve(owned.size());
  for (const DomainHandle& domain : owned) {
    listed.push_back({identity_of(domain.get()), config_of(domain.get())});
  }
  return listed;
}

// Never with flags that remove nvram or vTPM state. What the driver does not know is left out: it
// keeps them anyway, or refuses.
void undefine_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain || virDomainIsPersistent(domain.get()) == 0) return;
  constexpr unsigned int kNvram = VIR_DOMAIN_UNDEFINE_KEEP_NVRAM;
  LibvirtFailure failure;
  for (const unsigned int flags : {kNvram | VIR_DOMAIN_UNDEFINE_KEEP_TPM, kNvram, 0U}) {
    if (virDomainUndefineFlags(domain.get(), flags) == 0) return;
    failure = last_failure();
    const bool unknown_flag =
        failure.code == VIR_ERR_INVALID_ARG || failure.code == VIR_ERR_ARGUMENT_UNSUPPORTED;
    if (!unknown_flag) break;
  }
  if (means_no_domain(failure)) return;
  throw failed_call(failure, "cannot undefine " + text::quote(wanted.name), connection);
}

void wake_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain) return;
  int state = 0;
  const bool sleeps =
      virDomainGetState(domain.get(), &state, nullptr, 0) == 0 && state == VIR_DOMAIN_PMSUSPENDED;
  unsigned int key = kKeyEscape;
  const int result =
      sleeps ? virDomainPMWakeup(domain.get(), 0)
             : virDomainSendKey(domain.get(), VIR_KEYCODE_SET_LINUX, kPressTime, &key, 1, 0);
  if (result == 0) return;
  const LibvirtFailure failure = last_failure();
  if (has_ended(domain.get(), failure)) return;
  throw failed_call(failure, "cannot wake " + text::quote(wanted.name), connection);
}

std::optional<std::string> definition_on(virConnectPtr connection, const Identity& wanted) {
  const DomainHandle domain = find_domain(connection, wanted);
  if (!domain) return {};
  const LibvirtText xml(
      virDomainGetXMLDesc(domain.get(), VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE));
  if (xml) return xml.get();
  const LibvirtFailure failure = last_failure();
  if (means_no_domain(failure)) return {};
  throw failed_call(failure, "cannot read the definition of " + text::quote(wanted.name), connection);
}

std::string host_uuid_on(virConnectPtr connection) {
  const LibvirtText capabilities(virConnectGetCapabilities(connection));
  if (!capabilities) throw failed_call("cannot read the host's capabilities", connection);
  const auto document = xml::Document::parse(capabilities.get(), "libvirt's capabilities");
  const auto host = document.root().child("host");
  const auto uuid = host ? host->child("uuid") : std::nullopt;
  return uuid ? uuid->text() : std::string();
}

}  // namespace

std::optional<Inspection> LibvirtHypervisor::inspect(const Identity& domain, Deadline deadline) {
  auto found = connection_->run(
      [domain](virConnectPtr raw) { return inspect_on(raw, domain); }, deadline);
  trace::line(found ? describe(*found) : "no such domain");
  return found;
}

std::vector<Hypervisor::Listed> LibvirtHypervisor::list(Deadline deadline) {
  return connection_->run(list_on, deadline);
}

void LibvirtHypervisor::create(const std::string& xml, Deadline deadline) {
  connection_->run(
      [xml](virConnectPtr raw) {
        const DomainHandle domain(virDomainCreateXML(raw, xml.c_str(), VIR_DOMAIN_NONE));
        if (!domain) throw failed_call("cannot start the domain", raw);
      },
      deadline);
}

void LibvirtHypervisor::undefine(const Identity& domain, Deadline deadline) {
  connection_->run([domain](virConnectPtr raw) { undefine_on(raw, domain); }, deadline);
}

void LibvirtHypervisor::wake(const Identity& domain, Deadline deadline) {
  connection_->run([domain](virConnectPtr raw) { wake_on(raw, domain); }, deadline);
}

void LibvirtHypervisor::resume(const Identity& domain, Deadline deadline) {
  connection_->run(
      [domain](virConnectPtr raw) { ask_domain(raw, domain, "resume", virDomainResume); },
      deadline);
}

void LibvirtHypervisor::destroy(const Identity& domain, Deadline deadline) {
  connection_->run(
      [domain](virConnectPtr raw) { ask_domain(raw, domain, "destroy", virDomainDestroy); },
      deadline);
}

std::optional<std::string> LibvirtHypervisor::definition_of(const Identity& domain, Deadline deadline) {
  return connection_->run([domain](virConnectPtr raw) { return definition_on(raw, domain); }, deadline);
}

void LibvirtHypervisor::watch(const Identity& domain, Deadline deadline) {
  connection_->watch(domain, deadline);
}

void LibvirtHypervisor::wait_for_change(const Descriptor& process, Deadline deadline) {
  static_cast<void>(connection_->wait_for_change(process, deadline));
}

std::unique_ptr<Migration> LibvirtHypervisor::begin_migration(const Identity& domain,
                                                              const MigrationPlan& plan,
                                                              Deadline deadline) {
  return begin_libvirt_migration(connection_, domain, plan, deadline);
}

void LibvirtHypervisor::mark(const Identity& domain, const Mark& mark, Deadline deadline) {
  connection_->run([domain, mark](virConnectPtr raw) { mark_on(raw, domain, mark); }, deadline);
}

std::string LibvirtHypervisor::job(const Identity& domain, Deadline deadline) {
  return connection_->run([domain](virConnectPtr raw) { return job_on(raw, domain); }, deadline);
}

std::optional<Transfer> LibvirtHypervisor::transfer(const Identity& domain, Deadline deadline) {
  return connection_->run([domain](virConnectPtr raw) { return transfer_on(raw, domain); },
                          deadline);
}

Lacks LibvirtHypervisor::lacks(const Needs& needs, Deadline deadline) {
  return connection_->run([needs](virConnectPtr raw) { return lacks_on(raw, needs); }, deadline);
}

bool LibvirtHypervisor::activate(const Resource& resource, Deadline deadline) {
  return connection_->run([resource](virConnectPtr raw) { return activate_on(raw, resource); },
                          deadline);
}

bool LibvirtHypervisor::starts_by_itself(const Identity& domain, Deadline deadline) {
  return connection_->run([domain](virConnectPtr raw) { return starts_by_itself_on(raw, domain); },
                          deadline);
}

std::optional<MigrationTimes> LibvirtHypervisor::times_of_arrival(const Identity& domain,
                                                                  Deadline deadline) {
  return connection_->run([domain](virConnectPtr raw) { return times_on(raw, domain); }, deadline);
}

std::string LibvirtHypervisor::host_uuid(Deadline deadline) {
  return connection_->run(host_uuid_on, deadline);
}

}  // namespace havc::domain

// What domain/adapter.h promises, for dlsym.
extern "C" {

const char* havc_libvirt_build_id() {
  return HAVC_BUILD_ID;
}

void havc_libvirt_connect(const std::string& uri, havc::Deadline deadline,
                          std::unique_ptr<havc::domain::Hypervisor>& connection) {
  connection = std::make_unique<havc::domain::LibvirtHypervisor>(
      std::make_shared<havc::domain::LibvirtConnection>(uri, deadline));
}
}
