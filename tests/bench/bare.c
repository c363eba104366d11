/* The least that can be asked of libvirt: connect, look a domain up, ask for its state. What an agent that asks libvirt costs, it
   costs beyond this. usage: bare DOMAIN; exit code 0: it runs. tests/bench/monitor.py compiles and measures it. */
#include <libvirt/libvirt.h>
#include <stddef.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  virConnectPtr connection = virConnectOpen("qemu:///system");
  if (connection == NULL) return 1;
  virDomainPtr domain = virDomainLookupByName(connection, argv[1]);
  int state = VIR_DOMAIN_NOSTATE;
  if (domain != NULL && virDomainGetState(domain, &state, NULL, 0) != 0) state = VIR_DOMAIN_NOSTATE;
  if (domain != NULL) virDomainFree(domain);
  virConnectClose(connection);
  return state == VIR_DOMAIN_RUNNING ? 0 : 1;
}
