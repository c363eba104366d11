// Prints LibvirtQemu's manual page; run by the build.

#include <cstdio>

#include "libvirt_qemu/agent.h"
#include "ocf/manual.h"

int main() { return std::fputs(havc::ocf::manual(havc::libvirt_qemu::make_agent(), "havc").c_str(), stdout) < 0 ? 1 : 0; }
