// Whole applies on a model of a cluster; the plans are made by hand, and so small.
#include "change/apply.h"

#include "change/files.h"
#include "change/patch.h"
#include "model_cluster.h"
#include "node/receive.h"
#include "node/report.h"
#include "node/sha256.h"
#include "support/catch.h"

namespace {

using namespace havc;
using namespace havc::change;
using Catch::Matchers::Contains;
using inventory::Wanted;
using std::chrono::hours;
using std::chrono::seconds;
using test::ModelCluster;
using Result = Record::Result;

using Disk = std::map<std::string, std::string>;  // path → content

node::Folder folder_of(const Disk& disk, const std::string& path) {
  node::Folder folder{.path = path, .exists = true};
  for (const auto& [name, content] : disk) {
    if (!name.starts_with(path + "/")) continue;
    folder.files.push_back({.path = name.substr(path.size() + 1),
                            .size = content.size(),
                            .mode = 0600,
                            .sha256 = node::sha256(content)});
  }
  return folder;
}

/// The disks of the model's nodes, and `havc node` on them.
struct Disks {
  std::map<std::string, Disk> all = {};
  std::set<std::string> full = {};
  std::map<std::string, std::string> guests = {};  // node → what its libvirt runs
  std::set<std::string> silent = {};               // nodes whose libvirt does not answer

  ProcessResult operator()(const remote::Host& host, const remote::Command& command) {
    Disk& disk = all[host.name];
    if (command.arguments.front() == "cat") return {0, disk.at(command.arguments.at(1)), ""};
    if (command.arguments.at(2) == "report") {
      node::Report report;
      report.domains = folder_of(disk, node::kDomainFolder);
      report.inventory = folder_of(disk, node::kInventoryFolder);
      report.libvirt = libvirt_of(host.name);
      return {0, to_json(report), ""};
    }
    const auto receipts = receive(disk, full.contains(host.name), command.input);
    return {full.contains(host.name) ? 1 : 0, to_json(receipts), ""};
  }

  node::Answer<node::Libvirt> libvirt_of(const std::string& name) const {
    if (silent.contains(name)) return node::Answer<node::Libvirt>::none("no answer in time");
    node::Libvirt libvirt;
    if (const auto guest = guests.find(name); guest != guests.end()) {
      libvirt.domains.emplace_back().seen.identity.name = guest->second;
      libvirt.domains.back().seen.state = domain::State::running;
    }
    return libvirt;
  }

  static std::vector<node::Receipt> receive(Disk& disk, bool is_full, const std::string& input) {
    std::vector<node::Receipt> receipts;
    const auto parcel = node::parse_parcel(input, "test");
    for (const auto& file : parcel.files) {
      if (is_full) {  // the last one does not fit
        const bool last = &file == &parcel.files.back();
        receipts.push_back(
            {file.path, node::Outcome::failed, last ? "No space left on device" : node::kHeldBack});
        continue;
      }
      disk[file.path] = file.content;
      receipts.push_back({file.path, node::Outcome::written, ""});
    }
    for (const auto& path : parcel.remove)
      receipts.push_back(
          {path, disk.erase(path) == 0 ? node::Outcome::absent : node::Outcome::removed, ""});
    return receipts;
  }
};

/// One machine, "web", that shall come into a cluster without any.
struct Case {
  ModelCluster cluster = {};
  Disks disks = {};
  test::TemporaryFolder folder = {};
  Records records = Records(folder / "applied");
  Copy inventory{{"cluster.toml", "# ours\n"}, {"vms/WEB.toml", "name = 'WEB'\n"}};
  std::set<std::string> without = {};
  bool over_newer = false;
  std::set<std::string> removals = {};
  std::set<std::string> elsewhere = {};
  std::vector<Error> wrong = {};
  Wanted wanted = Wanted::started;

  Case() {
    cluster.others = [this](const remote::Host& host, const remote::Command& command, Deadline) {
      return disks(host, command);
    };
  }

  /// As the model's CIB is now.
  Plan plan() {
    Plan plan;
    plan.base = plan.target = cluster.cib();
    const bool is_there = plan.base.find("primitive id=\"web\"") != std::string::npos;
    const std::string role = wanted == Wanted::started ? "Started" : "Stopped";
    const auto version = cluster::parse_configuration(plan.base, "test").version;
    const auto target = ModelCluster::cib_of({ModelCluster::primitive("web", role)},
                                             static_cast<int>(version.epoch) + 1);
    const bool same = plan.base.find("value=\"" + role + "\"") != std::string::npos;
    if (!is_there && wanted == Wanted::disabled) return plan;
    if (!same) {
      plan.target = target;
      plan.vms.push_back(
          {.id = "web", .kind = is_there ? VmChange::Kind::change : VmChange::Kind::add});
    }
    if (wanted == Wanted::disabled) plan.afterwards = {"web"};
    const std::string path = "/etc/havc/libvirt/web.xml";
    plan.files[path] = {path, "<domain/>", node::sha256("<domain/>")};
    return plan;
  }

  Order order() {
    Order order{.plan = plan(), .inventory = inventory, .user = "ann", .machine = "admin1"};
    inventory::Vm vm;
    vm.identity.fqn = "web";
    vm.wanted = wanted;
    order.wish.inventory.vms = {vm};
    order.wish.removals = removals;
    order.look = look(ModelCluster::hosts(), cluster.run(), soon());
    for (const auto& node : order.look.nodes) {
      NodeChange change{.node = node.host.name, .reached = !node.trouble};
      if (!node.trouble && removals.empty() && node.definitions.file("web.xml") == nullptr)
        change.add = {"/etc/havc/libvirt/web.xml"};
      order.plan.nodes.push_back(change);
    }
    order.without = without;
    order.over_newer = over_newer;
    order.settle = true;
    order.elsewhere = elsewhere;
    order.wrong = wrong;
    return order;
  }

  Applied apply() { return apply(order()); }
  Applied apply(const Order& order) {
    const Means means{ModelCluster::hosts(), cluster.run(), cluster.pause(), &records};
    return change::apply(means, order, {}, cluster.clock.in(hours(24)));
  }
  Deadline soon() { return cluster.clock.in(hours(24)); }
  bool configured() { return cluster.cib().find("primitive id=\"web\"") != std::string::npos; }
};

TEST_CASE("an apply brings files, changes the configuration and waits", "[change]") {
  Case test;
  const auto applied = test.apply();
  CHECK(applied.result == Result::done);
  CHECK(test.configured());
  CHECK(test.cluster.vms["web"].pending.empty());
  for (const auto* node : {"n1", "n2", "n3"}) {
    CHECK(test.disks.all[node].at("/etc/havc/libvirt/web.xml") == "<domain/>");
    CHECK(test.disks.all[node].contains("/var/lib/havc/inventory/vms/WEB.toml"));
  }
}

TEST_CASE("an apply is recorded with what was before and after", "[change]") {
  Case test;
  CHECK(test.apply().record == 1);
  const auto records = test.records.list().records;
  REQUIRE(records.size() == 1);
  CHECK(records.front().result == Result::done);
  CHECK(records.front().user == "ann");
  CHECK(test.records.inventory_of(records.front()) == test.inventory);
}

TEST_CASE("the same twice changes nothing", "[change]") {
  Case test;
  test.apply();
  const auto cib = test.cluster.cib();
  const auto disks = test.disks.all;
  const auto before = test.cluster.clock.now();
  const auto applied = test.apply();
  CHECK(applied.result == Result::done);
  CHECK(applied.vms.empty());
  CHECK(test.cluster.clock.now() == before);
  CHECK(applied.record == 0);
  CHECK(test.cluster.cib() == cib);
  CHECK(test.disks.all == disks);
}

TEST_CASE("files come before the configuration", "[change]") {
  Case test;
  bool late = false;
  test.cluster.before = [&](const remote::Host& host, const remote::Command& command) {
    if (command.arguments.back() == "receive" && test.configured()) late = true;
    static_cast<void>(host);
  };
  test.apply();
  CHECK_FALSE(late);
}

TEST_CASE("a node that is online and not reached stops it before anything", "[change]") {
  Case test;
  test.cluster.unreachable = {"n3"};
  CHECK_THROWS_WITH(test.apply(), Contains("'n3' is online in the cluster") &&
                                      Contains("nothing was changed") &&
                                      Contains("--without-node n3"));
  CHECK_FALSE(test.configured());
  CHECK(test.disks.all["n1"].empty());
}

TEST_CASE("a node that is left out is named, and gets its files with the next apply", "[change]") {
  Case test;
  test.cluster.unreachable = {"n3"};
  test.without = {"n3"};
  const auto applied = test.apply();
  CHECK(applied.result == Result::incomplete);
  CHECK_THAT(applied.nodes.at(0), Contains("n3") && Contains("left out"));
  CHECK(test.configured());
  test.cluster.unreachable.clear();
  CHECK(test.apply().result == Result::done);
  CHECK(test.disks.all["n3"] == test.disks.all["n1"]);
}

TEST_CASE("a node that is down is told and does not hinder", "[change]") {
  Case test;
  test.cluster.unreachable = test.cluster.offline = {"n2"};
  const auto applied = test.apply();
  CHECK(applied.result == Result::incomplete);
  CHECK_THAT(applied.nodes.at(0), Contains("n2") && Contains("offline in the cluster"));
  CHECK(test.configured());
}

TEST_CASE("a full disk stops it before the configuration, and the next apply finishes",
          "[change]") {
  Case test;
  test.disks.full = {"n2"};
  const auto applied = test.apply();
  REQUIRE(applied.error);
  CHECK(applied.result == Result::failed);
  CHECK_THAT(applied.error->problem(),
             Contains("n2") && Contains("No space left") && Contains("was not changed"));
  CHECK_FALSE(test.configured());
  CHECK(test.records.list().records.back().result == Result::failed);
  test.disks.full.clear();
  CHECK(test.apply().result == Result::done);
  CHECK(test.disks.all["n2"].contains("/etc/havc/libvirt/web.xml"));
}

TEST_CASE("a configuration that was changed since the plan stays", "[change]") {
  Case test;
  const auto order = test.order();
  test.cluster.edit();
  const auto edited = test.cluster.cib();
  const auto applied = test.apply(order);
  REQUIRE(applied.error);
  CHECK_THAT(applied.error->problem(), Contains("changed meanwhile"));
  CHECK(test.cluster.cib() == edited);
  CHECK(test.apply().result == Result::done);
}

TEST_CASE("without quorum nothing of the configuration is changed", "[change]") {
  Case test;
  test.cluster.quorate = false;
  const auto applied = test.apply();
  REQUIRE(applied.error);
  CHECK_THAT(applied.error->problem(), Contains("no quorum"));
  CHECK_FALSE(test.configured());
}

TEST_CASE("an interrupted apply says what is left, and the next one waits for it", "[change]") {
  Case test;
  test.cluster.interrupt_at = test.cluster.clock.now() + seconds(3);
  const auto applied = test.apply();
  CHECK(applied.result == Result::interrupted);
  CHECK_THAT(applied.left.at(0), Contains("web is starting"));
  CHECK(test.records.list().records.back().result == Result::interrupted);
  test.cluster.interrupt_at.reset();
  const auto next = test.apply();
  CHECK(next.result == Result::done);
  REQUIRE(next.vms.size() == 1);
  CHECK(next.vms.front().state.word == cluster::Word::started);
}

TEST_CASE("a machine whose turn has not come is waited for although nothing changes", "[change]") {
  Case test;
  test.cluster.batch = 0;
  test.cluster.interrupt_at = test.cluster.clock.now() + seconds(3);
  CHECK(test.apply().result == Result::interrupted);
  test.cluster.interrupt_at.reset();
  const auto turn = test.cluster.clock.now() + seconds(5);
  test.cluster.before = [&](const remote::Host&, const remote::Command&) {
    if (test.cluster.clock.now() >= turn) test.cluster.batch = 1;
  };
  const auto next = test.apply();
  CHECK(next.result == Result::done);
  CHECK(next.record == 0);
  REQUIRE(next.vms.size() == 1);
  CHECK(next.vms.front().state.word == cluster::Word::started);
}

TEST_CASE("a machine that stays down is told although nothing changes", "[change]") {
  Case test;
  test.apply();
  test.cluster.vms["web"] = {.fails = true};
  const auto applied = test.apply();
  CHECK(applied.result == Result::failed);
  CHECK(applied.record == 0);
  REQUIRE(applied.error);
  CHECK_THAT(applied.error->problem(), Contains("not as wanted: web is waiting"));
}

TEST_CASE("a machine that waits for an administrator is told although nothing changes",
          "[change]") {
  Case test;
  test.apply();
  test.cluster.vms["web"].blocked = true;
  const auto before = test.cluster.clock.now();
  const auto applied = test.apply();
  CHECK(applied.result == Result::failed);
  CHECK_THAT(applied.left.at(0), Contains("web is blocked on n1"));
  CHECK(test.cluster.clock.now() == before);
}

TEST_CASE("machines that are not meant are nobody's to wait for", "[change]") {
  Case test;
  test.apply();
  test.cluster.vms["web"].blocked = true;
  auto order = test.order();
  order.wish.selected.emplace();
  CHECK(test.apply(order).result == Result::done);
  order = test.order();
  order.files_only = true;
  CHECK(test.apply(order).result == Result::done);
}

TEST_CASE("a wish to end before the first step changes nothing", "[change]") {
  Case test;
  test.cluster.interrupt_at = test.cluster.clock.now();
  CHECK(test.apply().result == Result::interrupted);
  CHECK_FALSE(test.configured());
  CHECK(test.disks.all["n1"].empty());
}

/// The machine runs, and shall not be in the cluster any more.
struct Going : Case {
  Going() {
    apply();
    wanted = Wanted::disabled;
  }
};

TEST_CASE("what goes is stopped first, and removed when it has stopped", "[change]") {
  Going test;
  bool removed_running = false;
  test.cluster.before = [&](const remote::Host&, const remote::Command&) {
    if (!test.configured() && !test.cluster.vms["web"].node.empty()) removed_running = true;
  };
  const auto applied = test.apply();
  CHECK(applied.result == Result::done);
  CHECK_FALSE(test.configured());
  CHECK_FALSE(removed_running);
  CHECK(test.disks.all["n1"].contains("/etc/havc/libvirt/web.xml"));
}

TEST_CASE("what does not stop is not removed", "[change]") {
  Going test;
  test.cluster.vms["web"].hangs = true;
  const auto applied = test.apply();
  CHECK(applied.result == Result::failed);
  CHECK_THAT(applied.left.at(0), Contains("web is stopping"));
  CHECK(test.configured());
}

TEST_CASE("somebody else's change between stop and removal is no reason to fail", "[change]") {
  Going test;
  bool edited = false;
  test.cluster.before = [&](const remote::Host&, const remote::Command& command) {
    const bool second = command.arguments[0] == "cibadmin" && command.arguments[1] == "--patch" &&
                        test.cluster.vms["web"].node.empty();
    if (second && !edited) {
      edited = true;
      test.cluster.edit();
    }
  };
  CHECK(test.apply().result == Result::done);
  CHECK(edited);
  CHECK_FALSE(test.configured());
  CHECK_THAT(test.cluster.cib(), Contains("no-quorum-policy"));
}

TEST_CASE("definitions of what is removed go from all nodes", "[change]") {
  Going test;
  test.removals = {"web"};
  CHECK(test.apply().result == Result::done);
  for (const auto* node : {"n1", "n2", "n3"})
    CHECK_FALSE(test.disks.all[node].contains("/etc/havc/libvirt/web.xml"));
}

/// It is to stop, and libvirt on n3 runs it, too; Pacemaker does not know that.
struct Twice : Going {
  Twice() {
    wanted = Wanted::stopped;
    elsewhere = {"web"};
    disks.guests["n3"] = "web";
  }
};

TEST_CASE("what still runs behind the cluster's back has not stopped", "[change]") {
  Twice test;
  const auto applied = test.apply();
  CHECK(test.cluster.vms["web"].node.empty());
  CHECK(applied.result == Result::incomplete);
  CHECK(applied.running == std::set<std::string>{"web"});
  REQUIRE(applied.error);
  CHECK_THAT(applied.error->problem(), Contains("web still runs on n3"));
  CHECK_THAT(applied.error->remedy(),
             Contains("virsh shutdown web, on n3") && Contains("--resource web --node n3"));
  CHECK(test.apply().result == Result::incomplete);
}

TEST_CASE("what has ended behind the cluster's back has stopped", "[change]") {
  Twice test;
  test.disks.guests.clear();
  CHECK(test.apply().result == Result::done);
}

TEST_CASE("a node that does not say whether it still runs there is a doubt", "[change]") {
  Twice test;
  test.disks.silent = {"n3"};
  const auto applied = test.apply();
  CHECK(applied.result == Result::incomplete);
  CHECK_THAT(applied.left.at(0), Contains("web may still run: libvirt on n3 does not say"));
}

TEST_CASE("what still runs behind the cluster's back is not removed", "[change]") {
  Twice test;
  test.wanted = Wanted::disabled;
  test.removals = {"web"};
  CHECK(test.apply().result == Result::incomplete);
  CHECK(test.configured());
  for (const auto* node : {"n1", "n2", "n3"})
    CHECK(test.disks.all[node].contains("/etc/havc/libvirt/web.xml"));
  test.disks.guests.clear();
  CHECK(test.apply().result == Result::done);
  CHECK_FALSE(test.configured());
}

TEST_CASE("what has no resource and still runs keeps its definitions", "[change]") {
  Twice test;
  test.cluster.set_cib(ModelCluster::cib_of({}, 20));
  test.wanted = Wanted::disabled;
  test.removals = {"web"};
  const auto applied = test.apply();
  CHECK(applied.result == Result::incomplete);
  CHECK_THAT(applied.error->remedy(), !Contains("crm_resource"));
  CHECK(test.disks.all["n1"].contains("/etc/havc/libvirt/web.xml"));
}

TEST_CASE("what is wrong with machines that nothing is done about keeps it from being done",
          "[change]") {
  Case test;
  test.wrong = {Error(Fault::failed, "'db' is duplicate", "end one of them")};
  const auto applied = test.apply();
  CHECK(applied.result == Result::incomplete);
  CHECK(applied.error->problem() == "'db' is duplicate");
}

TEST_CASE("an inventory that is older than what was applied elsewhere is refused", "[change]") {
  Case test;
  test.apply();
  Case other;
  other.disks.all = test.disks.all;
  other.inventory["vms/WEB.toml"] = "name = 'WEB'\nmemory = 5\n";
  CHECK_THROWS_WITH(other.apply(), Contains("does not know: apply 1, by ann on admin1") &&
                                       Contains("/var/lib/havc/inventory") &&
                                       Contains("--over-newer"));
  other.over_newer = true;
  CHECK(other.apply().result == Result::done);
}

TEST_CASE("another machine with the same inventory may apply", "[change]") {
  Case test;
  test.apply();
  Case other;
  other.disks.all = test.disks.all;
  CHECK(other.apply().result == Result::done);
}

TEST_CASE("a copy that is older than this machine's last apply is no reason to refuse",
          "[change]") {
  Case test;
  test.apply();
  const auto old = test.disks.all["n2"];
  test.inventory["vms/WEB.toml"] = "name = 'WEB'\nmemory = 5\n";
  CHECK(test.apply().record == 2);
  test.disks.all["n2"] = old;
  test.inventory["vms/WEB.toml"] = "name = 'WEB'\nmemory = 6\n";
  CHECK(test.apply().result == Result::done);
  CHECK(test.disks.all["n2"] == test.disks.all["n1"]);
}

/// What drift_of says of the disks of `test`.
std::vector<std::string> drift(Case& test, const std::vector<std::string>& allowed = {}) {
  Holdings holdings{.definitions = test.plan().files, .inventory = test.inventory};
  std::vector<std::string> words;
  for (const auto& each :
       drift_of(holdings, look(ModelCluster::hosts(), test.cluster.run(), test.soon()), allowed))
    words.push_back(each.text());
  return words;
}

TEST_CASE("files that are as they should be are no drift", "[change]") {
  Case test;
  test.apply();
  CHECK(drift(test).empty());
}

TEST_CASE("a file that was tampered with is named with its node", "[change]") {
  Case test;
  test.apply();
  test.disks.all["n2"]["/etc/havc/libvirt/web.xml"] = "<domain type='evil'/>";
  CHECK(drift(test) == std::vector<std::string>{"n2: /etc/havc/libvirt/web.xml differs"});
  CHECK(drift(test, {"/etc/havc/libvirt/*"}).empty());
}

TEST_CASE("files that are missing or nobody's are drift", "[change]") {
  Case test;
  test.apply();
  test.disks.all["n1"].erase("/etc/havc/libvirt/web.xml");
  test.disks.all["n3"]["/etc/havc/libvirt/old.xml"] = "<domain/>";
  CHECK(drift(test) == std::vector<std::string>{"n1: /etc/havc/libvirt/web.xml is missing",
                                                "n3: /etc/havc/libvirt/old.xml is nobody's"});
}

}  // namespace
