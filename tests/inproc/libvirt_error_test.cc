// The tables of the adapter: libvirt's numbers are ours to understand, one row each.
#include "domain/libvirt_error.h"
#include "base/error.h"
#include "domain/libvirt_state.h"
#include "support/catch.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <cerrno>

using namespace havc;
using namespace havc::domain;

TEST_CASE("an error says what was tried, libvirt's words and what to do", "[libvirt]") {
  const Error error = error_of(
      {VIR_ERR_NO_NETWORK, VIR_FROM_NETWORK, 0, "Network not found: 'lan'"}, "cannot start 'vm1'");
  CHECK(error.problem() == "cannot start 'vm1': Network not found: 'lan'");
  CHECK_THAT(error.remedy(), Catch::Contains("virsh net-list"));
  CHECK(error.fault() == Fault::unusable_here);
}

TEST_CASE("codes have their faults", "[libvirt]") {
  const auto [code, origin, number, fault] = GENERATE(table<int, int, int, Fault>({
      {VIR_ERR_NO_CONNECT, 0, 0, Fault::not_installed},
      {VIR_ERR_INTERNAL_ERROR, VIR_FROM_URI, 0, Fault::misconfigured},
      {VIR_ERR_INVALID_ARG, VIR_FROM_REMOTE, 0, Fault::misconfigured},
      {VIR_ERR_INVALID_ARG, VIR_FROM_DOM, 0, Fault::failed},
      {VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, ENOENT, Fault::unreachable},
      {VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, ECONNREFUSED, Fault::unreachable},
      {VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, EACCES, Fault::permission},
      {VIR_ERR_SYSTEM_ERROR, VIR_FROM_QEMU, EACCES, Fault::permission},
      {VIR_ERR_SYSTEM_ERROR, VIR_FROM_STORAGE, ENOENT, Fault::unusable_here},
      {VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, 0, Fault::unreachable},
      {VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU, 0, Fault::failed},
      {VIR_ERR_RPC, VIR_FROM_RPC, 0, Fault::unreachable},
      {VIR_ERR_AUTH_FAILED, VIR_FROM_AUTH, 0, Fault::permission},
      {VIR_ERR_ACCESS_DENIED, VIR_FROM_ACCESS, 0, Fault::permission},
      {VIR_ERR_XML_ERROR, VIR_FROM_DOMAIN, 0, Fault::unusable_here},
      {VIR_ERR_CPU_INCOMPATIBLE, VIR_FROM_CPU, 0, Fault::unusable_here},
      {VIR_ERR_NO_SUPPORT, VIR_FROM_TEST, 0, Fault::unsupported},
      {VIR_ERR_MIGRATE_UNSAFE, VIR_FROM_QEMU, 0, Fault::failed},
      {VIR_ERR_OPERATION_INVALID, VIR_FROM_QEMU, 0, Fault::failed},
      {99999, 0, 0, Fault::failed},
  }));
  INFO(code << " " << origin << " " << number);
  CHECK(error_of({code, origin, number, "words"}, "doing").fault() == fault);
}

TEST_CASE("a connection that fails does not send anybody to a domain's log", "[libvirt]") {
  const auto wrong = connect_error(
      {VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU, 0, "unexpected QEMU URI path"}, "qemu:///sytem");
  CHECK(wrong.problem() == "cannot connect to 'qemu:///sytem': unexpected QEMU URI path");
  CHECK_THAT(wrong.remedy(), Catch::Contains("correct the connection URI"));
  const auto refused = connect_error(
      {VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, EACCES, "Permission denied"}, "qemu:///system");
  CHECK_THAT(refused.remedy(), Catch::Contains("grant this node's root access"));
}

TEST_CASE("locks and ssh are told by their words, whatever the code", "[libvirt]") {
  const auto [words, fault, remedy] = GENERATE(table<std::string, Fault, std::string>({
      {"Failed to acquire lock: File exists", Fault::failed, "runs on another node"},
      {"Lockspace resource '/srv/a' is locked", Fault::failed, "its lock is stale"},
      {"Cannot recv data: Host key verification failed.: Connection reset by peer",
       Fault::unreachable, "known_hosts"},
      {"Cannot recv data: root@node2: Permission denied (publickey).: Connection reset by peer",
       Fault::permission, "authorized_keys"},
  }));
  const int code = GENERATE(VIR_ERR_SYSTEM_ERROR, VIR_ERR_RESOURCE_BUSY, VIR_ERR_INTERNAL_ERROR);
  const auto error = error_of({code, VIR_FROM_RPC, 104, words}, "doing");
  INFO(words);
  CHECK(error.fault() == fault);
  CHECK_THAT(error.remedy(), Catch::Contains(remedy));
  CHECK_THAT(error.problem(), Catch::Contains(words));
}

TEST_CASE("the state change lock is no lock of another node", "[libvirt]") {
  const auto error = error_of({VIR_ERR_OPERATION_TIMEOUT, VIR_FROM_QEMU, 0,
                               "Timed out during operation: cannot acquire state change lock"},
                              "doing");
  CHECK_THAT(error.remedy(), Catch::Contains("domjobinfo"));
}

TEST_CASE("reasons have their meaning, per state", "[libvirt]") {
  const auto [state, number, reason] = GENERATE(table<int, int, Reason>({
      {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, Reason::other},
      {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY, Reason::migrating},
      {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATION_CANCELED, Reason::switch_over_failed},
      {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY_FAILED, Reason::postcopy_failed},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN, Reason::other},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, Reason::user},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, Reason::user},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SAVE, Reason::saving},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_DUMP, Reason::saving},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT, Reason::saving},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SHUTTING_DOWN, Reason::shutting_down},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY, Reason::migrating},
      {VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED, Reason::panicked},
      {VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_UNKNOWN, Reason::other},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION, Reason::migrating},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, Reason::migrating},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR, Reason::io_error},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG, Reason::watchdog},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_CRASHED, Reason::guest_crashed},
      {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY_FAILED, Reason::postcopy_failed},
      {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN, Reason::other},
      {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_CRASHED, Reason::guest_crashed},
      {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED, Reason::failed},
      {VIR_DOMAIN_PAUSED, 4711, Reason::other},
  }));
  INFO(state << " " << number);
  CHECK(reason_of(state, number) == reason);
}

TEST_CASE("a state that a later libvirt may have is no state", "[libvirt]") {
  CHECK(state_of(VIR_DOMAIN_PMSUSPENDED) == State::pmsuspended);
  CHECK(state_of(8) == State::no_state);
  CHECK(state_of(-1) == State::no_state);
}
