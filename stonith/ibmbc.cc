// The STONITH plugin external/ibmbc for cluster-glue: power fencing in IBM BladeCenter chassis.
#include "power/chassis.h"
#include "snmp/netsnmp_session.h"
#include "stonith/run.h"

int main(int count, char** words) {
  havc::stonith::main_of(havc::power::kBladeCenter, havc::snmp::open_netsnmp, count, words);
}
