// Which domain is meant, through the whole agent: every action × what became of the definition file × what of the guest is
// there × whether libvirt answers. The expected table is config_table.txt: exit codes, and each reason once.

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_lock.h"
#include "domain/note.h"
#include "libvirt_qemu/agent.h"
#include "ocf/run.h"
#include "support/catch.h"
#include "support/fake_hypervisor.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

#include <csignal>
#include <filesystem>
#include <map>

#include <fmt/format.h>

namespace {

using namespace std::chrono_literals;
using namespace havc;

// Reasons carry the path and are cut at 128 bytes, so it must not change from run to run.
const std::string kFolder = "/tmp/havc-config-table";
const std::string kConfig = kFolder + "/vm1.xml";
const std::string kUuid = "6f1d3c1e-2b0a-4d0e-9a51-0d6f3a7b9c01";

std::string escaped(const std::string& name) {
  std::string text;
  for (const char letter : name) text += letter == '&' ? std::string("&amp;") : letter == '<' ? "&lt;" : std::string(1, letter);
  return text;
}

std::string definition(const std::string& name) {
  return "<domain type='qemu'>\n  <name>" + escaped(name) + "</name>\n  <uuid>" + kUuid +
         "</uuid>\n  <memory>1024</memory>\n  <os><type>hvm</type></os>\n</domain>\n";
}

/// What became of the definition file.
struct Situation {
  std::string title;
  std::string name;  ///< of the domain
  std::optional<std::string> content;
  mode_t mode = 0644;
};

std::vector<Situation> situations() {
  const std::string good = definition("vm1");
  std::string on_one_line = good;
  on_one_line.erase(std::remove(on_one_line.begin(), on_one_line.end(), '\n'), on_one_line.end());
  std::string decoy = good;
  decoy.insert(decoy.find("  <name>"), "  <!-- <name>decoy</name> -->\n  <metadata><x:name xmlns:x='urn:x'>decoy</x:name></metadata>\n");
  std::vector<Situation> rows{
      {"good", "vm1", good},
      {"missing", "vm1", {}},
      {"unreadable", "vm1", good, 0},
      {"empty", "vm1", ""},
      {"truncated", "vm1", good.substr(0, good.size() / 2)},
      {"not XML", "vm1", "name = vm1\n"},
      {"wrong root", "vm1", "<network><name>vm1</name></network>\n"},
      {"huge", "vm1", good + std::string(2 << 20, '\n')},
      {"entity bomb", "vm1", "<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n" + good},
      {"on one line", "vm1", on_one_line},
      {"decoy names in a comment and in metadata", "vm1", decoy},
  };
  for (const auto* name : {"my vm", "it's \"quoted\"", "a,b,,c", "R&D <1>", "b\u00fcro-\u20ac"}) {
    rows.push_back({fmt::format("name {}", name), name, definition(name)});
  }
  return rows;
}

/// What of the guest is on this node.
enum class Guest { none, noted, marked, unmarked };
constexpr std::array<std::string_view, 4> kGuests{"not here", "runs", "runs, note lost", "runs, started by hand"};

/// A process that looks like the guest's QEMU in a /proc of its own.
class Process {
 public:
  Process(const std::string& proc, const std::string& name) {
    std::array<char*, 3> words{const_cast<char*>("sleep"), const_cast<char*>("1000"), nullptr};
    REQUIRE(posix_spawn(&pid_, "/bin/sleep", nullptr, nullptr, words.data(), environ) == 0);
    const std::string entry = proc + "/" + std::to_string(pid_);
    make_folder(entry, 0755);
    std::string doubled;
    for (const char letter : name) doubled += letter == ',' ? std::string(",,") : std::string(1, letter);
    const std::string zero(1, '\0');
    write_file(entry + "/cmdline",
               "/usr/bin/qemu-system-x86_64" + zero + "-name" + zero + "guest=" + doubled + ",debug-threads=on" + zero +
                   "-uuid" + zero + kUuid + zero,
               0644);
    write_file(entry + "/stat", std::to_string(pid_) + " (qemu-system-x86) S 1 1 1\n", 0644);
    std::filesystem::create_symlink("/usr/bin/qemu-system-x86_64", entry + "/exe");
  }
  ~Process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

/// Root reads everything: what must not be readable is read as nobody.
class AsNobody {
 public:
  explicit AsNobody(bool wanted) : root_(wanted && geteuid() == 0) {
    constexpr uid_t kNobody = 65534;
    if (root_) REQUIRE(seteuid(kNobody) == 0);
  }
  ~AsNobody() {
    if (root_ && seteuid(0) != 0) std::terminate();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool root_;
};

struct Cell {
  const Situation& situation;
  Guest guest;
  bool libvirt_answers;
};

std::string run_state(const Cell& cell, pid_t pid) {
  const std::string mark =
      cell.guest == Guest::unmarked
          ? ""
          : "<metadata><havc:resource xmlns:havc='urn:havc:domain:1' instance='vm1' config='" + kConfig + "'/></metadata>";
  return fmt::format("<domstatus state='running' reason='booted' pid='{}'><domain type='qemu'><name>{}</name><uuid>{}</uuid>{}"
                     "</domain></domstatus>\n",
                     pid, escaped(cell.situation.name), kUuid, mark);
}

ocf::Answer ask(const Cell& cell, const std::string& action) {
  std::filesystem::remove_all(kFolder);
  for (const auto* name : {"", "/notes", "/run", "/proc"}) make_folder(kFolder + name, 0777);
  if (cell.situation.content) write_file(kConfig, *cell.situation.content, cell.situation.mode);
  if (cell.situation.content) chmod(kConfig.c_str(), cell.situation.mode);

  const AsNobody nobody(cell.situation.mode == 0);
  test::FakeClock clock;
  test::FakeHost host(clock), target(clock, "5c1a7e57-0000-4000-8000-000000000002");
  host.reach("qemu+tcp://n2/system", target);
  std::optional<Process> process;
  const domain::Identity identity{cell.situation.name, kUuid};
  if (cell.guest != Guest::none) {
    test::FakeGuest guest;
    guest.identity = identity;
    if (cell.guest != Guest::unmarked) guest.config = kConfig;
    host.add(guest);
    // A process of the model is not there: it cannot end it. It stands for the guest while libvirt is silent.
    if (!cell.libvirt_answers) {
      process.emplace(kFolder + "/proc", cell.situation.name);
      write_file(kFolder + "/run/" + cell.situation.name + ".xml", run_state(cell, process->pid()), 0644);
    }
    if (cell.guest == Guest::noted) domain::write_note(kFolder + "/notes", {"vm1", identity, kConfig});
  }
  if (!cell.libvirt_answers) host.hang(test::Verb::connect);
  auto connect = [&, here = host.connector(), there = target.connector()](const std::string& uri, Deadline deadline) {
    return (uri == "qemu+tcp://n2/system" ? there : here)(uri, deadline);
  };
  libvirt_qemu::World world{connect, [](std::string_view, std::string notes) {
                                    return domain::Places{kFolder + "/run", kFolder + "/proc", std::move(notes), true};
                                  }};
  world.systemd.runtime.clear();
  Environment::Values values{{"OCF_RESOURCE_INSTANCE", "vm1"},
                             {"OCF_RESKEY_config", kConfig},
                             {"OCF_RESKEY_migration_transport", "tcp"},
                             {"OCF_RESKEY_CRM_meta_timeout", "60000"},
                             {"OCF_RESKEY_CRM_meta_migrate_target", "n2"},
                             {"OCF_RESKEY_CRM_meta_migrate_source", "n2"},
                             {"HA_RSCTMP", kFolder + "/notes"}};
  if (action == "monitor") values["OCF_RESKEY_CRM_meta_interval"] = "10000";
  return ocf::answer(libvirt_qemu::make_agent(world),
                     {{action == "probe" ? "monitor" : action}, Environment(std::move(values)), clock});
}

std::string block(const Situation& situation) {
  constexpr std::array kActions{"start", "stop", "probe", "monitor", "migrate_to", "migrate_from"};
  std::string text = situation.title + "\n";
  std::map<std::string, std::string> reasons;
  for (const Guest guest : {Guest::none, Guest::noted, Guest::marked, Guest::unmarked}) {
    for (const bool answers : {true, false}) {
      text += fmt::format("  {:22} libvirt {:8}", kGuests[static_cast<std::size_t>(guest)], answers ? "answers" : "silent");
      for (const std::string action : kActions) {
        const auto answer = ask({situation, guest, answers}, action);
        text += fmt::format("  {} {}", action, answer.exit_code);
        if (!answer.reason.empty()) reasons.emplace(fmt::format("{} {}", answer.exit_code, answer.reason), action);
      }
      text += "\n";
    }
  }
  for (const auto& [reason, action] : reasons) text += fmt::format("    {} ({})\n", reason, action);
  return text + "\n";
}

}  // namespace

TEST_CASE("each action knows which domain is meant, whatever became of its definition", "[golden]") {
  // The folder is the same for every run on this machine: one at a time.
  const FileLock lock(kFolder + ".lock", Deadline::after(system_clock(), 50s));
  std::string table;
  for (const auto& situation : situations()) table += block(situation);
  std::filesystem::remove_all(kFolder);
  test::check_golden("config_table.txt", table);
}
