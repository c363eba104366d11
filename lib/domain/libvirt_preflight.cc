#include "domain/libvirt_preflight.h"

#include "base/error.h"
#include "base/handle.h"
#include "base/text.h"
#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"

#include <fmt/format.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <vector>

namespace havc::domain {

namespace {

using Network = Handle<virNetwork, virNetworkFree>;
using Pool = Handle<virStoragePool, virStoragePoolFree>;
using NetworkDevice = Handle<virInterface, virInterfaceFree>;

// virDomainJobOperation, in words that fit behind "is busy with".
const char* words_of_operation(int operation) {
  switch (operation) {
    case VIR_DOMAIN_JOB_OPERATION_SAVE:
      return "a save";
    case VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN:
    case VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT:
      return "a migration";
    case VIR_DOMAIN_JOB_OPERATION_SNAPSHOT:
    case VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT:
      return "a snapshot";
    case VIR_DOMAIN_JOB_OPERATION_DUMP:
      return "a core dump";
    case VIR_DOMAIN_JOB_OPERATION_BACKUP:
      return "a backup";
    default:
      return "another job";
  }
}

/// Asks the questions one by one: what one driver cannot tell must not hide what another can.
class Survey {
 public:
  Survey(virConnectPtr connection, const Needs& needs) : connection_(connection), needs_(needs) {}

  Lacks run() {
    if (!needs_.type.empty() && emulator_fits()) compare_cpu();
    for (const std::string& name : needs_.networks) look_at_network(name);
    for (const std::string& name : needs_.pools) look_at_pool(name);
    for (const std::string& name : needs_.bridges) look_at_bridge(name);
    if (needs_.memory_kib > 0 && needs_.hugepage_kib > 0) count_hugepages();
    if (needs_.memory_kib > 0 && needs_.hugepage_kib == 0) add_up_memory();
    if (virConnectGetLibVersion(connection_, &result_.libvirt) != 0) result_.libvirt = 0;
    return std::move(result_);
  }

 private:
  static const char* or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
  }

  // Of the call that has just failed. A broken connection answers nothing more.
  void not_answered(const std::string& question) {
    const LibvirtFailure failure = last_failure();
    if (virConnectIsAlive(connection_) == 0) throw failed_call(failure, question, connection_);
    result_.unknown.push_back(question + ": " + failure.words);
  }

  void lacks(Need need, const std::string& name, const std::string& words) {
    result_.found.push_back({need, name, words});
  }

  /// `missing`: the code that says there is none of that name.
  void judge_lookup(Need need, const std::string& name, const std::string& question, int missing) {
    const LibvirtFailure failure = last_failure();
    if (failure.code == missing) return lacks(need, name, "does not exist");
    not_answered(question);
  }

  bool emulator_fits() {
    const LibvirtText found(
        virConnectGetDomainCapabilities(connection_, or_null(needs_.emulator), or_null(needs_.arch),
                                        or_null(needs_.machine), or_null(needs_.type), 0));
    if (found) return true;
    const LibvirtFailure failure = last_failure();
    // "machine is not supported by emulator", "KVM is not supported", no such program.
    const bool refused = failure.code == VIR_ERR_INVALID_ARG ||
                         failure.code == VIR_ERR_CONFIG_UNSUPPORTED ||
                         failure.error_number == ENOENT;
    if (refused) {
      lacks(Need::emulator, needs_.emulator, failure.words);
    } else {
      not_answered("emulator " + text::quote(needs_.emulator));
    }
    return false;
  }

  void compare_cpu() {
    if (needs_.cpu.empty()) return;
    const int result = virConnectCompareHypervisorCPU(
        connection_, or_null(needs_.emulator), or_null(needs_.arch), or_null(needs_.machine),
        or_null(needs_.type), needs_.cpu.c_str(), VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE);
    if (result == VIR_CPU_COMPARE_INCOMPATIBLE) {
      lacks(Need::cpu, {}, "CPU does not match");
    } else if (result < 0) {
      const LibvirtFailure failure = last_failure();
      if (failure.code == VIR_ERR_CPU_INCOMPATIBLE) return lacks(Need::cpu, {}, failure.words);
      not_answered("CPU");
    }
  }

  void look_at_network(const std::string& name) {
    const std::string question = "network " + text::quote(name);
    const Network network(virNetworkLookupByName(connection_, name.c_str()));
    if (!network) return judge_lookup(Need::network, name, question, VIR_ERR_NO_NETWORK);
    judge_activity(Need::network, name, question, virNetworkIsActive(network.get()));
  }

  void look_at_pool(const std::string& name) {
    const std::string question = "pool " + text::quote(name);
    const Pool pool(virStoragePoolLookupByName(connection_, name.c_str()));
    if (!pool) return judge_lookup(Need::pool, name, question, VIR_ERR_NO_STORAGE_POOL);
    judge_activity(Need::pool, name, question, virStoragePoolIsActive(pool.get()));
  }

  void judge_activity(Need need, const std::string& name, const std::string& question, int active) {
    if (active < 0) return not_answered(question);
    if (active == 0) result_.found.push_back({need, name, "is not active", true});
  }

  void look_at_bridge(const std::string& name) {
    const NetworkDevice device(virInterfaceLookupByName(connection_, name.c_str()));
    if (!device)
      judge_lookup(Need::bridge, name, "bridge " + text::quote(name), VIR_ERR_NO_INTERFACE);
  }

  // libvirt takes them when QEMU starts, all at once.
  void count_hugepages() {
    virNodeInfo host{};
    if (virNodeGetInfo(connection_, &host) != 0) return not_answered("hugepages");
    std::vector<unsigned long long> counts(host.nodes);
    auto size = static_cast<unsigned int>(needs_.hugepage_kib);
    if (virNodeGetFreePages(connection_, 1, &size, 0, host.nodes, counts.data(), 0) < 0) {
      return not_answered("hugepages");
    }
    unsigned long long free = 0;
    for (const unsigned long long count : counts) free += count;
    const std::uint64_t wanted =
        (needs_.memory_kib + needs_.hugepage_kib - 1) / needs_.hugepage_kib;
    if (free < wanted) {
      lacks(
          Need::hugepages, {},
          fmt::format("{} of {} hugepages of {} KiB are free", free, wanted, needs_.hugepage_kib));
    }
  }

  // Everything that could be made free counts as free, and a tenth of the host for what libvirt
  // does not tell of (slab): page cache must never refuse a guest.
  void add_up_memory() {
    int count = 0;
    if (virNodeGetMemoryStats(connection_, VIR_NODE_MEMORY_STATS_ALL_CELLS, nullptr, &count, 0) !=
        0) {
      return not_answered("memory");
    }
    std::vector<virNodeMemoryStats> stats(static_cast<std::size_t>(count));
    if (virNodeGetMemoryStats(connection_, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats.data(), &count,
                              0) != 0) {
      return not_answered("memory");
    }
    std::uint64_t free = 0;
    for (const virNodeMemoryStats& each : stats) {
      const std::string_view field = each.field;
      free += field == VIR_NODE_MEMORY_STATS_TOTAL ? each.value / 10 : each.value;
    }
    if (free >= needs_.memory_kib) return;
    lacks(Need::memory, {},
          fmt::format("{} MiB free at most, {} MiB needed", free / 1024, needs_.memory_kib / 1024));
  }

  virConnectPtr connection_;
  const Needs& needs_;
  Lacks result_;
};

}  // namespace

std::string job_on(virConnectPtr connection, const Identity& domain) {
  const std::string doing = "cannot see the job of " + text::quote(domain.name);
  const DomainHandle found = require_domain(connection, domain, doing);
  int type = VIR_DOMAIN_JOB_NONE;
  virTypedParameterPtr list = nullptr;
  int count = 0;
  if (virDomainGetJobStats(found.get(), &type, &list, &count, 0) != 0) {
    throw failed_call(doing, connection);
  }
  int operation = VIR_DOMAIN_JOB_OPERATION_UNKNOWN;
  virTypedParamsGetInt(list, count, VIR_DOMAIN_JOB_OPERATION, &operation);
  virTypedParamsFree(list, count);
  const bool under_way = type == VIR_DOMAIN_JOB_BOUNDED || type == VIR_DOMAIN_JOB_UNBOUNDED;
  return under_way ? words_of_operation(operation) : "";
}

Lacks lacks_on(virConnectPtr connection, const Needs& needs) {
  return Survey(connection, needs).run();
}

bool starts_by_itself_on(virConnectPtr connection, const Identity& domain) {
  const DomainHandle found = find_domain(connection, domain);
  if (!found) return false;
  int automatic = 0;
  if (virDomainGetAutostart(found.get(), &automatic) == 0) return automatic == 1;
  const LibvirtFailure failure = last_failure();
  // A transient domain has none.
  if (means_no_domain(failure) || failure.code == VIR_ERR_OPERATION_INVALID) return false;
  throw failed_call(failure, "cannot see the autostart of " + text::quote(domain.name), connection);
}

}  // namespace havc::domain
