// Each rule of lint: a cluster that is as it should be finds nothing, and one thing that is not as
// it should be finds just that. A table, hence long.
#include "base/file.h"
#include "health/health.h"
#include "sample.h"
#include "support/catch.h"

#include <algorithm>
#include <functional>
#include <set>

namespace {

using namespace havc;
using test::Sample;
using Words = std::vector<std::string>;

const std::string kGuest = "WEB-01_intranet";

struct Row {
  std::string name;
  Words found;
  std::function<void(Sample&)> spoil;
};

std::string in_cluster_options(const std::string& name, const std::string& value) {
  return "<cluster_property_set id=\"cib-bootstrap-options\"><nvpair id='x' name='" + name +
         "' value='" + value + "'/>";
}

void set_option(Sample& sample, const std::string& name, const std::string& value) {
  sample.replace("<cluster_property_set id=\"cib-bootstrap-options\">",
                 in_cluster_options(name, value));
}

void set_meta(Sample& sample, const std::string& name, const std::string& value) {
  sample.replace("<meta_attributes id=\"WEB-01_intranet-meta\">",
                 "<meta_attributes id=\"WEB-01_intranet-meta\"><nvpair id='x' name='" + name +
                     "' value='" + value + "'/>");
}

void set_parameter(Sample& sample, const std::string& resource, const std::string& name,
                   const std::string& value) {
  const std::string set = "<instance_attributes id=\"" + resource + "-params\">";
  sample.replace(set, set + "<nvpair id='x' name='" + name + "' value='" + value + "'/>");
}

void set_operation(Sample& sample, const std::string& operation, const std::string& attribute,
                   const std::string& from, const std::string& to) {
  const std::string begin = "<op id=\"WEB-01_intranet-" + operation + "\"";
  const auto at = sample.cib.find(begin);
  REQUIRE(at != std::string::npos);
  const std::string old = attribute + "=\"" + from + "\"";
  const auto where = sample.cib.find(old, at);
  REQUIRE(where < sample.cib.find("/>", at));
  sample.cib.replace(where, old.size(), attribute + "=\"" + to + "\"");
}

void add_location(Sample& sample, const std::string& id, const std::string& node,
                  const std::string& score) {
  sample.replace("</constraints>", "<rsc_location id='" + id + "' rsc='" + kGuest + "' node='" +
                                       node + "' score='" + score + "'/></constraints>");
}

void add_resource(Sample& sample, const std::string& text) {
  sample.replace("</resources>", text + "</resources>");
}

/// A fence device that says by itself which nodes it can fence.
std::string fence_device(const std::string& id, const std::string& nodes) {
  return "<primitive id='" + id + "' class='stonith' type='fence_x'><instance_attributes id='" +
         id + "-p'><nvpair id='" + id + "-l' name='pcmk_host_list' value='" + nodes +
         "'/></instance_attributes><operations><op id='" + id +
         "-o' name='monitor' interval='60s'/></operations></primitive>";
}

void add_fencing_level(Sample& sample, const std::string& devices) {
  sample.replace("</configuration>",
                 "<fencing-topology><fencing-level id='l' target='node1' index='1' devices='" +
                     devices + "'/></fencing-topology></configuration>");
}

void remove_node(Sample& sample, const std::string& node) {
  const auto begin = sample.cib.find("<node id='" + node + "'");
  const auto end = sample.cib.find("</node>", begin);
  REQUIRE(end != std::string::npos);
  sample.cib.erase(begin, end + 7 - begin);
  sample.reports.erase(node);
}

/// From the opening tag with that id to the end of the element.
std::string cut(Sample& sample, const std::string& element, const std::string& id) {
  const auto begin = sample.cib.find("<" + element + " id=\"" + id + "\"");
  const std::string closing = "</" + element + ">";
  const auto end = sample.cib.find(closing, begin);
  REQUIRE(end != std::string::npos);
  const auto length = end + closing.size() - begin;
  std::string text = sample.cib.substr(begin, length);
  sample.cib.erase(begin, length);
  return text;
}

void enable(Sample& sample, const std::string& service) {
  auto services = *sample.reports.at("node2").services;
  for (auto& each : services) {
    if (each.name == service) each.enabled = "enabled";
  }
  sample.reports.at("node2").services = services;
}

std::vector<Row> cluster_rows() {
  return {
      {"every part goes on alone",
       {"quorum-ignored:"},
       [](Sample& s) { set_option(s, "no-quorum-policy", "ignore"); }},
      {"four votes",
       {"even-votes:"},
       [](Sample& s) {
         s.replace("<nodes>",
                   "<nodes><node id='n4' uname='n4'><utilization id='n4-u'><nvpair "
                   "id='n4-c' name='cpu' value='32'/><nvpair id='n4-m' name='memory' "
                   "value='65536'/></utilization></node>");
         s.reports.at("node1").fencing = node::Answer<node::Fencing>();
         s.reports.at("node2").fencing = node::Answer<node::Fencing>();
         s.reports.at("node3").fencing = node::Answer<node::Fencing>();
       }},
      {"nobody weighs guests",
       {"placement-strategy:"},
       [](Sample& s) {
         s.replace("name=\"placement-strategy\" value=\"balanced\"",
                   "name=\"placement-strategy\" value=\"default\"");
       }},
      {"all move at once",
       {"migration-limit:"},
       [](Sample& s) {
         s.replace("name=\"migration-limit\" value=\"5\"", "name=\"migration-limit\" value=\"-1\"");
       }},
      {"pending operations are not recorded",
       {"record-pending:"},
       [](Sample& s) {
         s.replace("</configuration>",
                   "<op_defaults><meta_attributes id='d'><nvpair id='e' name='record-pending' "
                   "value='false'/></meta_attributes></op_defaults></configuration>");
       }},
      {"nothing sticks",
       {"automatic-failback:WEB-01_intranet", "stickiness-missing:WEB-01_intranet"},
       [](Sample& s) {
         set_meta(s, "migration-threshold", "3");
         set_meta(s, "failure-timeout", "60s");
         s.replace("name=\"resource-stickiness\"", "name=\"other\"");
         // The two others keep theirs.
         for (const auto* id : {"R.AND-D_dmz", "V6-ONLY_lab"}) {
           const std::string set = std::string("<meta_attributes id=\"") + id + "-meta\">";
           s.replace(set, set + "<nvpair id='" + id +
                              "-s' name='resource-stickiness' value='INFINITY'/>");
         }
       }},
      {"no threshold",
       {"migration-threshold-missing:R.AND-D_dmz", "migration-threshold-missing:V6-ONLY_lab",
        "migration-threshold-missing:WEB-01_intranet"},
       [](Sample& s) { s.replace("name=\"migration-threshold\"", "name=\"other\""); }},
      {"no failure-timeout",
       {"failure-timeout-missing:R.AND-D_dmz", "failure-timeout-missing:V6-ONLY_lab",
        "failure-timeout-missing:WEB-01_intranet"},
       [](Sample& s) { s.replace("name=\"failure-timeout\"", "name=\"other\""); }},
      {"nobody pings", {"ping-missing:"}, [](Sample& s) { cut(s, "clone", "NETWORK-clone"); }},
      {"one node pings",
       {"ping-not-cloned:NETWORK"},
       [](Sample& s) {
         const std::string clone = cut(s, "clone", "NETWORK-clone");
         const auto begin = clone.find("<primitive");
         add_resource(s, clone.substr(begin, clone.rfind("</clone>") - begin));
       }},
      {"one address",
       {"ping-single-host:NETWORK"},
       [](Sample& s) { s.replace("value=\"192.168.3.1 192.168.3.2\"", "value=\"192.168.3.1\""); }},
  };
}

std::vector<Row> fencing_rows() {
  return {
      {"fencing is switched off",
       {"stonith-disabled:"},
       [](Sample& s) { set_option(s, "stonith-enabled", "off"); }},
      {"no fence device",
       {"fencing-missing:"},
       [](Sample& s) { cut(s, "clone", "chassis1-clone"); }},
      {"unseen nodes count as off",
       {"startup-fencing-disabled:"},
       [](Sample& s) { set_option(s, "startup-fencing", "false"); }},
      {"a device that knows another node",
       {"node-without-device:node3"},
       [](Sample& s) {
         cut(s, "clone", "chassis1-clone");
         add_resource(s, fence_device("f", "node1 NODE2"));
       }},
      {"a device that says so itself",
       {"node-without-device:node3"},
       [](Sample& s) {
         for (auto& [name, report] : s.reports)
           report.fencing = node::Fencing{{},
                                          {{"node1", std::vector<std::string>{"chassis1"}},
                                           {"node2", std::vector<std::string>{"chassis1"}},
                                           {"node3", std::vector<std::string>()}}};
       }},
      {"a stopped device",
       {"fence-device-disabled:chassis1"},
       [](Sample& s) {
         s.replace("<primitive id=\"chassis1\" class=\"stonith\" type=\"external/ibmbc\">",
                   "<primitive id=\"chassis1\" class=\"stonith\" type=\"external/ibmbc\">"
                   "<meta_attributes id='x'><nvpair id='y' name='target-role' value='Stopped'/>"
                   "</meta_attributes>");
       }},
      {"a device that nobody looks at",
       {"fence-monitor-missing:chassis1"},
       [](Sample& s) {
         s.replace("id=\"chassis1-monitor\" name=\"monitor\" interval=\"21600s\"",
                   "id=\"chassis1-monitor\" name=\"monitor\" interval=\"0\"");
       }},
      {"two nodes without delay",
       {"fence-race:", "even-votes:"},
       [](Sample& s) { remove_node(s, "node3"); }},
      {"a level without its device",
       {"fence-level-device:gone"},
       [](Sample& s) { add_fencing_level(s, "chassis1,gone"); }},
      {"a device left out of the levels",
       {"fence-level-alone:node1"},
       [](Sample& s) {
         add_resource(s, fence_device("second", "node1 node2 node3"));
         add_fencing_level(s, "chassis1");
       }},
      {"a stop may fail",
       {"failure-ignored:WEB-01_intranet"},
       [](Sample& s) {
         s.replace("<op id=\"WEB-01_intranet-stop\"",
                   "<op id=\"WEB-01_intranet-stop\" on-fail=\"ignore\"");
       }},
      {"started without fencing",
       {"start-before-fencing:WEB-01_intranet"},
       [](Sample& s) { set_meta(s, "requires", "nothing"); }},
  };
}

std::vector<Row> operation_rows() {
  return {
      {"a short start",
       {"start-timeout:WEB-01_intranet"},
       [](Sample& s) { set_operation(s, "start", "timeout", "120s", "60s"); }},
      {"a short stop",
       {"stop-timeout:WEB-01_intranet"},
       [](Sample& s) { set_operation(s, "stop", "timeout", "120s", "30s"); }},
      {"no stop at all: the default is short",
       {"stop-timeout:WEB-01_intranet"},
       [](Sample& s) {
         s.replace("<op id=\"WEB-01_intranet-stop\" name=\"stop\"",
                   "<op id=\"WEB-01_intranet-stop\" name=\"other\"");
       }},
      {"a long stop",
       {"stop-timeout-long:WEB-01_intranet"},
       [](Sample& s) { set_operation(s, "stop", "timeout", "120s", "2h"); }},
      {"a short monitor",
       {"monitor-timeout:WEB-01_intranet"},
       [](Sample& s) { set_operation(s, "monitor", "timeout", "30s", "10s"); }},
      {"no monitor",
       {"monitor-missing:WEB-01_intranet"},
       [](Sample& s) {
         set_operation(s, "monitor", "interval", "10s", "0");
         set_operation(s, "monitor-10", "interval", "60s", "0");
       }},
      {"a monitor that is switched off",
       {"monitor-missing:WEB-01_intranet"},
       [](Sample& s) {
         for (const std::string name : {"monitor", "monitor-10"})
           s.replace("<op id=\"WEB-01_intranet-" + name + "\"",
                     "<op id=\"WEB-01_intranet-" + name + "\" enabled=\"false\"");
       }},
      {"a monitor each second",
       {"monitor-interval:WEB-01_intranet"},
       [](Sample& s) { set_operation(s, "monitor", "interval", "10s", "1s"); }},
      {"no live migration",
       {"migration-disabled:WEB-01_intranet"},
       [](Sample& s) { set_meta(s, "allow-migrate", "false"); }},
      {"a move too short for its memory",
       {"migrate-timeout:WEB-01_intranet"},
       [](Sample& s) { set_operation(s, "migrate_to", "timeout", "600s", "60s"); }},
      {"a short end of a move",
       {"migrate-from-timeout:WEB-01_intranet"},
       [](Sample& s) { set_operation(s, "migrate_from", "timeout", "120s", "20s"); }},
  };
}

std::vector<Row> resource_rows() {
  return {
      {"another agent",
       {"virtual-domain:old"},
       [](Sample& s) {
         add_resource(s,
                      "<primitive id='old' class='ocf' provider='heartbeat' "
                      "type='VirtualDomain'/>");
       }},
      {"a clone",
       {"vm-in-clone:WEB-01_intranet"},
       [](Sample& s) {
         add_resource(s, "<clone id='c'>" + cut(s, "primitive", kGuest) + "</clone>");
       }},
      {"a group with another",
       {"vm-in-group:WEB-01_intranet"},
       [](Sample& s) {
         add_resource(s, "<group id='g'>" + cut(s, "primitive", kGuest) +
                             "<primitive id='mail' class='ocf' provider='heartbeat' "
                             "type='MailTo'/></group>");
       }},
      {"a group of one is none",
       {},
       [](Sample& s) {
         add_resource(s, "<group id='g'>" + cut(s, "primitive", kGuest) + "</group>");
       }},
      {"a definition on storage",
       {"config-path:WEB-01_intranet"},
       [](Sample& s) {
         s.replace("value=\"/etc/havc/libvirt/WEB-01_intranet.xml\"",
                   "value=\"/srv/vm/WEB-01_intranet.xml\"");
       }},
      {"a definition of two",
       {"config-shared:R.AND-D_dmz"},
       [](Sample& s) {
         s.replace("value=\"/etc/havc/libvirt/WEB-01_intranet.xml\"",
                   "value=\"/etc/havc/libvirt/R.AND-D_dmz.xml\"");
       }},
      {"moves in the clear",
       {"migration-transport:WEB-01_intranet"},
       [](Sample& s) {
         s.replace(
             "id=\"WEB-01_intranet-migration_transport\" name=\"migration_transport\" "
             "value=\"ssh\"",
             "id=\"WEB-01_intranet-migration_transport\" name=\"migration_transport\" "
             "value=\"tcp\"");
       }},
      {"unsafe moves",
       {"migration-unsafe:WEB-01_intranet"},
       [](Sample& s) { set_parameter(s, kGuest, "migration_unsafe", "1"); }},
      {"the plug at each stop",
       {"force-stop:WEB-01_intranet"},
       [](Sample& s) { set_parameter(s, kGuest, "force_stop", "true"); }},
      {"a guest without file",
       {"resource-without-file:WEB-01_intranet"},
       [](Sample& s) {
         auto& vms = s.inventory.vms;
         vms.erase(std::find_if(vms.begin(), vms.end(),
                                [](const auto& vm) { return vm.identity.fqn == kGuest; }));
       }},
  };
}

std::vector<Row> placement_rows() {
  return {
      {"a move that was not cleared",
       {"leftover-constraint:WEB-01_intranet"},
       [](Sample& s) { add_location(s, "cli-prefer-WEB-01_intranet", "node2", "INFINITY"); }},
      {"a ban that was not cleared",
       {"leftover-constraint:WEB-01_intranet"},
       [](Sample& s) {
         add_location(s, "cli-ban-WEB-01_intranet-on-node2", "node2", "-INFINITY");
       }},
      {"a node that there is not",
       {"unknown-node:WEB-01_intranet"},
       [](Sample& s) { add_location(s, "typo", "nod1", "-10"); }},
      {"a preference stronger than all",
       {"automatic-failback:WEB-01_intranet"},
       [](Sample& s) { add_location(s, "always", "node2", "INFINITY"); }},
      {"a node without capacity",
       {"node-without-capacity:node2"},
       [](Sample& s) { s.replace("<nvpair id='node2-m' name='memory' value='65536'/>", ""); }},
      {"a guest without size",
       {"vm-without-utilization:WEB-01_intranet"},
       [](Sample& s) { cut(s, "utilization", "WEB-01_intranet-utilization"); }},
      {"a guest that is greater than it counts",
       {"utilization-differs:WEB-01_intranet"},
       [](Sample& s) { s.redefine("<vcpu>2</vcpu>", "<vcpu>4</vcpu>"); }},
      {"a guest greater than any node",
       {"memory-exceeds-nodes:WEB-01_intranet",
        "no-spare-node:", "migrate-timeout:WEB-01_intranet"},
       [](Sample& s) {
         s.redefine("<memory unit='MiB'>4096</memory>", "<memory unit='GiB'>200</memory>");
         s.replace("id=\"WEB-01_intranet-memory\" name=\"memory\" value=\"4096\"",
                   "id=\"WEB-01_intranet-memory\" name=\"memory\" value=\"204800\"");
       }},
      {"a guest wider than a node",
       {"cpus-exceed-node:WEB-01_intranet"},
       [](Sample& s) { s.reports.at("node2").cpus = 1U; }},
      {"a node with more virtual CPUs than CPUs",
       {"cpu-overcommit:node1"},
       [](Sample& s) {
         s.reports.at("node1").cpus = 2U;
         s.status.resources.push_back(
             {.id = "V6-ONLY_lab", .role = "Started", .nodes = {"node1"}, .active = true});
       }},
      {"no room without the biggest",
       {"no-spare-node:"},
       [](Sample& s) {
         s.replace("<nvpair id='node2-m' name='memory' value='65536'/>",
                   "<nvpair id='node2-m' name='memory' value='1024'/>");
         s.replace("<nvpair id='node3-m' name='memory' value='65536'/>",
                   "<nvpair id='node3-m' name='memory' value='1024'/>");
       }},
  };
}

std::vector<Row> definition_rows() {
  const auto redefine = [](const std::string& from, const std::string& to) {
    return [from, to](Sample& s) { s.redefine(from, to); };
  };
  return {
      {"no XML",
       {"definition-unreadable:WEB-01_intranet"},
       [](Sample& s) { s.definitions.at(kGuest) = "<domain"; }},
      {"a guest that cannot be switched off",
       {"lifecycle-actions:WEB-01_intranet"},
       redefine("<on_poweroff>destroy", "<on_poweroff>restart")},
      {"a guest that ends when it restarts",
       {"lifecycle-actions:WEB-01_intranet"},
       redefine("<on_reboot>restart", "<on_reboot>destroy")},
      {"a guest that stays when it crashes",
       {"lifecycle-actions:WEB-01_intranet"},
       redefine("<on_crash>restart", "<on_crash>preserve")},
      {"no KVM",
       {"emulated-cpu:WEB-01_intranet"},
       redefine("<domain type='kvm'>", "<domain type='qemu'>")},
      {"the host's CPU",
       {"cpu-passthrough:WEB-01_intranet"},
       redefine("<cpu mode='custom' match='exact'>", "<cpu mode='host-passthrough'>")},
      {"a machine without version",
       {"machine-alias:WEB-01_intranet"},
       redefine("machine='pc-q35-7.2'", "machine='q35'")},
      {"nobody can ask it to shut down",
       {"acpi-missing:WEB-01_intranet"},
       [](Sample& s) {
         s.redefine("<acpi/>", "");
         s.redefine("org.qemu.guest_agent.0", "other");
       }},
      {"a device of its host",
       {"host-device:WEB-01_intranet"},
       redefine("<serial type='pty'/>",
                "<hostdev mode='subsystem' type='pci'><source><address bus='0x03'/></source>"
                "</hostdev>")},
      {"an emulated network card",
       {"network-card:WEB-01_intranet"},
       redefine("<model type='virtio'/>", "<model type='e1000'/>")},
      {"a console for all",
       {"graphics-open:WEB-01_intranet"},
       redefine("listen='127.0.0.1'", "listen='0.0.0.0'")},
      {"a page cache",
       {"disk-cache-mode:WEB-01_intranet"},
       redefine("cache='none'", "cache='writeback'")},
      {"QEMU's page cache", {"disk-cache-mode:WEB-01_intranet"}, redefine(" cache='none'", "")},
      {"errors to the guest",
       {"disk-error-policy:WEB-01_intranet"},
       redefine(" error_policy='enospace'", "")},
      {"an image with a format",
       {"disk-format:WEB-01_intranet", "disk-format-differs:WEB-01_intranet"},
       redefine("type='raw'", "type='qcow2'")},
      {"an emulated disk", {"disk-bus:WEB-01_intranet"}, redefine("bus='virtio'", "bus='ide'")},
      {"a disk of two",
       {"disk-shared:V6-ONLY_lab"},
       [](Sample& s) {
         s.redefine("<disk type='file' device='disk'>", "<disk type='block' device='disk'>");
         s.redefine("<source file='/srv/vm/intranet/WEB-01_intranet.raw'/>",
                    "<source dev='/dev/vg0/v6-only'/>");
       }},
      {"a disk that is meant to be of two",
       {},
       [](Sample& s) {
         s.redefine("<disk type='file' device='disk'>",
                    "<disk type='block' device='disk'><shareable/>");
         s.redefine("<source file='/srv/vm/intranet/WEB-01_intranet.raw'/>",
                    "<source dev='/dev/vg0/v6-only'/>");
       }},
  };
}

std::vector<Row> node_rows() {
  return {
      {"a link",
       {"disk-symlink:WEB-01_intranet"},
       [](Sample& s) {
         node::ImageFacts facts = *s.reports.at("node3").images.front().facts;
         facts.real_path = "/mnt/vm/WEB-01_intranet.raw";
         s.reports.at("node3").images.front().facts = facts;
       }},
      {"qcow2 under a raw driver",
       {"disk-format-differs:WEB-01_intranet"},
       [](Sample& s) {
         node::ImageFacts facts = *s.reports.at("node3").images.front().facts;
         facts.format = "qcow2";
         s.reports.at("node3").images.front().facts = facts;
       }},
      {"libvirt starts it, too",
       {"autostart:WEB-01_intranet"},
       [](Sample& s) {
         node::Libvirt libvirt = *s.reports.at("node2").libvirt;
         libvirt.domains.front().autostart = true;
         s.reports.at("node2").libvirt = libvirt;
       }},
      {"the cluster at boot", {"cluster-at-boot:node2"}, [](Sample& s) { enable(s, "pacemaker"); }},
      {"libvirt-guests", {"libvirt-guests:node2"}, [](Sample& s) { enable(s, "libvirt-guests"); }},
      {"another definition on a node",
       {"definition-differs:WEB-01_intranet"},
       [](Sample& s) {
         node::Folder folder = *s.reports.at("node2").domains;
         folder.files.back().sha256 = std::string(64, 'b');
         s.reports.at("node2").domains = folder;
       }},
      {"no definition on a node",
       {"definition-differs:WEB-01_intranet"},
       [](Sample& s) {
         node::Folder folder = *s.reports.at("node2").domains;
         folder.files.pop_back();
         s.reports.at("node2").domains = folder;
       }},
      {"definitions on NFS",
       {"definition-not-local:node2"},
       [](Sample& s) {
         node::Folder folder = *s.reports.at("node2").domains;
         folder.local = false;
         folder.file_system = "nfs4";
         s.reports.at("node2").domains = folder;
       }},
  };
}

std::vector<Row> rows() {
  std::vector<Row> all;
  for (const auto& table : {cluster_rows(), fencing_rows(), operation_rows(), resource_rows(),
                            placement_rows(), definition_rows(), node_rows()})
    all.insert(all.end(), table.begin(), table.end());
  return all;
}

TEST_CASE("nothing is found in the inventory's cluster as the templates make it", "[health]") {
  for (const auto& finding : Sample().lint()) FAIL_CHECK(health::text_of(finding));
}

TEST_CASE("each thing that is wrong is found, and nothing else", "[health]") {
  for (const auto& row : rows()) {
    Sample sample;
    row.spoil(sample);
    const auto findings = sample.lint();
    INFO(row.name);
    for (const auto& each : findings) UNSCOPED_INFO(health::text_of(each));
    Words words = test::words_of(findings);
    CHECK_THAT(words, Catch::UnorderedEquals(row.found));
  }
}

TEST_CASE("each rule has been seen to find something", "[health]") {
  std::set<std::string> seen;
  for (const auto& row : rows()) {
    for (const auto& word : row.found) seen.insert(word.substr(0, word.find(':')));
  }
  for (const auto& rule : health::lint_rules()) {
    INFO(rule.code);
    CHECK(seen.count(std::string(rule.code)) == 1);
  }
}

TEST_CASE("codes are unique words in kebab case, and texts are sentences", "[health]") {
  std::set<std::string_view> codes;
  std::vector<health::Rule> rules = health::lint_rules();
  for (const auto& rule : health::health_rules()) rules.push_back(rule);
  for (const auto& rule : rules) {
    INFO(rule.code);
    CHECK(codes.insert(rule.code).second);
    CHECK(rule.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK_FALSE(rule.title.empty());
    CHECK_FALSE(rule.title.ends_with("."));
    CHECK(rule.reason.ends_with("."));
    CHECK_FALSE(rule.fix.empty());
    CHECK_FALSE(rule.fix.ends_with("."));
  }
}

TEST_CASE("what is not known is not found", "[health]") {
  Sample sample;
  const auto configuration = cluster::parse_configuration(sample.cib, "sample.cib");
  for (const auto& finding : health::lint({.configuration = configuration}))
    FAIL_CHECK(health::text_of(finding));
  sample.reports["node2"] = node::Report();
  for (const auto& finding : sample.lint()) FAIL_CHECK(health::text_of(finding));
}

TEST_CASE("lint of real clusters finds what their recorders left out", "[health]") {
  // No ping for constraints, so none is missing; a fence device whose hosts nobody has said.
  const auto configuration = cluster::parse_configuration(
      havc::read_file(HAVC_SOURCE_DIR "/tests/golden/cluster/started-after-move.cib", 1 << 20),
      "started-after-move.cib");
  const auto words = test::words_of(health::lint({.configuration = configuration}));
  CHECK_THAT(words, Catch::VectorContains(std::string("leftover-constraint:WEB-01_intranet")));
  CHECK_THAT(words, Catch::VectorContains(std::string("start-timeout:WEB-01_intranet")));
  CHECK(std::count(words.begin(), words.end(), "node-without-device:n1") == 0);
}

TEST_CASE("fence devices that an apply brings are told as such", "[health]") {
  const auto message_of = [](const Sample& sample) {
    for (const auto& each : sample.lint()) {
      if (each.code == "fencing-missing") return each.message + "; " + each.remedy;
    }
    return std::string();
  };
  Sample sample;
  cut(sample, "clone", "chassis1-clone");
  REQUIRE(sample.inventory.cluster.chassis.size() == 1);
  CHECK(message_of(sample) ==
        "there is no fence device yet: the inventory's chassis 'chassis1' is not applied; havc "
        "apply");
  sample.inventory.cluster.chassis.clear();
  CHECK_THAT(message_of(sample),
             Catch::Matchers::Contains("there is no fence device, and no watchdog fencing"));
}

}  // namespace
