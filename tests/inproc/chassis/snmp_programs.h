// net-snmp's own programs, as an administrator would call them: what the simulator and the proxy
// say must be understood by them.
#pragma once

#include "base/process.h"
#include "support/chassis_process.h"

#include <string>
#include <vector>

namespace havc::test {

inline const std::string kBase = ".1.3.6.1.4.1.2.3.51.2.";
inline const std::string kState = kBase + "22.1.6.1.1.4.3";
inline const std::string kStatusState = kBase + "22.1.5.1.1.4.3";
inline const std::string kLabel = kBase + "22.1.6.1.1.6.3";
inline const std::string kPower = kBase + "22.1.6.1.1.7.3";

inline const std::vector<std::string> kV1{"-v1", "-csecret"};
inline const std::vector<std::string> kV3{"-v3",         "-lauthPriv", "-uadmin",    "-aSHA",
                                          "-Aauthpass1", "-xAES",      "-Xprivpass1"};

/// Arguments of a simulator that knows kV1, a reader `look`, kV3, and has a blade in bay 3.
std::vector<std::string> simulator_arguments(std::vector<std::string> more);

/// One of snmpget, snmpset, snmpwalk and snmpbulkwalk, with values alone as output. 20 tries a
/// second apart, unless `who` says otherwise.
ProcessResult ask(const ChassisProcess& chassis, const std::string& program,
                  const std::vector<std::string>& who, const std::vector<std::string>& what);

/// What snmpget says, in v1 unless told.
std::string get(const ChassisProcess& chassis, const std::string& id,
                const std::vector<std::string>& who = kV1);
/// What snmpset complains of; empty when it was content.
std::string set(const ChassisProcess& chassis, const std::string& id, const std::string& value,
                const std::vector<std::string>& who = kV1);
/// Whether the object has this value within 20 s.
bool becomes(const ChassisProcess& chassis, const std::string& id, const std::string& value);

/// The SNMPv3 engine that answers there, as its packets have it (RFC 3414 4).
std::string engine_of(const ChassisProcess& chassis);

}  // namespace havc::test
