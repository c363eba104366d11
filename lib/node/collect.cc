#include "node/collect.h"

#include "base/apart.h"
#include "base/calendar.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/file.h"
#include "node/bridges.h"
#include "node/exchange.h"
#include "node/looks.h"
#include "node/machine_look.h"
#include "node/programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>

namespace havc::node {

namespace {

constexpr char kItself[] = "this node itself";  // who speaks, in messages about its own children

/// Looks that a process apart takes, one line of JSON each; what it did not get to is not known.
template <class Item>
class Looks {
 public:
  using Look = std::function<Item(const std::string&)>;

  Looks(std::vector<std::string> names, Look look)
      : names_(std::move(names)), apart_([this, look](const Apart::Say& say) {
          for (const std::string& name : names_) say(written(look(name)));
        }) {}

  /// `unseen` makes the item of one that was not looked at, of its name and why.
  template <class Unseen>
  void collect(std::vector<Item>& into, Unseen unseen, Deadline deadline) {
    const Apart::Said said = apart_.wait(deadline);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      into.push_back(i < said.lines.size() ? read<Item>(said.lines[i], kItself)
                                           : unseen(names_[i], said.problem));
    }
  }

 private:
  std::vector<std::string> names_;
  Apart apart_;
};

template <class Item>
using ManyLooks = std::vector<std::unique_ptr<Looks<Item>>>;

std::string version_text(unsigned long version) {
  if (version == 0) return {};
  return fmt::format("{}.{}.{}", version / 1000000, version / 1000 % 1000, version % 1000);
}

/// What has been learned without it stays: a QEMU that does not answer costs a second, and with it
/// the connection.
void ask_jobs(domain::Hypervisor& host, const std::vector<std::string>& names, Libvirt& libvirt,
              Deadline deadline) try {
  const Deadline soon = deadline.capped(std::chrono::seconds(1));
  for (Domain& each : libvirt.domains) {
    const auto& identity = each.seen.identity;
    const bool asked = std::find(names.begin(), names.end(), identity.name) != names.end();
    if (!asked || !domain::active(each.seen.state)) continue;
    if (const auto transfer = host.transfer(identity, soon))
      each.job = Job{transfer->total, transfer->processed, transfer->remaining};
  }
} catch (const Error&) {  // how far it is, is for people alone
}

Answer<Libvirt> ask_libvirt(const Question& question, const domain::Connect& connect,
                            Deadline deadline) try {
  const auto host = connect(question.uri, deadline);
  const domain::Census census = host->census(deadline);
  Libvirt libvirt{version_text(census.libvirt), version_text(census.hypervisor), {}};
  for (const domain::Resident& each : census.domains) {
    libvirt.domains.push_back({each.seen, each.cpus, each.memory, each.autostart});
  }
  ask_jobs(*host, question.jobs, libvirt, deadline);
  return libvirt;
} catch (const Error& error) {
  return Answer<Libvirt>::none(error.problem());
}

/// All processes apart are begun by the constructor, before there are threads.
class FileSystems {
 public:
  FileSystems(const Question& question, const Surroundings& surroundings)
      : mounts_(parse_mountinfo(recall_file(surroundings.proc + "/self/mountinfo", kMostMounts))) {
    for (const auto& folder : question.folders) {
      folders_.push_back(std::make_unique<Looks<Mount>>(
          std::vector{folder},
          [this](const std::string& path) { return look_at_mount(path, mounts_); }));
    }
    // All names one process: they have the same name servers, and there are as many as nodes.
    if (!question.names.empty()) {
      names_ = std::make_unique<Looks<Name>>(question.names, look_up);
    }
    // One process a folder: images on other file systems do not wait for one that hangs.
    std::map<std::string, std::vector<std::string>> by_folder;
    for (const auto& path : question.images) {
      by_folder[std::filesystem::path(path).parent_path()].push_back(path);
    }
    for (const auto& [folder, paths] : by_folder) {
      images_.push_back(std::make_unique<Looks<Image>>(paths, look_at_image));
    }
    if (!question.files) return;
    for (const auto& path : {surroundings.domains, surroundings.inventory}) {
      files_.push_back(std::make_unique<Apart>(
          [this, path](const Apart::Say& say) { say(written(look_at_folder(path, mounts_))); }));
    }
  }

  void collect(Report& report, Deadline deadline) {
    for (const auto& each : folders_) {
      const auto unseen = [this](const std::string& path, const std::string& why) {
        return unseen_mount(path, why);
      };
      each->collect(report.mounts, unseen, deadline);
    }
    if (names_) names_->collect(report.names, unseen_name, deadline);
    for (const auto& each : images_) each->collect(report.images, unseen_image, deadline);
    if (files_.empty()) return;
    report.domains = folder_of(*files_.front(), deadline);
    report.inventory = folder_of(*files_.back(), deadline);
  }

 private:
  static constexpr std::size_t kMostMounts = 16 << 20;

  /// The kernel's list needs no answer of the file system.
  Mount unseen_mount(const std::string& path, const std::string& why) const {
    Mount mount{.folder = path, .space = Answer<Space>::none(why)};
    if (const MountPoint* on = mount_of(mounts_, path)) {
      mount.mounted_on = on->path;
      mount.type = on->type;
      mount.source = on->source;
      mount.read_only = on->read_only;
    }
    return mount;
  }
  static Name unseen_name(const std::string& name, const std::string& why) {
    return {name, Answer<std::vector<std::string>>::none(why)};
  }
  static Image unseen_image(const std::string& path, const std::string& why) {
    return {path, Answer<ImageFacts>::none(why)};
  }
  static Answer<Folder> folder_of(Apart& apart, Deadline deadline) {
    const Apart::Said said = apart.wait(deadline);
    if (said.lines.empty()) return Answer<Folder>::none(said.problem);
    return read<Folder>(said.lines.front(), kItself);
  }

  std::vector<MountPoint> mounts_;
  ManyLooks<Mount> folders_;
  std::unique_ptr<Looks<Name>> names_;
  ManyLooks<Image> images_;
  std::vector<std::unique_ptr<Apart>> files_;
};

template <class Ask>
auto begin(Ask ask) {
  return std::async(std::launch::async, std::move(ask));
}

/// Each on a thread of its own; all end by the deadline by themselves.
class Programs {
 public:
  Programs(const Question& question, const Surroundings& surroundings, Deadline deadline) {
    if (question.name) name_ = begin([=] { return ask_name(deadline); });
    if (question.services) {
      services_ = begin([=] { return ask_systemd(deadline); });
      packages_ = begin([=] { return ask_packages(deadline); });
    }
    if (question.corosync) {
      corosync_ = begin([=] { return ask_corosync(deadline); });
      quorum_device_ =
          begin([=, path = surroundings.corosync] { return ask_quorum_device(path, deadline); });
    }
    for (const auto& name : question.fence_devices) {
      devices_.push_back(begin([=] { return ask_fence_device(name, deadline); }));
    }
    for (const auto& name : question.fence_targets) {
      targets_.push_back(begin([=] { return ask_fence_target(name, deadline); }));
    }
  }

  void collect(Report& report) {
    if (name_.valid()) report.name = name_.get();
    if (services_.valid()) report.services = services_.get();
    if (packages_.valid()) report.packages = packages_.get();
    if (corosync_.valid()) report.corosync = corosync_.get();
    if (quorum_device_.valid()) report.quorum_device = quorum_device_.get();
    if (devices_.empty() && targets_.empty()) return;
    Fencing fencing;
    for (auto& each : devices_) fencing.devices.push_back(each.get());
    for (auto& each : targets_) fencing.targets.push_back(each.get());
    report.fencing = std::move(fencing);
  }

 private:
  std::future<Answer<std::string>> name_;
  std::future<Answer<std::vector<Service>>> services_;
  std::future<Answer<std::map<std::string, std::string>>> packages_;
  std::future<Answer<Corosync>> corosync_;
  std::future<Answer<QuorumDevice>> quorum_device_;
  std::vector<std::future<FenceDevice>> devices_;
  std::vector<std::future<FenceTarget>> targets_;
};

}  // namespace

Report collect(const Question& question, const Surroundings& surroundings, Deadline deadline) {
  Report report;
  report.began = calendar_nanoseconds();
  report.host = host_name();
  report.havc = HAVC_VERSION;
  report.kernel = kernel_release();
  FileSystems file_systems(question, surroundings);
  Programs programs(question, surroundings, deadline);
  if (question.machine) look_at_machine(surroundings.proc, surroundings.kvm, report);
  if (!question.bridges.empty()) {
    report.bridges = look_at_bridges(question.bridges, surroundings.sys + "/class/net",
                                     surroundings.proc + "/net/vlan");
  }
  if (question.libvirt) report.libvirt = ask_libvirt(question, surroundings.connect, deadline);
  programs.collect(report);
  file_systems.collect(report, deadline);
  report.ended = calendar_nanoseconds();
  return report;
}

}  // namespace havc::node
