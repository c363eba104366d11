// The STONITH plugin external/ibmfx for cluster-glue and the fence agent fence_ibmfx, in one
// program: power fencing in IBM Flex System chassis.
#include "fence/main_of.h"
#include "options/command_line.h"
#include "power/chassis.h"
#include "snmp/netsnmp_client.h"

int main(int count, char** words) {
  havc::fence::main_of(havc::power::kFlexSystem, havc::snmp::open_netsnmp_client,
                       havc::options::parse_command_line, count, words);
}
