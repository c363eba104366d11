// The start of the net-snmp library, once a process, without the traces that it leaves otherwise.
#pragma once

#include "snmp/credentials.h"
#include "snmp/identity.h"

namespace havc::snmp {

/// Reads the snmp.conf of `credentials.folder`, if there is one. A process can read one folder
/// alone: another one is Error(unsupported). Throws what check() throws.
Configured start_netsnmp(const Credentials& credentials);

}  // namespace havc::snmp
