#include "libvirt_qemu/agent.h"
#include "libvirt_qemu/manual.h"
#include "ocf/metadata.h"
#include "support/catch.h"
#include "support/golden.h"

TEST_CASE("LibvirtQemu's meta-data", "[golden]") {
  havc::test::check_golden("LibvirtQemu.xml", havc::ocf::metadata(havc::libvirt_qemu::make_agent()));
}

TEST_CASE("LibvirtQemu's usage", "[golden]") {
  havc::test::check_golden("LibvirtQemu.usage", havc::ocf::usage(havc::libvirt_qemu::make_agent()));
}

TEST_CASE("LibvirtQemu's manual page", "[golden]") {
  havc::test::check_golden("LibvirtQemu.7", havc::libvirt_qemu::manual("2026-01-31"));
}
