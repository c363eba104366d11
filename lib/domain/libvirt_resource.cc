// Networks and storage pools that a domain uses: started when they are not active, never refreshed.
#include "base/handle.h"
#include "base/text.h"
#include "domain/libvirt_error.h"
#include "domain/libvirt_preflight.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

namespace havc::domain {

namespace {

using Network = Handle<virNetwork, virNetworkFree>;
using Pool = Handle<virStoragePool, virStoragePoolFree>;

/// `active` and `create` as libvirt's functions for the object: -1 is a failure. Somebody else may
/// start it at the same time.
template <class Active, class Create>
bool start(virConnectPtr connection, const std::string& doing, Active active, Create create) {
  const int before = active();
  if (before < 0) throw failed_call(doing, connection);
  if (before == 1) return false;
  if (create() == 0) return true;
  const LibvirtFailure failure = last_failure();
  if (active() == 1) return false;
  throw failed_call(failure, doing, connection);
}

}  // namespace

bool activate_on(virConnectPtr connection, const Resource& resource) {
  if (resource.kind == ResourceKind::network) {
    const std::string doing = "cannot start network " + text::quote(resource.name);
    const Network network(virNetworkLookupByName(connection, resource.name.c_str()));
    if (!network) throw failed_call(doing, connection);
    return start(
        connection, doing, [&] { return virNetworkIsActive(network.get()); },
        [&] { return virNetworkCreate(network.get()); });
  }
  const std::string doing = "cannot start pool " + text::quote(resource.name);
  const Pool pool(virStoragePoolLookupByName(connection, resource.name.c_str()));
  if (!pool) throw failed_call(doing, connection);
  return start(
      connection, doing, [&] { return virStoragePoolIsActive(pool.get()); },
      [&] { return virStoragePoolCreate(pool.get(), VIR_STORAGE_POOL_CREATE_NORMAL); });
}

}  // namespace havc::domain
