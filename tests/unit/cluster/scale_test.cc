// 400 virtual machines on 24 nodes, as large as the clusters that this is made for.
#include "cluster/state.h"

#include "support/catch.h"

#include <fmt/format.h>

namespace {

using namespace havc::cluster;

constexpr int kNodes = 24;
constexpr int kVms = 400;

std::string node_name(int number) {
  return fmt::format("node{}", number % kNodes);
}

/// Every tenth waits.
bool is_active(int vm) {
  return vm % 10 != 0;
}

std::string printed() {
  std::string nodes;
  std::string resources;
  for (int i = 0; i < kNodes; ++i) {
    nodes += fmt::format(
        "<node name='{}' id='{}' online='true' standby='false' standby_onfail='false' "
        "maintenance='false' pending='false' "
        "unclean='false' health='green' feature_set='3.16.1' shutdown='false' expected_up='true' "
        "is_dc='false' "
        "resources_running='17' type='member'/>\n",
        node_name(i), i);
  }
  for (int i = 0; i < kVms; ++i) {
    resources += fmt::format(
        "<resource id='VM-{}' resource_agent='ocf:havc:LibvirtQemu' role='{}' active='{}' "
        "orphaned='false' blocked='false' "
        "managed='true' failed='false' failure_ignored='false' nodes_running_on='1'>\n",
        i, is_active(i) ? "Started" : "Stopped", is_active(i));
    if (is_active(i))
      resources += fmt::format("<node name='{}' id='1' cached='true'/>\n", node_name(i));
    resources += "</resource>\n";
  }
  return "<pacemaker-result><summary><current_dc present='true' name='node1' "
         "with_quorum='true'/><cluster_options "
         "stonith-enabled='true' symmetric-cluster='true' no-quorum-policy='stop' "
         "maintenance-mode='false'/></summary><nodes>" +
         nodes + "</nodes><resources>" + resources +
         "</resources><status code='0' message='OK'/></pacemaker-result>";
}

std::string vm_xml(int vm) {
  const auto id = fmt::format("VM-{}", vm);
  std::string text = fmt::format(
      "<primitive id='{0}' class='ocf' provider='havc' type='LibvirtQemu'>"
      "<instance_attributes id='{0}-p'><nvpair id='{0}-p-config' name='config' "
      "value='/srv/{0}.xml'/>"
      "</instance_attributes><utilization id='{0}-u'><nvpair id='{0}-u-m' name='host_memory' "
      "value='4096'/></utilization><operations>",
      id);
  for (const auto* operation : {"start", "stop", "migrate_to", "migrate_from", "monitor"}) {
    text += fmt::format("<op id='{0}-{1}' name='{1}' interval='0' timeout='120s'/>", id, operation);
  }
  return text + "</operations></primitive>\n";
}

/// A banned node for each, and each node's history of each.
std::string cib() {
  std::string nodes;
  std::string status;
  std::string resources;
  std::string constraints;
  for (int i = 0; i < kVms; ++i) {
    resources += vm_xml(i);
    constraints += fmt::format(
        "<rsc_location id='l-{0}' rsc='VM-{0}' node='{1}' score='-INFINITY'/>\n"
        "<rsc_location id='p-{0}' rsc='VM-{0}' node='{2}' score='200'/>\n",
        i, node_name(i + 1), node_name(i));
  }
  for (int node = 0; node < kNodes; ++node) {
    nodes += fmt::format(
        "<node id='{0}' uname='{1}'><utilization id='u{0}'><nvpair id='u{0}-m' name='host_memory' "
        "value='65536'/></utilization></node>\n",
        node, node_name(node));
    status +=
        fmt::format("<node_state id='{}' uname='{}'><lrm><lrm_resources>\n", node, node_name(node));
    for (int vm = 0; vm < kVms; ++vm) {
      status += fmt::format(
          "<lrm_resource id='VM-{0}' type='LibvirtQemu' class='ocf' provider='havc'><lrm_rsc_op "
          "id='VM-{0}_last_0' operation_key='VM-{0}_monitor_0' operation='monitor' "
          "crm-debug-origin='do_update_resource' crm_feature_set='3.16.1' "
          "transition-key='11:1:7:70508ed9-c431-488e-91a9-47a7eb6eb454' "
          "transition-magic='0:7;11:1:7:70508ed9-c431-488e-91a9-47a7eb6eb454' exit-reason='' "
          "on_node='{1}' "
          "call-id='10' rc-code='7' op-status='0' interval='0' last-rc-change='1795284644' "
          "exec-time='77' "
          "queue-time='0' op-digest='ffbb71791d77782e228c5f7f81bbf047'/></lrm_resource>\n",
          vm, node_name(node));
    }
    status += "</lrm_resources></lrm></node_state>\n";
  }
  return "<cib admin_epoch='0' epoch='9' "
         "num_updates='1'><configuration><crm_config><cluster_property_set id='s'><nvpair id='p' "
         "name='placement-strategy' "
         "value='utilization'/></cluster_property_set></crm_config><nodes>" +
         nodes + "</nodes><resources>" + resources + "</resources><constraints>" + constraints +
         "</constraints></configuration><status>" + status + "</status></cib>";
}

TEST_CASE("24 nodes with 400 virtual machines are read, and each has its word", "[cluster]") {
  const Status status = parse_status(printed(), "crm_mon");
  const Configuration configuration = parse_configuration(cib(), "cibadmin");
  CHECK(configuration.vms.size() == std::size_t{kVms});
  CHECK(configuration.locations.size() == std::size_t{kVms} * 2);
  const Overview overview(status, &configuration);
  int started = 0;
  int waiting = 0;
  for (const auto& vm : configuration.vms) {
    const State state = state_of(overview, {.id = vm.id});
    started += state.word == Word::started ? 1 : 0;
    waiting += state.word == Word::waiting ? 1 : 0;
  }
  CHECK(started == kVms * 9 / 10);
  CHECK(waiting == kVms / 10);
}

}  // namespace
