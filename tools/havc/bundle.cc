#include "havc/bundle.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <array>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "health/redact.h"
#include "node/ask.h"
#include "remote/everywhere.h"

namespace havc::cli {

namespace {

struct Source {
  std::string_view file;
  std::vector<std::string> arguments;
};

/// Of every node. The agents' and fence devices' words are in Pacemaker's log; 20000 lines are some
/// 3 MiB.
const std::array<Source, 5>& sources() {
  static const std::array<Source, 5> kSources{{
      {"journal.txt",
       {"journalctl", "--no-pager", "--output=short-iso", "--since=-24h", "--lines=20000",
        "--unit=corosync", "--unit=corosync-qdevice", "--unit=pacemaker", "--unit=libvirtd",
        "--unit=virtqemud", "--unit=virtproxyd", "--unit=libvirt-guests"}},
      {"kernel.txt",
       {"journalctl", "--no-pager", "--output=short-iso", "--since=-24h", "--lines=5000", "--dmesg",
        "--priority=warning"}},
      {"corosync.conf", {"cat", "/etc/corosync/corosync.conf"}},
      {"quorum.txt", {"corosync-quorumtool", "-s"}},
      {"versions.txt",
       {"dpkg-query", "--show", "*pacemaker*", "*corosync*", "*libvirt*", "qemu-*", "havc*",
        "resource-agents*", "fence-agents*"}},
  }};
  return kSources;
}

void add_answer(Bundle& bundle, const std::string& path, const remote::Answer& answer) {
  if (const auto* error = std::get_if<Error>(&answer))
    return bundle.miss(path + ": " + error->what());
  const auto& result = std::get<ProcessResult>(answer);
  if (!result.output.empty()) bundle.add(path, result.output);
  if (result.output.empty() && result.exit_code != 0)
    bundle.miss(fmt::format("{}: exit code {}: {}", path, result.exit_code, result.words()));
}

class PrivateFolder {
 public:
  PrivateFolder()
      : path_((std::filesystem::temp_directory_path() / "havc-support-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr)
      throw Error(Fault::failed,
                  "cannot make a folder below " + std::filesystem::temp_directory_path().string());
  }
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

void Bundle::add(const std::string& path, const std::string& content) {
  files_[path] = health::redacted(content);
}

void Bundle::miss(const std::string& what) {
  missing_.push_back(health::redacted(what));
}

std::map<std::string, std::string> Bundle::files() const {
  auto files = files_;
  if (!missing_.empty()) files["MISSING.txt"] = text::join(missing_, "\n") + "\n";
  return files;
}

void add_nodes(Bundle& bundle, const remote::Run& run, const std::vector<remote::Host>& hosts,
               Deadline deadline) {
  const node::Question question{.limit = deadline.remaining_ms(),
                                .machine = true,
                                .services = true,
                                .corosync = true,
                                .libvirt = true,
                                .files = true};
  for (const auto& each : node::ask_nodes(hosts, question, run, deadline)) {
    const std::string path = fmt::format("nodes/{}/report.json", each.host.name);
    if (each.report)
      bundle.add(path, node::to_json(*each.report));
    else
      bundle.miss(fmt::format("{}: {}", path, each.trouble->what()));
  }
  std::vector<remote::Errand> errands;
  std::vector<std::string> paths;
  for (const auto& host : hosts) {
    for (const auto& source : sources()) {
      errands.push_back({host, {.arguments = source.arguments}});
      paths.push_back(fmt::format("nodes/{}/{}", host.name, source.file));
    }
  }
  const auto texts = remote::everywhere(run, errands, {}, deadline);
  for (std::size_t i = 0; i < texts.size(); ++i) add_answer(bundle, paths[i], texts[i]);
}

std::string archive_of(const std::string& folder, const Bundle& bundle, Deadline deadline) {
  constexpr std::size_t kMost = std::size_t{512} << 20;
  const PrivateFolder place;
  for (const auto& [path, content] : bundle.files()) {
    const std::string file = fmt::format("{}/{}/{}", place.path(), folder, path);
    make_folder(std::filesystem::path(file).parent_path().string(), 0700);
    write_file(file, content, 0600);
  }
  const auto result = run_process({"tar", "--create", "--gzip", "--owner=0", "--group=0",
                                   "--directory=" + place.path(), folder},
                                  "", ProcessOptions{.most_output = kMost}, deadline);
  if (result.exit_code != 0 || result.cut)
    throw Error(Fault::failed, "'tar' failed: " + result.words(),
                "see whether there is room in " + std::filesystem::temp_directory_path().string());
  return result.output;
}

}  // namespace havc::cli
