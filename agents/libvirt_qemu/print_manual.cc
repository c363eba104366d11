// Prints LibvirtQemu's manual page; run by the build. usage: havc_print_manual DATE

#include <cstdio>

#include "libvirt_qemu/manual.h"

int main(int count, char** words) {
  return count != 2 || std::fputs(havc::libvirt_qemu::manual(words[1]).c_str(), stdout) < 0 ? 1 : 0;
}
