#include "domain/libvirt_migration_plan.h"

#include "base/text.h"
#include "domain/libvirt_error.h"

#include <libvirt/libvirt.h>

namespace havc::domain {

namespace {

// libvirt refuses settings of a compression that is not turned on.
bool compresses(const MigrationPlan& plan) {
  return plan.compressed || !plan.compression.empty() || plan.compression_level > 0 ||
         plan.compression_threads > 0 || plan.decompression_threads > 0 ||
         plan.compression_cache > 0;
}

unsigned int flags_of_mode(MigrationMode mode) {
  switch (mode) {
    case MigrationMode::p2p:
      return VIR_MIGRATE_PEER2PEER;
    case MigrationMode::tunnelled:
      return VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_TUNNELLED;
    case MigrationMode::managed:
      break;
  }
  return 0;  // libvirt's client adds VIR_MIGRATE_CHANGE_PROTECTION by itself
}

unsigned int flags_of_storage(const MigrationPlan& plan) {
  unsigned int flags = 0;
  if (plan.storage == StorageCopy::all) flags |= VIR_MIGRATE_NON_SHARED_DISK;
  if (plan.storage == StorageCopy::increment) flags |= VIR_MIGRATE_NON_SHARED_INC;
  if (plan.storage_synchronous) flags |= VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES;
  return flags;
}

}  // namespace

unsigned int migration_flags(const MigrationPlan& plan) {
  struct Row {
    bool set;
    virDomainMigrateFlags flag;
  };
  unsigned int flags = VIR_MIGRATE_LIVE | flags_of_mode(plan.mode) | flags_of_storage(plan);
  for (const auto& [set, flag] : {
           Row{plan.tls, VIR_MIGRATE_TLS},
           Row{plan.auto_converge, VIR_MIGRATE_AUTO_CONVERGE},
           Row{plan.postcopy, VIR_MIGRATE_POSTCOPY},
           Row{plan.postcopy_resume, VIR_MIGRATE_POSTCOPY_RESUME},
           Row{plan.parallel > 0, VIR_MIGRATE_PARALLEL},
           Row{plan.zerocopy, VIR_MIGRATE_ZEROCOPY},
           Row{compresses(plan), VIR_MIGRATE_COMPRESSED},
           Row{plan.unsafe, VIR_MIGRATE_UNSAFE},
           Row{plan.abort_on_error, VIR_MIGRATE_ABORT_ON_ERROR},
           Row{plan.rdma_pin_all, VIR_MIGRATE_RDMA_PIN_ALL},
           Row{plan.persistent, VIR_MIGRATE_PERSIST_DEST},
           Row{plan.undefine_source, VIR_MIGRATE_UNDEFINE_SOURCE},
       }) {
    if (set) flags |= static_cast<unsigned int>(flag);
  }
  return flags;
}

MigrationParameters::MigrationParameters(const MigrationPlan& plan) {
  // libvirt refuses an address for memory that does not travel by itself.
  if (plan.mode != MigrationMode::tunnelled) add_text(VIR_MIGRATE_PARAM_URI, plan.migrate_uri);
  add_large_number(VIR_MIGRATE_PARAM_BANDWIDTH, plan.bandwidth);
  add_large_number(VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY, plan.postcopy_bandwidth);
  add_text(VIR_MIGRATE_PARAM_GRAPHICS_URI, plan.graphics_uri);
  add_text(VIR_MIGRATE_PARAM_LISTEN_ADDRESS, plan.listen_address);
  add_text(VIR_MIGRATE_PARAM_TLS_DESTINATION, plan.tls_destination);
  add_number(VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL, plan.auto_converge_initial);
  add_number(VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT, plan.auto_converge_increment);
  add_number(VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS, plan.parallel);
  for (const auto& method : text::split(plan.compression, ", \t")) {
    add_text(VIR_MIGRATE_PARAM_COMPRESSION, method);
  }
  add_number(VIR_MIGRATE_PARAM_COMPRESSION_MT_LEVEL, plan.compression_level);
  add_number(VIR_MIGRATE_PARAM_COMPRESSION_MT_THREADS, plan.compression_threads);
  add_number(VIR_MIGRATE_PARAM_COMPRESSION_MT_DTHREADS, plan.decompression_threads);
  add_large_number(VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE, plan.compression_cache);
  for (const auto& disk : plan.disks) add_text(VIR_MIGRATE_PARAM_MIGRATE_DISKS, disk);
  add_number(VIR_MIGRATE_PARAM_DISKS_PORT, plan.disks_port);
  add_text(VIR_MIGRATE_PARAM_DISKS_URI, plan.disks_uri);
}

MigrationParameters::~MigrationParameters() {
  virTypedParamsFree(list_, count_);
}

void MigrationParameters::add_text(const char* name, const std::string& value) {
  if (value.empty()) return;
  check(virTypedParamsAddString(&list_, &count_, &capacity_, name, value.c_str()));
}

void MigrationParameters::add_number(const char* name, int value) {
  if (value <= 0) return;
  check(virTypedParamsAddInt(&list_, &count_, &capacity_, name, value));
}

void MigrationParameters::add_large_number(const char* name, int value) {
  if (value <= 0) return;
  check(virTypedParamsAddULLong(&list_, &count_, &capacity_, name,
                                static_cast<unsigned long long>(value)));
}

void MigrationParameters::check(int result) {
  if (result != 0) throw failed_call("cannot prepare the migration", nullptr);
}

}  // namespace havc::domain
