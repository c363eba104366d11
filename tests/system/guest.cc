#include "guest.h"

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

#include <signal.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace havc::test {

using namespace std::chrono_literals;

namespace {

constexpr char kDomain[] = R"(<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <metadata>
    <havc:resource xmlns:havc='urn:havc:domain:1' instance='{name}' config='/guests/{name}.xml'/>
  </metadata>
  <memory unit='MiB'>16</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='{image}'/>
      <target dev='vda' bus='virtio'/>
      <readonly/>
    </disk>
    <controller type='usb' model='none'/>
    <serial type='file'><source path='{console}' append='on'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
)";

pid_t pid_in(const std::string& file) {
  return static_cast<pid_t>(text::number(text::trim(read_file(file, 100))).value_or(0));
}

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Deadline soon() {
  return Deadline::after(system_clock(), 60s);
}

std::string Guest::xml() const {
  return fmt::format(kDomain, fmt::arg("name", name), fmt::arg("uuid", uuid),
                     fmt::arg("image", HAVC_GUESTS "/" + kind + ".img"),
                     fmt::arg("console", console()));
}

void Guest::wait_until_ready() const {
  const Deadline deadline = soon();
  while (content(console()).find("ready") == std::string::npos) {
    if (deadline.expired()) throw Error(Fault::timed_out, "the guest does not boot");
    deadline.pause(10ms);
  }
}

pid_t qemu_pid(const std::string& name) {
  return pid_in("/run/libvirt/qemu/" + name + ".pid");
}

pid_t libvirtd_pid() {
  return pid_in("/run/libvirtd.pid");
}

pid_t second_libvirtd_pid() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto pid = text::number(entry.path().filename().string());
    if (!pid || static_cast<pid_t>(*pid) == libvirtd_pid()) continue;
    if (content(entry.path() / "comm") == "libvirtd\n") return static_cast<pid_t>(*pid);
  }
  throw Error(Fault::failed, "there is no second libvirtd");
}

Frozen::Frozen(pid_t pid) : pid_(pid) {
  kill(pid_, SIGSTOP);
}

Frozen::~Frozen() {
  kill(pid_, SIGCONT);
}

void run(const std::vector<std::string>& arguments) {
  const ProcessResult result = run_process(arguments, "", soon());
  if (result.exit_code != 0) throw Error(Fault::failed, arguments[0] + ": " + result.errors);
}

}  // namespace havc::test
