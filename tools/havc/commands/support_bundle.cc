// havc support-bundle: what others need to know of a cluster to help, without its secrets.

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

#include "base/calendar.h"
#include "base/file.h"
#include "change/copy.h"
#include "havc/bundle.h"
#include "havc/commands.h"
#include "havc/reach.h"
#include "health/lint.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    {"--output", "FILE", "Where it goes; havc-support-DATE.tar.gz in this folder without it",
     Takes::one},
};

constexpr Example kExamples[] = {
    {"With two minutes for slow nodes:", "havc support-bundle --timeout 120"},
};

void add_inventory(Bundle& bundle, Call& call) {
  try {
    for (const auto& [path, content] : change::copy_of(call.common().folder))
      bundle.add("inventory/" + path, content);
  } catch (const Error& error) {
    bundle.miss(std::string("inventory: ") + error.what());
  }
  for (const auto& problem : call.reading().problems)
    bundle.miss(std::string("inventory: ") + problem.what());
}

std::string lint_text(const cluster::Asked& asked) {
  std::string text;
  health::Material material{.configuration = asked.configuration, .status = &asked.status};
  for (const auto& finding : health::lint(material))
    text += fmt::format("{}:{}\n", name_of(finding.severity), health::text_of(finding));
  return text;
}

void add_cluster(Bundle& bundle, const Reach& reach) {
  try {
    const auto asked = reach.ask();
    bundle.add("cib.xml", asked.configuration_text);
    bundle.add("crm_mon.xml", asked.status_text);
    bundle.add("lint.txt", lint_text(asked));
  } catch (const Error& error) {
    bundle.miss(std::string("cib.xml, crm_mon.xml: ") + error.what());
  }
}

int support_bundle(Call& call) {
  const std::string name = "havc-support-" + local_time("%Y%m%d-%H%M%S");
  const std::string given = call.text("--output");
  const std::string path = given.empty() ? name + ".tar.gz" : given;
  if (std::filesystem::exists(path))
    throw Error(Fault::failed, "'" + path + "' is there already", "name another file");
  Bundle bundle;
  bundle.add("README.txt", fmt::format("havc {}, {}\nSecrets were replaced by (hidden).\n",
                                       HAVC_VERSION, local_time("%F %T %z")));
  add_inventory(bundle, call);
  const Reach reach(call);
  add_cluster(bundle, reach);
  if (call.common().cib.empty()) add_nodes(bundle, reach.run(), reach.nodes(), call.deadline());
  using namespace std::chrono_literals;
  const std::string archive = archive_of(name, bundle, Deadline::after(system_clock(), 60s));
  new_file(path, archive, 0600);
  for (const auto& what : bundle.missing()) call.err() << "havc: missing: " << what << '\n';
  call.out() << fmt::format("{}: {} files, {} KiB; look at it before you give it away\n", path,
                            bundle.files().size(), archive.size() / 1024);
  return bundle.missing().empty() ? kDone : kIncomplete;
}

}  // namespace

const Command kSupportBundle{
    .name = "support-bundle",
    .group = Group::check,
    .summary = "Put all that helps to find a fault into one archive, without secrets",
    .description =
        "Takes the inventory, the cluster's configuration and state, what lint finds in it, and of "
        "each node its report, the log of the last day, Corosync's configuration and quorum, and "
        "versions. The archive is readable for its owner alone, and never overwrites a file.\n\n"
        "Passwords, community strings, keys and the like are replaced by (hidden). Credentials of "
        "chassis, keys of the cluster and disks are not looked at. What is only known to you as a "
        "secret, such as a host's name, stays: look at it before you give it away.\n\n"
        "What could not be had is told, and stands in MISSING.txt.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status = "3: some of it is missing.",
    .run = support_bundle,
};

}  // namespace havc::cli
