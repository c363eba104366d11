// Reads what is to be known of a chassis before a plug is looked up. Questions alone; nothing is
// changed.
#pragma once

#include "power/chassis.h"
#include "power/lookup.h"
#include "snmp/client.h"

namespace havc::power {

/// Every row of the chassis' table, empty bays too. Throws Error(failed) when there is none, and
/// what snmp::rows() throws.
std::vector<Bay> read_bays(const snmp::Contact& module, const Chassis& chassis, Deadline deadline);

/// Adds chassis `number` (0 when it is the only one): its bays alone. Throws what read_bays() does.
void add_bays(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
              Deadline deadline);

/// After add_bays(): width, UUID and serial number of its blades, and who is joined to whom. What
/// cannot be read is a note, and takes at most 10 s.
void add_identities(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
                    Deadline deadline);

}  // namespace havc::power
