#include "libvirt_qemu/ordering.h"

#include "support/catch.h"
#include "support/golden.h"

using havc::libvirt_qemu::ordering_drop_in;
using havc::test::check_golden;

TEST_CASE("the drop-in of a host with the one daemon of Debian 12", "[ordering]") {
  check_golden("ordering_monolithic.conf",
               ordering_drop_in({"libvirtd.service", "libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket", "libvirtd-tcp.socket",
                                 "libvirtd-tls.socket", "virtlogd.service", "virtlogd.socket", "virtlogd-admin.socket", "virtlockd.service",
                                 "virtlockd.socket", "virtlockd-admin.socket", "virt-guest-shutdown.target", "systemd-machined.service",
                                 "libvirt-guests.service"}));
}

TEST_CASE("the drop-in of a host with the modular daemons of RHEL 9", "[ordering]") {
  std::set<std::string> units{"virt-guest-shutdown.target", "systemd-machined.service", "libvirt-guests.service", "virtproxyd-tcp.socket",
                              "virtproxyd-tls.socket"};
  for (const std::string daemon : {"virtqemud", "virtproxyd", "virtlogd", "virtnetworkd", "virtstoraged", "virtsecretd", "virtnodedevd",
                                   "virtinterfaced", "virtnwfilterd"}) {
    for (const std::string kind : {".service", ".socket", "-ro.socket", "-admin.socket"}) {
      if (daemon != "virtlogd" || kind != "-ro.socket") units.insert(daemon + kind);
    }
  }
  check_golden("ordering_modular.conf", ordering_drop_in(units));
}

TEST_CASE("the drop-in of a host that has daemons of both kinds", "[ordering]") {
  check_golden("ordering_both.conf", ordering_drop_in({"libvirtd.service", "libvirtd.socket", "virtqemud.service", "virtqemud.socket"}));
}
