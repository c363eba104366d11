#include "domain/departure_check.h"

#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/worker.h"
#include "domain/conflicts.h"
#include "domain/disk_sources.h"
#include "domain/preflight.h"
#include "domain/resources.h"
#include "domain/run_state.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
constexpr Duration kMostLooking = seconds(10);
constexpr Duration kMostStarting = seconds(60);  // a pool may have to be mounted
constexpr Duration kBetweenJobLooks = seconds(1);

// The memory that a process has in use, by field 2 of /proc/PID/statm; 0: not known.
std::uint64_t resident_kib(const Places& places, const std::string& name) {
  const auto state = read_run_state(places.run_state, name);
  if (!state || state->pid <= 0) return 0;
  std::ifstream file(places.proc + "/" + std::to_string(state->pid) + "/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  if (!(file >> size >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

// "Hugepagesize: 2048 kB" of /proc/meminfo: what <hugepages/> means here. 0: not known.
std::uint64_t usual_hugepage_kib(const Places& places) {
  std::ifstream file(places.proc + "/meminfo");
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kField = "Hugepagesize:";
    if (!line.starts_with(kField)) continue;
    const auto words = text::split(line.substr(kField.size()), " \t");
    return words.empty() ? 0 : text::number(words.front()).value_or(0);
  }
  return 0;
}

/// Writable disks in files of this host alone. Blocks with their file systems.
std::vector<Departing::LocalDisk> local_disks(const std::vector<Disk>& disks) {
  std::vector<Departing::LocalDisk> local;
  for (const Disk& disk : disks) {
    // libvirt judges files only, by the path it is given (qemuMigrationSrcIsSafe).
    if (disk.kind != DiskKind::file || disk.readonly) continue;
    struct statfs system {};
    if (statfs(disk.source.c_str(), &system) != 0) continue;
    const std::string type = local_file_system(system.f_type);
    if (type.empty()) continue;
    local.push_back({disk.target, text::quote(disk.source) + " (" + type + ")"});
  }
  return local;
}

class Check {
 public:
  Check(const Subject& subject, const std::string& target, const MigrationPlan& plan,
        const DepartureChecks& checks, const Places& places, Link& here, Link& there,
        Deadline deadline)
      : subject_(subject),
        target_(target),
        plan_(plan),
        checks_(checks),
        places_(places),
        here_(here),
        there_(there),
        deadline_(deadline),
        until_(time_to_look()) {}

  void run() {
    if (!checks_.preflight && !checks_.start_resources) return;
    if (!look_here()) return;
    if (checks_.start_resources) start_on_target();
    until_ = time_to_look();  // a pool may have taken its time
    if (checks_.preflight) refuse_obstacles();
  }

 private:
  Deadline time_to_look() const { return deadline_.part(kMostLooking, 5); }

  // False when nothing is known of the domain: then there is nothing to check.
  bool look_here() {
    const auto failure = here_.attempt(
        [&](Hypervisor& host) {
          xml_ = host.live_xml(subject_.identity, until_);
          departing_.devices = parse_devices(xml_, "the domain");
          if (checks_.preflight) departing_.job = lasting_job(host);
        },
        until_);
    if (!failure) return true;
    if (checks_.start_resources) {
      throw Error(Fault::failed, "cannot see what " + name() + " uses: " + failure->problem(),
                  failure->remedy());
    }
    log::warn("migrating without a look before: " + failure->problem());
    return false;
  }

  // A snapshot or a backup may be over in a moment.
  std::string lasting_job(Hypervisor& host) const {
    while (true) {
      std::string job = host.job(subject_.identity, until_);
      if (job.empty() || until_.earlier_by(kBetweenJobLooks * 2).expired()) return job;
      until_.pause(kBetweenJobLooks);
    }
  }

  void start_on_target() {
    const Deadline until = deadline_.part(kMostStarting, 4);
    const auto failure = there_.attempt(
        [&](Hypervisor& host) {
          start_resources(departing_.devices, host, " on " + text::quote(target_), until);
        },
        until);
    if (!failure) return;
    // Whatever it is there: a hard code from here would ban this node instead of that one.
    throw Error(Fault::failed, text::quote(target_) + ": " + failure->problem(), failure->remedy());
  }

  void refuse_obstacles() {
    look_at_disks();
    Devices& devices = departing_.devices;
    if (devices.usual_hugepages) devices.hugepage_kib = usual_hugepage_kib(places_);
    const Needs needs = needs_of(departing_.devices, known_resident());
    ask(here_, needs, departing_.lacks, "this node");
    Lacks there;
    if (!ask(there_, needs, there, text::quote(target_))) refuse_silent_target();
    const Obstacles found = obstacles(departing_, there, plan_, target_);
    for (const std::string& doubt : found.doubts) log::info("before the migration: " + doubt);
    if (found.certain.empty()) return;
    for (const Obstacle& each : found.certain)
      log::warn("in the way of the migration: " + each.problem);
    throw Error(Fault::failed, found.certain.front().problem, found.certain.front().remedy);
  }

  // On a worker of its own: a dead file system must not hold the migration of a guest whose disks
  // are elsewhere.
  void look_at_disks() {
    if (!places_.processes || plan_.unsafe)
      return;  // not this host's files, or judged by the admin
    refuse_links();
    try {
      Worker looker("the file system of a disk");
      // libvirt can be told which local folders are shared.
      const bool shared =
          looker.run([etc = places_.etc] { return declares_shared_folders(etc); }, until_);
      if (shared) return;
      departing_.local_disks =
          looker.run([disks = departing_.devices.disks] { return local_disks(disks); }, until_);
    } catch (const Error& error) {
      log::warn("before the migration: " + error.problem());
    }
  }

  void refuse_links() const {
    try {
      refuse_linked_sources(xml_, until_);
    } catch (const Error& error) {
      if (error.fault() == Fault::failed) throw;
      log::warn("before the migration: " + error.problem());
    }
  }

  std::uint64_t known_resident() const {
    try {
      return resident_kib(places_, subject_.identity.name);
    } catch (const Error& error) {
      log::info("before the migration: " + error.problem());
      return 0;
    }
  }

  // False when it did not answer.
  bool ask(Link& link, const Needs& needs, Lacks& lacks, const std::string& whom) {
    const auto failure =
        link.attempt([&](Hypervisor& host) { lacks = host.lacks(needs, until_); }, until_);
    if (!failure) return true;
    log::info("before the migration, " + whom + ": " + failure->problem());
    return link.connected();
  }

  // A slow answer is one thing, a hung libvirtd another: with that, the migration would only end at
  // its deadline.
  void refuse_silent_target() {
    const Look look = there_.look(subject_.identity, deadline_.capped(kMostLooking));
    if (look.answered()) return;
    throw Error(Fault::failed,
                "migration target " + text::quote(target_) + ": " + look.silence->problem(),
                look.silence->remedy());
  }

  std::string name() const { return text::quote(subject_.identity.name); }

  const Subject& subject_;
  const std::string& target_;
  const MigrationPlan& plan_;
  const DepartureChecks& checks_;
  const Places& places_;
  Link& here_;
  Link& there_;
  Deadline deadline_;
  Deadline until_;
  std::string xml_;
  Departing departing_;
};

}  // namespace

void check_departure(const Subject& subject, const std::string& target, const MigrationPlan& plan,
                     const DepartureChecks& checks, const Places& places, Link& here, Link& there,
                     Deadline deadline) {
  Check(subject, target, plan, checks, places, here, there, deadline).run();
}

}  // namespace havc::domain
