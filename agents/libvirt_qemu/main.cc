// LibvirtQemu as Pacemaker starts it.

#include "libvirt_qemu/agent.h"
#include "ocf/run.h"

int main(int argc, char** argv) { havc::ocf::run(havc::libvirt_qemu::make_agent(), argc, argv); }
