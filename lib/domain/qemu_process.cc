#include "domain/qemu_process.h"

#include <dirent.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/handle.h"
#include "base/pidfd.h"
#include "base/text.h"
#include "base/worker.h"

namespace havc::domain {

namespace {

// execve allows a quarter of the stack limit (2 MiB by default); libvirt's command lines are 2 to
// 50 KiB.
constexpr std::size_t kLongestCommandLine = 4 << 20;
constexpr std::size_t kLongestStat = 4096;

std::vector<std::string_view> arguments_of(std::string_view command_line) {
  std::vector<std::string_view> arguments;
  while (!command_line.empty()) {
    const auto end = std::min(command_line.find('\0'), command_line.size());
    arguments.push_back(command_line.substr(0, end));
    command_line.remove_prefix(std::min(end + 1, command_line.size()));
  }
  return arguments;
}

// The value of QEMU's option -name: parts between single commas, of which a doubled one stands for
// itself.
std::string guest_name(std::string_view value) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != ',') {
      parts.back() += value[i];
    } else if (value.substr(i + 1, 1) == ",") {
      parts.back() += value[i++];
    } else {
      parts.emplace_back();
    }
  }
  constexpr std::string_view kKey = "guest=";
  for (const std::string& part : parts) {
    if (part.starts_with(kKey)) return part.substr(kKey.size());
  }
  // The first part may go without its key; with another key it names something else.
  return parts.front().find('=') == std::string::npos ? parts.front() : std::string();
}

bool ended(const Descriptor& process) {
  pollfd look{process.number(), POLLIN, 0};
  return poll(&look, 1, 0) == 1;
}

bool dead(char state) {
  return state == '\0' || state == 'Z' || state == 'X' || state == 'x';
}

char state_in(const std::string& folder) {
  try {
    // "PID (NAME) STATE …", where NAME may hold anything, also ')'.
    const std::string stat = read_file(folder + "/stat", kLongestStat);
    const auto name_end = stat.rfind(") ");
    return name_end == std::string::npos || name_end + 2 >= stat.size() ? '\0' : stat[name_end + 2];
  } catch (const Error&) {
    return '\0';  // gone
  }
}

/// A process, or the thread of it that speaks for it.
struct Part {
  std::string folder;  // below /proc
  char state = '\0';
};

// The first thread of a process that was killed is a zombie at once, and has no command line any
// more, while another one may hang in the kernel with the disks open: such a QEMU has not ended.
Part living_part(const std::string& proc, pid_t pid) {
  const std::string folder = proc + "/" + std::to_string(pid);
  const char state = state_in(folder);
  if (state != 'Z') return {folder, state};
  std::error_code code;
  for (std::filesystem::directory_iterator thread(folder + "/task", code), end;
       !code && thread != end; thread.increment(code)) {
    const char letter = state_in(thread->path().string());
    if (!dead(letter)) return {thread->path().string(), letter};
  }
  return {folder, state};
}

// The program a process runs; its first argument when the link may not be read.
std::string executable_of(const std::string& folder, std::string_view command_line) {
  std::error_code code;
  const auto link = std::filesystem::read_symlink(folder + "/exe", code);
  if (!code) return link.string();
  return std::string(command_line.substr(0, command_line.find('\0')));
}

template <class Wanted>
Sighting look(const std::string& proc, pid_t pid, const Wanted& wanted) {
  Sighting sighting;
  QemuProcess process{pid, open_process(pid), {}};
  if (!process.handle) return sighting;
  const Part part = living_part(proc, pid);
  if (part.state == '\0' && !ended(process.handle))
    sighting.doubt = "the state of process " + std::to_string(pid) + " cannot be read";
  if (dead(part.state)) return sighting;
  std::string command_line;
  try {
    command_line = read_file(part.folder + "/cmdline", kLongestCommandLine);
  } catch (const Error& error) {
    if (!ended(process.handle)) sighting.doubt = error.problem();
    return sighting;
  }
  process.identity = identity_on(command_line);
  if (process.identity.name.empty() || !wanted(process.identity)) return sighting;
  const std::string executable = executable_of(part.folder, command_line);
  // What was read is this process' own only if it has not ended meanwhile: then its number was not
  // given away.
  if (ended(process.handle)) return sighting;
  if (is_emulator(executable)) {
    sighting.processes.push_back(std::move(process));
  } else if (!process.identity.uuid.empty()) {  // "find -name vm1" is no doubt
    sighting.doubt = "process " + std::to_string(pid) + " " + text::quote(executable) +
                     " looks like the domain's QEMU, but is none";
  }
  return sighting;
}

template <class Wanted>
Sighting look_at_all(const std::string& proc, const Wanted& wanted) {
  Sighting all;
  const Handle<DIR, closedir> folder(opendir(proc.c_str()));
  if (!folder) {
    all.doubt = "cannot list " + text::quote(proc);
    return all;
  }
  while (const dirent* found = readdir(folder.get())) {
    const auto pid = text::number(static_cast<const char*>(found->d_name), INT32_MAX);
    if (!pid) continue;
    Sighting one = look(proc, static_cast<pid_t>(*pid), wanted);
    for (QemuProcess& process : one.processes) all.processes.push_back(std::move(process));
    if (!one.doubt.empty()) all.doubt = std::move(one.doubt);
  }
  return all;
}

// On a worker: reading the command line of a process can wait for its memory's lock, which a
// process that hangs in the kernel may hold.
template <class Wanted>
Sighting bounded(const Places& places, const Wanted& wanted, Deadline deadline) {
  Sighting none;
  if (!places.processes) {
    none.doubt = "its processes are not on this host";
    return none;
  }
  try {
    return Worker("'" + places.proc + "'")
        .run([proc = places.proc, wanted] { return look_at_all(proc, wanted); }, deadline);
  } catch (const Error& error) {
    none.doubt = error.problem();
    return none;
  }
}

}  // namespace

Identity identity_on(std::string_view command_line) {
  Identity identity;
  const auto arguments = arguments_of(command_line);
  for (std::size_t i = 1; i + 1 < arguments.size(); ++i) {
    std::string_view option = arguments[i];
    if (option.starts_with("--")) option.remove_prefix(1);
    // The first of each is libvirt's; later ones may come from <qemu:commandline>.
    if (option == "-name" && identity.name.empty())
      identity.name = guest_name(arguments[++i]);
    else if (option == "-uuid" && identity.uuid.empty())
      identity.uuid = text::lower(arguments[++i]);
  }
  return identity;
}

bool is_emulator(std::string_view executable) {
  constexpr std::string_view kReplaced = " (deleted)";  // by the kernel, once the file was replaced
  if (executable.ends_with(kReplaced)) executable.remove_suffix(kReplaced.size());
  const std::string_view name = executable.substr(executable.rfind('/') + 1);
  return name.starts_with("qemu-system-") || name == "qemu-kvm" || name == "kvm" || name == "qemu";
}

char process_state(const std::string& proc, pid_t pid) {
  return living_part(proc, pid).state;
}

std::optional<std::chrono::milliseconds> process_age(const std::string& proc, pid_t pid) {
  constexpr std::size_t kStartTime = 22 - 3;  // proc(5): field 22, in clock ticks after boot; the state is field 3
  try {
    const std::string stat = read_file(proc + "/" + std::to_string(pid) + "/stat", kLongestStat);
    const std::string uptime = read_file(proc + "/uptime", kLongestStat);  // "SECONDS.HUNDREDTHS IDLE"
    const auto name_end = stat.rfind(") ");
    if (name_end == std::string::npos) return {};
    const auto fields = text::split(std::string_view(stat).substr(name_end + 2), " \n");
    const auto parts = text::split(uptime.substr(0, uptime.find(' ')), ".");
    if (fields.size() <= kStartTime || parts.size() != 2) return {};
    const auto ticks = text::number(fields[kStartTime]);
    const auto seconds = text::number(parts[0]), hundredths = text::number(parts[1], 99);
    if (!ticks || !seconds || !hundredths) return {};
    const auto now = static_cast<std::int64_t>(*seconds * 1000 + *hundredths * 10);
    const auto then = static_cast<std::int64_t>(*ticks) * 1000 / sysconf(_SC_CLK_TCK);
    return std::chrono::milliseconds(std::max<std::int64_t>(0, now - then));
  } catch (const Error&) {
    return {};  // gone
  }
}

bool same_domain(const Identity& left, const Identity& right) {
  if (left.uuid.empty() || right.uuid.empty()) return left.name == right.name;
  return left.uuid == right.uuid;
}

Sighting look_at_process(const std::string& proc, pid_t pid, const Identity& domain) {
  return look(proc, pid, [&](const Identity& identity) { return same_domain(identity, domain); });
}

Sighting find_processes(const Places& places, const Identity& domain, Deadline deadline) {
  return bounded(
      places, [domain](const Identity& identity) { return same_domain(identity, domain); },
      deadline);
}

std::optional<pid_t> stopped_by_signal(const Sighting& seen, const std::string& proc,
                                       Deadline deadline) {
  constexpr Duration kStoppedFor = std::chrono::seconds(2);  // a debugger or a dump needs a moment
  for (const QemuProcess& suspect : seen.processes) {
    if (process_state(proc, suspect.pid) != 'T') continue;
    deadline.pause(kStoppedFor);
    if (process_state(proc, suspect.pid) == 'T') return suspect.pid;
  }
  return std::nullopt;
}

Sighting all_processes(const Places& places, Deadline deadline) {
  return bounded(
      places, [](const Identity&) { return true; }, deadline);
}

}  // namespace havc::domain
