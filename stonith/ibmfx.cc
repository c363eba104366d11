// The STONITH plugin external/ibmfx for cluster-glue: power fencing in IBM Flex System chassis.
#include "power/chassis.h"
#include "snmp/netsnmp_session.h"
#include "stonith/run.h"

int main(int count, char** words) {
  havc::stonith::main_of(havc::power::kFlexSystem, havc::snmp::open_netsnmp, count, words);
}
