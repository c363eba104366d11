#include "change/apply.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "change/elsewhere.h"
#include "change/goals.h"
#include "change/patch.h"
#include "change/second_change.h"

namespace havc::change {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kForLooking = seconds(60);
constexpr auto kForLibvirt = seconds(10);  // a login on a node that has much to do
constexpr auto kForFiles = minutes(3);     // hundreds of small files over a slow line
constexpr auto kForChange = minutes(3);

std::string list(const std::vector<std::string>& names) {
  return text::join(names, ", ");
}

/// One apply from beginning to end; its members are what the steps know of each other.
class Applying {
 public:
  Applying(const Means& means, const Order& order, const Told& told, Deadline deadline)
      : means_(means),
        order_(order),
        told_(told),
        deadline_(deadline),
        pacemaker_(means.hosts, means.run) {}

  Applied run();

 private:
  const Means& means_;
  const Order& order_;
  const Told& told_;
  Deadline deadline_;
  Pacemaker pacemaker_;
  cluster::Status status_ = {};
  std::vector<Delivery> deliveries_ = {};
  bool files_change_ = false;
  std::vector<std::string> stays_ = {};     // what was to be removed, and did not stop
  std::optional<std::string> remedy_ = {};  // of what runs where Pacemaker does not know of it
  Record record_ = {};
  Applied applied_ = {};

  void check_plan() const;
  void read_status();
  void check_nodes();
  void prepare_files();
  std::vector<Goal> goals() const;
  void begin();
  void steps();
  void send_files();
  void change();
  void wait();
  void look_elsewhere();
  void remove_stopped();
  void remove_definitions();
  void stop(Record::Result result, std::optional<Error> error);
  void conclude();
  void judge();
  void keep_record();
  void keep_result();

  bool excused(const std::string& name) const;
  void missed(const std::string& name, const std::string& why);
  void say(const std::string& line) const {
    if (told_.step) told_.step(line);
  }
  void done(const std::string& line) {
    applied_.done.push_back(line);
    say(line);
  }
  /// Ends the steps when the administrator wants it.
  void look_for_interrupt();
  struct Interrupted {};
};

void Applying::check_plan() const {
  if (!order_.plan.problems.empty()) throw Error(order_.plan.problems.front());
  const auto* newer =
      newer_copy(order_.look, own_stamp(*means_.records), digest_of(order_.inventory));
  if (newer == nullptr || order_.over_newer) return;
  throw Error(Fault::failed,
              fmt::format("'{}' has an inventory that this machine does not know: {}",
                          newer->host.name, newer->stamp->text()),
              fmt::format("bring it here first (it is in {} on '{}'), or, if it is to be given up, "
                          "use --over-newer",
                          node::kInventoryFolder, newer->host.name));
}

/// It may do without its files: it is not a member now, or the administrator said so.
bool Applying::excused(const std::string& name) const {
  if (order_.without.contains(name)) return true;
  const cluster::Node* node = status_.node(name);
  return node == nullptr || !node->online;
}

void Applying::missed(const std::string& name, const std::string& why) {
  const cluster::Node* node = status_.node(name);
  const std::string state = node == nullptr ? "not in the cluster"
                            : node->online  ? "left out"
                                            : "offline in the cluster";
  applied_.nodes.push_back(fmt::format("{}: {} ({})", name, why, state));
}

void Applying::read_status() {
  try {
    status_ = pacemaker_.status(deadline_.capped(kForLooking));
  } catch (const Error&) {
    if (!order_.files_only) throw;
  }
}

void Applying::check_nodes() {
  read_status();
  for (const auto& node : order_.look.nodes) {
    if (!node.trouble) continue;
    const auto& name = node.host.name;
    if (excused(name)) {
      missed(name, node.trouble->problem());
      continue;
    }
    throw Error(
        node.trouble->fault(),
        fmt::format(
            "'{}' is online in the cluster, and its files cannot be brought up to date: {}; "
            "nothing was changed",
            name, node.trouble->problem()),
        fmt::format(
            "correct it, or apply with --without-node {}: machines that come to it then start as "
            "its old files say, or not at all",
            name));
  }
  for (const auto& node : status_.nodes) {
    const bool host =
        node.type == cluster::NodeType::member || node.type == cluster::NodeType::remote;
    if (host && node.online && order_.look.node(node.name) == nullptr)
      applied_.nodes.push_back(node.name +
                               ": is in the cluster, and not in cluster.toml: it gets no files");
  }
}

void Applying::prepare_files() {
  for (const auto& node : order_.look.nodes) {
    if (node.trouble) continue;
    Delivery delivery = inventory_delivery(node, order_.inventory);
    const auto& changes = order_.plan.nodes;
    const auto change = std::find_if(changes.begin(), changes.end(), [&](const NodeChange& each) {
      return each.node == node.host.name;
    });
    if (change != changes.end()) {
      for (const auto* paths : {&change->add, &change->replace}) {
        for (const auto& path : *paths) delivery.put.push_back(order_.plan.files.at(path));
      }
    }
    files_change_ = files_change_ || !delivery.put.empty() || !delivery.remove.empty();
    deliveries_.push_back(std::move(delivery));
  }
}

void Applying::begin() {
  const auto own = own_stamp(*means_.records);
  int serial = own ? own->serial : 0;
  for (const auto& node : order_.look.nodes) {
    if (node.stamp) serial = std::max(serial, node.stamp->serial);
  }
  record_ = means_.records->begin({.user = order_.user,
                                   .machine = order_.machine,
                                   .command = order_.command,
                                   .serial = serial + 1},
                                  {order_.plan.base, order_.plan_json, order_.inventory});
  applied_.record = record_.number;
}

void Applying::look_for_interrupt() {
  if (means_.pause && means_.pause(Duration::zero(), deadline_)) throw Interrupted();
}

void Applying::send_files() {
  if (!files_change_) return;  // else all nodes are of the same apply afterwards
  for (auto& delivery : deliveries_) delivery.put.push_back(stamp_file(stamp_of(record_)));
  std::vector<std::string> reached;
  std::vector<std::string> refused;
  std::optional<Error> trouble;
  for (const auto& each : deliver(deliveries_, means_.run, deadline_.capped(kForFiles))) {
    if (!each.trouble) {
      reached.push_back(each.host.name);
    } else if (excused(each.host.name)) {
      missed(each.host.name, each.trouble->problem());
    } else {
      refused.push_back(each.host.name);
      if (!trouble) trouble = each.trouble;
    }
  }
  if (!reached.empty()) done("files are up to date on " + list(reached));
  if (!trouble) return;
  throw Error(
      trouble->fault(),
      fmt::format(
          "files were not brought to {}: {}; the configuration of the cluster was not changed",
          list(refused), trouble->problem()),
      fmt::format("{}; then call this again, or with --without-node {}",
                  trouble->remedy().empty() ? "correct it" : trouble->remedy(), refused.front()));
}

void Applying::change() {
  const Plan& plan = order_.plan;
  if (!plan.changes_cib()) return;
  if (!status_.quorate || !status_.dc) {
    throw Error(
        Fault::failed,
        "the cluster has no quorum or no controller: its configuration cannot be changed now",
        "wait for its nodes, or look at them with havc health");
  }
  const auto planned = cluster::parse_configuration(plan.base, "the plan").version;
  const auto deadline = deadline_.capped(kForChange);
  pacemaker_.patch(patch_of(plan.base, plan.target, deadline), planned, deadline);
  done("the configuration of the cluster is changed");
}

std::vector<Goal> Applying::goals() const {
  if (order_.files_only) return {};
  auto others = order_.await;
  others.insert(order_.elsewhere.begin(), order_.elsewhere.end());
  return goals_of(order_.plan, order_.wish, status_, others, order_.settle);
}

/// Pacemaker calls those stopped, too, of which it does not know where they run.
void Applying::look_elsewhere() {
  std::set<std::string> ids;
  for (const auto& each : applied_.vms) {
    if (each.end == Waited::End::interrupted) return;
    if (each.end == Waited::End::reached && order_.elsewhere.contains(each.id)) ids.insert(each.id);
  }
  if (ids.empty()) return;
  const auto reports =
      node::ask_nodes(means_.hosts, {.libvirt = true}, means_.run, deadline_.capped(kForLibvirt));
  for (const auto& each : still_running(ids, reports, status_)) {
    applied_.running.insert(each.id);
    const auto waited = std::find_if(applied_.vms.begin(), applied_.vms.end(),
                                     [&](const Waited& vm) { return vm.id == each.id; });
    waited->end = Waited::End::failed;
    waited->reason = each.reason();
    waited->state.word = cluster::Word::foreign;
    waited->state.nodes = each.nodes;
    if (!remedy_) remedy_ = each.remedy();
  }
}

void Applying::wait() {
  const auto all = goals();
  if (all.empty()) return;
  const Tell tell = told_.progress ? told_.progress : [](const Progress&) {};
  applied_.vms = await(pacemaker_, all, tell, means_.pause, deadline_);
  look_elsewhere();
  std::size_t count = 0;
  bool interrupted = false;
  for (const auto& each : applied_.vms) {
    if (each.end == Waited::End::reached) {
      ++count;
    } else {
      applied_.left.push_back(each.id + " " + each.reason);
    }
    interrupted = interrupted || each.end == Waited::End::interrupted;
  }
  done(fmt::format("{} of {} virtual machines are as wanted", count, all.size()));
  if (interrupted) throw Interrupted();
}

void Applying::remove_stopped() {
  std::vector<std::string> ids;
  for (const auto& id : order_.plan.afterwards) {
    const auto found = std::find_if(applied_.vms.begin(), applied_.vms.end(),
                                    [&](const Waited& each) { return each.id == id; });
    const bool stopped = found != applied_.vms.end() && found->end == Waited::End::reached;
    if (stopped)
      ids.push_back(id);
    else
      stays_.push_back(id);
  }
  if (ids.empty()) return;
  remove_from_cluster(pacemaker_, ids, deadline_.capped(kForChange));
  done("removed from the cluster: " + list(ids));
}

void Applying::remove_definitions() {
  std::vector<Delivery> removals;
  for (const auto& node : order_.look.nodes) {
    if (node.trouble) continue;
    Delivery delivery{.host = node.host};
    for (const auto& id : order_.wish.removals) {
      const bool gone = std::find(stays_.begin(), stays_.end(), id) == stays_.end() &&
                        !applied_.running.contains(id);
      if (gone && node.definitions.file(id + ".xml") != nullptr)
        delivery.remove.push_back(fmt::format("{}/{}.xml", kDefinitionFolder, id));
    }
    if (!delivery.remove.empty()) removals.push_back(std::move(delivery));
  }
  for (const auto& each : deliver(removals, means_.run, deadline_.capped(kForFiles))) {
    if (each.trouble)
      missed(each.host.name, "definitions were not removed: " + each.trouble->problem());
  }
}

void Applying::steps() {
  look_for_interrupt();
  send_files();
  look_for_interrupt();
  change();
  wait();
  remove_stopped();
  remove_definitions();
}

void Applying::stop(Record::Result result, std::optional<Error> error) {
  applied_.result = result;
  applied_.error = std::move(error);
}

/// Of an apply that has come to its end.
void Applying::judge() {
  if (!applied_.left.empty()) {
    const bool only_elsewhere = applied_.left.size() == applied_.running.size();
    return stop(only_elsewhere ? Record::Result::incomplete : Record::Result::failed,
                Error(Fault::failed, "not as wanted: " + text::join(applied_.left, "; "),
                      remedy_.value_or("correct the reason, then call this again")));
  }
  if (!order_.wrong.empty()) return stop(Record::Result::incomplete, order_.wrong.front());
  if (!applied_.nodes.empty()) applied_.result = Record::Result::incomplete;
}

void Applying::conclude() {
  if (applied_.result == Record::Result::done) judge();
  if (record_.number != 0) keep_record();
}

void Applying::keep_record() {
  record_.result = applied_.result;
  record_.problem = applied_.error ? applied_.error->problem() : text::join(applied_.left, "; ");
  try {
    const auto deadline = deadline_.capped(kForLooking);
    means_.records->finish(record_, pacemaker_.cib(deadline));
  } catch (const Error& error) {
    say("the record is not complete: " + error.problem());
    keep_result();
  }
}

/// Without the CIB, when that was what could not be had.
void Applying::keep_result() {
  try {
    means_.records->finish(record_, {});
  } catch (const Error& error) {
    say(error.problem());
  }
}

Applied Applying::run() {
  check_plan();
  check_nodes();
  prepare_files();
  const bool nothing = !order_.plan.changes() && !files_change_;
  if (!nothing) begin();
  try {
    steps();
  } catch (const Interrupted&) {
    stop(Record::Result::interrupted, {});
  } catch (const Error& error) {
    stop(Record::Result::failed, error);
  }
  conclude();
  return applied_;
}

}  // namespace

Applied apply(const Means& means, const Order& order, const Told& told, Deadline deadline) {
  return Applying(means, order, told, deadline).run();
}

}  // namespace havc::change
