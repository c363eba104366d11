#include "sample.h"

#include "inventory/read.h"
#include "inventory/render.h"
#include "support/catch.h"
#include "xml/document.h"

#include <fmt/format.h>

namespace havc::test {

namespace {

const std::string kSource = HAVC_SOURCE_DIR;

void replace_in(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  INFO(from << " in " << text);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

/// What is below each section of pieces, as one configuration.
std::string merged(const std::vector<std::string>& pieces) {
  std::map<std::string, std::string> sections{{"crm_config", ""},   {"nodes", ""},
                                              {"resources", ""},    {"constraints", ""},
                                              {"rsc_defaults", ""}, {"tags", ""}};
  for (const auto& piece : pieces) {
    const auto document = xml::Document::parse(piece, "piece");
    for (const auto& section : document.root().child("configuration")->children()) {
      for (const auto& each : section.children())
        sections.at(std::string(section.name())) += each.markup() + "\n";
    }
  }
  for (const auto* node : {"node1", "node2", "node3"}) {
    sections["nodes"] += fmt::format(
        "<node id='{0}' uname='{0}'><utilization id='{0}-u'>"
        "<nvpair id='{0}-c' name='cpu' value='32'/><nvpair id='{0}-m' name='memory' value='65536'/>"
        "</utilization></node>\n",
        node);
  }
  std::string text =
      "<cib admin_epoch='0' epoch='7' num_updates='1' validate-with='pacemaker-3.0'>"
      "<configuration>\n";
  for (const auto* name :
       {"crm_config", "nodes", "resources", "constraints", "rsc_defaults", "tags"})
    text += std::string("<") + name + ">\n" + sections[name] + "</" + name + ">\n";
  return text + "</configuration></cib>\n";
}

node::Report report() {
  node::Report report;
  report.kvm = true;
  report.cpus = 32U;
  report.memory = node::Memory{std::uint64_t{64} << 30, std::uint64_t{60} << 30};
  report.images = {{"/srv/vm/intranet/WEB-01_intranet.raw",
                    node::ImageFacts{node::ImageKind::file, "/srv/vm/intranet/WEB-01_intranet.raw",
                                     1 << 30, "raw"}}};
  node::Libvirt libvirt;
  node::Domain domain;
  domain.seen.identity.name = "WEB-01_intranet";
  libvirt.domains.push_back(domain);
  report.libvirt = libvirt;
  report.services = std::vector<node::Service>{
      {"corosync", "loaded", "active", "disabled"},
      {"pacemaker", "loaded", "active", "disabled"},
      {"libvirt-guests", "loaded", "inactive", "disabled"},
  };
  report.quorum_device = node::QuorumDevice{};
  node::Fencing fencing{{{"chassis1", true, ""}}, {}};
  for (const auto* name : {"node1", "node2", "node3"})
    fencing.targets.push_back({name, std::vector<std::string>{"chassis1"}});
  report.fencing = fencing;
  node::Folder folder{node::kDomainFolder, true, "ext4", true, {}};
  for (const auto* name : {"R.AND-D_dmz.xml", "V6-ONLY_lab.xml", "WEB-01_intranet.xml"})
    folder.files.push_back({name, node::FileKind::regular, 1, 0600, std::string(64, 'a')});
  report.domains = folder;
  return report;
}

}  // namespace

Sample::Sample() {
  auto reading = inventory::read(kSource + "/tests/golden/inventory");
  REQUIRE(reading.problems.empty());
  inventory = std::move(reading.inventory);
  inventory::TemplateFolders templates({kSource + "/xml/templates"});
  auto pieces = inventory::cib_pieces(inventory.cluster, templates);
  for (const auto& vm : inventory.vms) {
    for (auto& piece : inventory::cib_pieces(vm, inventory.cluster, templates))
      pieces.push_back(std::move(piece));
    definitions[vm.identity.fqn] = inventory::domain_xml(vm, inventory.cluster, templates);
  }
  cib = merged(pieces);
  for (const auto* node : {"node1", "node2", "node3"}) {
    reports[node] = report();
    status.nodes.push_back({.name = node, .online = true});
  }
  status.resources.push_back(
      {.id = "WEB-01_intranet", .role = "Started", .nodes = {"node1"}, .active = true});
}

void Sample::replace(const std::string& from, const std::string& to) {
  replace_in(cib, from, to);
}

void Sample::redefine(const std::string& from, const std::string& to) {
  replace_in(definitions.at("WEB-01_intranet"), from, to);
}

std::vector<health::Finding> Sample::lint() const {
  health::Material material{.configuration = cluster::parse_configuration(cib, "sample.cib"),
                            .status = &status,
                            .inventory = &inventory,
                            .reports = reports};
  for (const auto& [vm, xml] : definitions) material.definitions.push_back({vm, "", xml});
  return health::lint(material);
}

std::vector<std::string> words_of(const std::vector<health::Finding>& findings) {
  std::vector<std::string> words;
  words.reserve(findings.size());
  for (const auto& each : findings) words.push_back(std::string(each.code) + ":" + each.object);
  return words;
}

}  // namespace havc::test
