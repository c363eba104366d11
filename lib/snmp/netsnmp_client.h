// The real client, on net-snmp's encoding and security (libhavc-snmp.so) and sockets of its own.
// One a process; not for threads.
#pragma once

#include <memory>

#include "snmp/client.h"
#include "snmp/credentials.h"

namespace havc::snmp {

/// Sends nothing yet. Throws Error(misconfigured) for credentials that cannot work, besides what
/// check() throws, and Error(unsupported) for a second snmp.conf in one process.
std::unique_ptr<Client> open_netsnmp_client(const Credentials& credentials);

}  // namespace havc::snmp
