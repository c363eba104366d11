// A cluster of three nodes as far as applies see it: crm_mon, cibadmin with its check of versions
// (Pacemaker's own, on a file), and virtual machines that start and stop as their target-role says,
// a few at once, each in its time. Time is the model's own and passes only when somebody waits.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "change/await.h"
#include "cluster/configuration.h"
#include "remote/run.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

namespace havc::test {

class ModelCluster {
 public:
  /// A part of a move, as crm_mon shows it, and what a node remembers of it when it has ended.
  struct Step {
    std::string role = {};
    std::vector<std::string> nodes = {};
    std::chrono::seconds time{2};
    std::string node = {};  ///< that remembers; none: nothing is remembered
    std::string deed = {};  ///< "migrate_to"
    bool well = true;       ///< it ended so
    std::string to = {};    ///< of a migration
  };
  struct Vm {
    std::string node = {};     ///< where it is active
    std::string pending = {};  ///< "Starting", "Stopping"
    Instant until = {};        ///< that ends then
    bool fails = false;        ///< its next start fails, and it stays down
    bool hangs = false;        ///< what is begun does not end
    bool blocked = false;
    bool restart = false;  ///< its parameters were changed
    /// Done once there is a constraint to move it, or has been: one after the other; the last
    /// stays.
    std::vector<Step> journey = {};
    bool travels = false;
    std::vector<std::string> nodes = {};  ///< of a step
    std::string role = {};                ///< likewise
  };

  FakeClock clock = {};
  std::map<std::string, Vm> vms = {};
  std::set<std::string> unreachable = {};  ///< nodes that ssh does not reach
  std::set<std::string> offline = {};      ///< nodes that are not members
  bool quorate = true;
  std::chrono::seconds duration{10};  ///< of a start or stop
  int batch = 4;                      ///< operations at once
  std::vector<std::string> log = {};  ///< "n1 cibadmin --patch …", in the order of time
  /// Called before each command; may change the model, and throw.
  std::function<void(const remote::Host&, const remote::Command&)> before = {};
  /// What is no program of Pacemaker's.
  remote::Run others = {};

  ModelCluster() { set_cib(cib_of({})); }

  static std::vector<remote::Host> hosts() {
    return {{"n1", "10.0.0.1", false}, {"n2", "10.0.0.2", false}, {"n3", "10.0.0.3", false}};
  }

  static std::string primitive(const std::string& id, const std::string& role = "Started") {
    return "<primitive id=\"" + id +
           R"(" class="ocf" provider="havc" type="LibvirtQemu"><meta_attributes id=")" + id +
           R"(-meta"><nvpair id=")" + id + R"(-role" name="target-role" value=")" + role +
           R"("/></meta_attributes><operations><op id=")" + id +
           R"(-start" name="start" interval="0" timeout="120s"/><op id=")" + id +
           R"(-stop" name="stop" interval="0" timeout="60s"/></operations></primitive>)";
  }

  static std::string cib_of(const std::vector<std::string>& primitives, int epoch = 7) {
    std::string text =
        R"(<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.0" admin_epoch="0" epoch=")" +
        std::to_string(epoch) +
        R"(" num_updates="0"><configuration><crm_config/><nodes/><resources>)";
    for (const auto& each : primitives) text += each;
    return text + "</resources><constraints/></configuration><status/></cib>\n";
  }

  std::string cib() const { return read_file(file(), std::size_t{1} << 24U); }
  void set_cib(const std::string& text) const { write_file(file(), text, 0600); }

  /// Somebody else's change of the configuration.
  void edit() {
    local(
        {"cibadmin", "--modify", "--allow-create", "--scope", "crm_config", "--xml-text",
         R"(<crm_config><cluster_property_set id="x"><nvpair id="x-)" + std::to_string(++edits_) +
             R"(" name="no-quorum-policy" value="freeze"/></cluster_property_set></crm_config>)"});
  }

  remote::Run run() {
    return [this](const remote::Host& host, const remote::Command& command, Deadline deadline) {
      return answer(host, command, deadline);
    };
  }

  change::Pause pause() {
    return [this](Duration time, Deadline deadline) {
      if (interrupt_at && clock.now() >= *interrupt_at) return true;
      deadline.pause(time);
      return false;
    };
  }
  std::optional<Instant> interrupt_at = {};

  bool logged(const std::string& words) const {
    return std::any_of(log.begin(), log.end(), [&](const std::string& each) {
      return each.find(words) != std::string::npos;
    });
  }

 private:
  TemporaryFolder folder_ = {};
  int edits_ = 0;
  std::mutex mutex_ = {};

  std::map<std::string, std::string> remembered_ = {};  ///< by node, operations
  int calls_ = 10;

  std::string file() const { return folder_ / "cib.xml"; }

  ProcessResult local(std::vector<std::string> arguments, const std::string& input = {}) const {
    arguments.insert(arguments.begin(), {"env", "CIB_file=" + file()});
    return run_process(arguments, input, Deadline::after(system_clock(), std::chrono::seconds(60)));
  }

  ProcessResult answer(const remote::Host& host, const remote::Command& command,
                       Deadline deadline) {
    const std::lock_guard lock(mutex_);  // nodes are asked at once
    std::string line = host.name;
    for (const auto& each : command.arguments) line += " " + each;
    log.push_back(line);
    if (before) before(host, command);
    if (unreachable.contains(host.name)) {
      throw Error(Fault::unreachable, "'" + host.name + "' was not reached: no route to host",
                  "look at its network");
    }
    const auto& program = command.arguments.front();
    if (program == "crm_mon" || program == "cibadmin") {
      if (offline.contains(host.name)) return {102, "", "cluster is not available on this node\n"};
      if (program == "cibadmin") return local(command.arguments, command.input);
      go_on();
      return {0, status(), ""};
    }
    if (others) return others(host, command, deadline);
    return {127, "", program + ": not found"};
  }

  /// What goes on is remembered without a result.
  void remember(const std::string& id, const Step& step, bool ended) {
    if (step.node.empty()) return;
    const std::string call = std::to_string(++calls_);
    std::string text = "<lrm_rsc_op id=\"" + id + "_" + call + "\" operation=\"" + step.deed +
                       "\" call-id=\"" + (ended ? call : "-1") + R"(" op-status=")" +
                       (ended ? "0" : "-1") + R"(" rc-code=")" +
                       (!ended      ? "193"
                        : step.well ? "0"
                                    : "1") +
                       R"(" last-rc-change=")" + call + "\"";
    if (!step.to.empty())
      text += R"( migrate_source=")" + vms[id].node + R"(" migrate_target=")" + step.to + "\"";
    if (ended) remembered_[step.node] += text + "/>";
    std::string states;
    remembered_[step.node];
    for (const auto& [node, ended_ones] : remembered_) {
      std::string deeds = ended_ones;
      if (!ended && node == step.node) deeds.append(text).append("/>");
      states.append("<node_state id=\"").append(node);
      states.append("\" uname=\"").append(node).append("\"><lrm id=\"").append(node);
      states.append(R"("><lrm_resources><lrm_resource id=")").append(id).append("\">");
      states.append(deeds).append("</lrm_resource></lrm_resources></lrm></node_state>");
    }
    std::string whole = cib();
    const auto begin = whole.find("<status");
    whole.replace(begin, whole.rfind("</cib>") - begin, "<status>" + states + "</status>");
    set_cib(whole);
  }

  void travel(const std::string& id, Vm& vm) {
    if (!vm.travels) {
      vm.travels = cib().find("\"havc-move-" + id + "\"") != std::string::npos;
      if (!vm.travels) return;
      vm.until = clock.now() + vm.journey.front().time;
      remember(id, vm.journey.front(), false);
    }
    while (vm.journey.size() > 1 && clock.now() >= vm.until) {
      remember(id, vm.journey.front(), true);
      vm.journey.erase(vm.journey.begin());
      remember(id, vm.journey.front(), false);
      vm.until += vm.journey.front().time;
    }
    vm.role = vm.journey.front().role;
    vm.nodes = vm.journey.front().nodes;
  }

  /// What ends now ends, and what is not as wanted begins.
  void go_on() {
    for (auto& [id, vm] : vms) {
      if (!vm.journey.empty()) travel(id, vm);
    }
    const auto configuration = cluster::parse_configuration(cib(), "model");
    int running = 0;
    for (auto& [id, vm] : vms) {
      if (!vm.pending.empty() && !vm.hangs && clock.now() >= vm.until) end(vm);
      running += vm.pending.empty() ? 0 : 1;
    }
    for (const auto& primitive : configuration.vms) {
      Vm& vm = vms[primitive.id];
      const auto role = primitive.meta.find("target-role");
      const bool wanted = role == primitive.meta.end() || role->second != "Stopped";
      if (!vm.pending.empty() || vm.blocked || running >= batch || vm.travels) continue;
      if (wanted != vm.node.empty() && !vm.restart) continue;
      if (wanted && vm.node.empty() && vm.fails) continue;
      vm.pending = vm.node.empty() ? "Starting" : "Stopping";
      if (vm.node.empty()) vm.node = "n1";
      vm.until = clock.now() + duration;
      vm.restart = false;
      ++running;
    }
  }

  static void end(Vm& vm) {
    if (vm.pending == "Stopping") vm.node.clear();
    vm.pending.clear();
  }

  std::string status() const {
    const auto flag = [](bool value) { return value ? "\"true\"" : "\"false\""; };
    std::string text =
        R"(<pacemaker-result api-version="2.25"><summary><current_dc present="true" name="n1" with_quorum=)";
    text += flag(quorate);
    text +=
        R"(/><cluster_options stonith-enabled="true" symmetric-cluster="true" no-quorum-policy="stop" maintenance-mode="false"/></summary><nodes>)";
    for (const auto& host : hosts()) {
      text +=
          "<node name=\"" + host.name + "\" online=" + flag(!offline.contains(host.name)) +
          R"( standby="false" maintenance="false" pending="false" unclean="false" shutdown="false" type="member"/>)";
    }
    text += "</nodes><resources>";
    const auto configuration = cluster::parse_configuration(cib(), "model");
    for (const auto& primitive : configuration.vms) text += resource(primitive);
    return text + R"(</resources><status code="0" message="OK"/></pacemaker-result>)";
  }

  std::string resource(const cluster::Primitive& primitive) const {
    const auto found = vms.find(primitive.id);
    const Vm vm = found == vms.end() ? Vm{} : found->second;
    const auto role = primitive.meta.find("target-role");
    const auto nodes = vm.travels        ? vm.nodes
                       : vm.node.empty() ? std::vector<std::string>()
                                         : std::vector{vm.node};
    const bool active = !nodes.empty();
    std::string text = "<resource id=\"" + primitive.id +
                       R"(" resource_agent="ocf:havc:LibvirtQemu" role=")" +
                       (vm.travels            ? vm.role
                        : !vm.pending.empty() ? vm.pending
                        : active              ? "Started"
                                              : "Stopped") +
                       "\"";
    if (role != primitive.meta.end()) text += " target_role=\"" + role->second + "\"";
    text += std::string(" active=\"") + (active ? "true" : "false") +
            R"(" orphaned="false" blocked=")" + (vm.blocked ? "true" : "false") +
            R"(" managed="true" failed="false">)";
    for (const auto& each : nodes) text += "<node name=\"" + each + "\" id=\"1\" cached=\"true\"/>";
    return text + "</resource>";
  }
};

}  // namespace havc::test
