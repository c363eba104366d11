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

/// Adds bays of chassis `number` that are known by their numbers, each asked for by itself: for a
/// table that does not arrive because the module is silent about one of its rows. Throws what
/// exchange() reports, and Error(failed) when the rows do not have the bays' numbers.
void add_known_bays(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
                    const std::vector<int>& bays, Deadline deadline);

/// After add_bays(): width, UUID and serial number of its blades, and who is joined to whom. What
/// cannot be read is a note, and takes at most 10 s. Only when there are blades that are joined, it
/// takes what time there is to learn which: else none can be switched off for certain.
void add_identities(Survey& survey, int number, const snmp::Contact& module, const Chassis& chassis,
                    Deadline deadline);

}  // namespace havc::power
