// The real session, on the net-snmp library (linked by the fencing programs alone). One session a process at a time: the
// library's configuration is read once, from the folder of the first. Not for threads.
#pragma once

#include <memory>

#include "snmp/address.h"
#include "snmp/credentials.h"
#include "snmp/session.h"

namespace havc::snmp {

/// `address` must be a number. Sends nothing yet. Throws Error(misconfigured) for an snmp.conf that
/// cannot work, besides what check() throws.
std::unique_ptr<Session> open_netsnmp(const Address& address, const Credentials& credentials);

}  // namespace havc::snmp
