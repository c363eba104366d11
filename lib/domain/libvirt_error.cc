#include "domain/libvirt_error.h"

#include "base/text.h"

#include <fmt/format.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <string_view>

namespace havc::domain {

namespace {

struct Row {
  int code;
  Fault fault;
  const char* remedy;
};

constexpr char kStartDaemon[] = "start libvirtd there";
constexpr char kAccess[] = "grant this node's root access to libvirt";
constexpr char kSeeLog[] = "see /var/log/libvirt/qemu";
constexpr char kFixXml[] = "correct the domain's XML (virt-xml-validate)";
constexpr char kOtherJob[] = "wait for or abort the job: virsh domjobinfo";

// Codes without a row are `failed`, without advice: the words are all there is to say.
constexpr Row kRows[] = {
    {VIR_ERR_INTERNAL_ERROR, Fault::failed, kSeeLog},
    {VIR_ERR_NO_SUPPORT, Fault::unsupported, ""},
    {VIR_ERR_UNKNOWN_HOST, Fault::unreachable, "correct the host name or its address in DNS"},
    {VIR_ERR_NO_CONNECT, Fault::not_installed,
     "correct 'hypervisor' or install libvirt's driver for it"},
    {VIR_ERR_OPERATION_FAILED, Fault::failed, kSeeLog},
    {VIR_ERR_OS_TYPE, Fault::unusable_here, kFixXml},
    {VIR_ERR_NO_NAME, Fault::unusable_here, kFixXml},
    {VIR_ERR_NO_OS, Fault::unusable_here, kFixXml},
    {VIR_ERR_NO_DEVICE, Fault::unusable_here, kFixXml},
    {VIR_ERR_XML_ERROR, Fault::unusable_here, kFixXml},
    {VIR_ERR_DOM_EXIST, Fault::failed, "look at it with virsh list --all"},
    {VIR_ERR_OPERATION_DENIED, Fault::permission, kAccess},
    {VIR_ERR_XML_DETAIL, Fault::unusable_here, kFixXml},
    {VIR_ERR_RPC, Fault::unreachable, kStartDaemon},
    {VIR_ERR_GNUTLS_ERROR, Fault::unreachable, "check the TLS certificates of both sides"},
    {VIR_ERR_NO_NETWORK, Fault::unusable_here,
     "define and start the network: virsh net-list --all"},
    {VIR_ERR_AUTH_FAILED, Fault::permission, kAccess},
    {VIR_ERR_NO_STORAGE_POOL, Fault::unusable_here,
     "define and start the pool: virsh pool-list --all"},
    {VIR_ERR_NO_STORAGE_VOL, Fault::unusable_here, "create the volume or correct the XML"},
    {VIR_ERR_CONFIG_UNSUPPORTED, Fault::unusable_here, "this node cannot do what the XML asks for"},
    {VIR_ERR_OPERATION_TIMEOUT, Fault::failed, kOtherJob},
    {VIR_ERR_HOOK_SCRIPT_FAILED, Fault::failed, "correct the script in /etc/libvirt/hooks"},
    {VIR_ERR_ARGUMENT_UNSUPPORTED, Fault::unsupported, ""},
    {VIR_ERR_AUTH_CANCELLED, Fault::permission, kAccess},
    {VIR_ERR_MIGRATE_UNSAFE, Fault::failed, "keep its disks on shared storage, with cache='none'"},
    {VIR_ERR_OPERATION_UNSUPPORTED, Fault::unsupported, ""},
    {VIR_ERR_SSH, Fault::unreachable, "make ssh to the host work without a password"},
    {VIR_ERR_RESOURCE_BUSY, Fault::failed, kOtherJob},
    {VIR_ERR_ACCESS_DENIED, Fault::permission, kAccess},
    {VIR_ERR_CPU_INCOMPATIBLE, Fault::unusable_here, "choose a CPU model that all nodes have"},
    {VIR_ERR_XML_INVALID_SCHEMA, Fault::unusable_here, kFixXml},
    {VIR_ERR_AUTH_UNAVAILABLE, Fault::permission, kAccess},
    {VIR_ERR_LIBSSH, Fault::unreachable, "make ssh to the host work without a password"},
};

// Sockets and pipes to the daemon fail with the operating system's errors.
Row row_of_system_error(const LibvirtFailure& failure) {
  const bool about_connection = failure.origin == VIR_FROM_RPC;
  const Fault fault = fault_of(failure.error_number);
  if (about_connection && fault != Fault::permission) return {0, Fault::unreachable, kStartDaemon};
  if (fault == Fault::permission) return {0, fault, kAccess};
  return {0, fault, kSeeLog};
}

// What has no code of its own, or one that says less: words of virtlockd, sanlock and ssh.
struct Phrase {
  std::string_view words;
  Fault fault;
  const char* remedy;
};
constexpr char kLocked[] = "it runs on another node, or its lock is stale";
constexpr Phrase kPhrases[] = {
    {"Failed to acquire lock", Fault::failed, kLocked},
    {"Lockspace resource", Fault::failed, kLocked},
    {"Host key verification failed", Fault::unreachable,
     "add its host key to root's known_hosts here"},
    {"Permission denied (", Fault::permission, "add root's public key to authorized_keys there"},
};

Row row_of(const LibvirtFailure& failure) {
  for (const Phrase& phrase : kPhrases) {
    if (failure.words.find(phrase.words) != std::string::npos) {
      return {0, phrase.fault, phrase.remedy};
    }
  }
  if (failure.code == VIR_ERR_SYSTEM_ERROR) return row_of_system_error(failure);
  if (failure.code == VIR_ERR_INTERNAL_ERROR && failure.origin == VIR_FROM_RPC) {
    return {0, Fault::unreachable, kStartDaemon};  // "client socket is closed"
  }
  const bool about_uri = failure.origin == VIR_FROM_URI ||
                         (failure.code == VIR_ERR_INVALID_ARG && failure.origin == VIR_FROM_REMOTE);
  if (about_uri) return {0, Fault::misconfigured, "correct the connection URI"};
  for (const Row& row : kRows) {
    if (row.code == failure.code) return row;
  }
  return {0, Fault::failed, ""};
}

}  // namespace

Error error_of(const LibvirtFailure& failure, const std::string& doing) {
  const Row row = row_of(failure);
  return {row.fault, fmt::format("{}: {}", doing, failure.words), row.remedy};
}

Error connect_error(const LibvirtFailure& failure, const std::string& uri) {
  Error error = error_of(failure, "cannot connect to " + text::quote(uri));
  // No machine is concerned: its log says nothing of this.
  if (error.remedy() != kSeeLog) return error;
  return {error.fault(), error.problem(), "start libvirtd there, or correct the connection URI"};
}

LibvirtFailure last_failure() {
  const virErrorPtr error = virGetLastError();
  if (!error) return {VIR_ERR_INTERNAL_ERROR, 0, 0, "libvirt gives no reason"};
  std::string_view words = error->message ? error->message : "libvirt gives no reason";
  // Says nothing, and a reason has little room.
  constexpr std::string_view kPrefix = "internal error: ";
  if (words.starts_with(kPrefix)) words.remove_prefix(kPrefix.size());
  return {error->code, error->domain, error->code == VIR_ERR_SYSTEM_ERROR ? error->int1 : 0,
          std::string(words)};
}

Error failed_call(const std::string& doing, _virConnect* connection) {
  return failed_call(last_failure(), doing, connection);
}

Error failed_call(const LibvirtFailure& failure, const std::string& doing,
                  _virConnect* connection) {
  if (connection && virConnectIsAlive(connection) == 0) {
    return {Fault::unreachable, fmt::format("{}: {}", doing, failure.words), kStartDaemon};
  }
  return error_of(failure, doing);
}

bool may_pass(const LibvirtFailure& failure) {
  // The state change lock, and a client with too many calls under way.
  if (failure.code == VIR_ERR_OPERATION_TIMEOUT || failure.code == VIR_ERR_RESOURCE_BUSY) return true;
  // What has no code of its own: QEMU's and libvirt's words (virPortAllocatorAcquire,
  // qemuDomainObjBeginAsyncJob, virStrerror).
  for (const char* const words :
       {"Address already in use", "find an unused port", "another migration job is already running",
        "cannot acquire state change lock", "domain has active block job", "backup job"}) {
    if (failure.words.find(words) != std::string::npos) return true;
  }
  return false;
}

bool means_no_domain(const LibvirtFailure& failure) {
  return failure.code == VIR_ERR_NO_DOMAIN;
}

}  // namespace havc::domain
