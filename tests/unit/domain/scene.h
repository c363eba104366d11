// What the tests of the verbs have in common: a host with a fake libvirt, folders of its own, and
// the real /proc, in which only FakeQemu processes can be meant, because each scene's domain has a
// name and UUID of its own.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>

#include "base/file.h"
#include "domain/hypervisor.h"
#include "domain/note.h"
#include "domain/places.h"
#include "domain/subject.h"
#include "support/fake_clock.h"
#include "support/fake_hypervisor.h"
#include "support/qemu/fake_qemu_process.h"
#include "support/temporary_folder.h"

namespace havc::test {

/// libvirt's run state of a domain as far as anybody reads it.
inline std::string run_state_text(const domain::Identity& identity, pid_t pid,
                                  const std::string& state = "running",
                                  const std::string& reason = "booted",
                                  const std::string& config = {}) {
  const std::string mark =
      config.empty()
          ? ""
          : "<metadata><havc:resource xmlns:havc='urn:havc:domain:1' instance='vm1' config='" +
                config + "'/></metadata>";
  return "<!-- WARNING: THIS IS AN AUTO-GENERATED FILE. -->\n<domstatus state='" + state +
         "' reason='" + reason + "' pid='" + std::to_string(pid) +
         "'>\n<monitor path='/m' type='unix'/><domain type='qemu' id='1'><name>" + identity.name +
         "</name><uuid>" + identity.uuid + "</uuid>" + mark +
         "<devices><hostdev/><hostdev/></devices></domain></domstatus>\n";
}

inline domain::Connect connect_fails(Fault fault) {
  return [fault](const std::string&, Deadline) -> std::unique_ptr<domain::Hypervisor> {
    throw Error(fault, "libvirt does not answer", "start libvirtd");
  };
}

struct Scene {
  TemporaryFolder folder;
  FakeClock clock;
  FakeHost host{clock};
  domain::Identity identity = unique_domain();
  domain::Subject subject{"vm1", "qemu:///system", folder / "vm1.xml", identity};
  domain::Places places{folder / "run", "/proc", folder / "notes", true, folder / "etc"};
  domain::Connect connect = host.connector();

  FakeGuest& add_guest(domain::State state = domain::State::running,
                       domain::Reason reason = domain::Reason::other) {
    FakeGuest guest;
    guest.identity = identity;
    guest.state = state;
    guest.reason = reason;
    return host.add(guest);
  }
  void write_run_state(pid_t pid, const std::string& state = "running",
                       const std::string& reason = "booted") const {
    folder.write("run/" + identity.name + ".xml",
                 run_state_text(identity, pid, state, reason, subject.config));
  }
  void write_note() const { domain::write_note(places.notes, domain::note_of(subject)); }
  /// Shows these processes alone: others of this machine may be suspects, too.
  void show_only(std::initializer_list<pid_t> pids) {
    places.proc = folder / "proc";
    std::filesystem::create_directory(places.proc);
    for (const pid_t pid : pids) {
      const std::string name = "/" + std::to_string(pid);
      std::filesystem::create_directory_symlink("/proc" + name, places.proc + name);
    }
  }
  bool has_note() const { return domain::read_note(places.notes, subject.instance).has_value(); }
};

/// Real time, for what waits for processes.
inline Deadline soon(Duration time) {
  return Deadline::after(system_clock(), time);
}

}  // namespace havc::test
