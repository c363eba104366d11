// 'havc status' of recordings, as text and as JSON.
#include "havc/status.h"

#include "havc/commands.h"

#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "inventory/read.h"
#include "support/catch.h"
#include "support/golden.h"

namespace {

using namespace havc;
using namespace havc::cli;
using Catch::Matchers::Contains;

const std::string kFolder = HAVC_SOURCE_DIR "/tests/golden/";

std::string content(const std::string& name) {
  return read_file(kFolder + "cluster/" + name, 1 << 20);
}

const inventory::Reading& reading() {
  static const auto kReading = inventory::read(kFolder + "inventory");
  return kReading;
}

node::Domain domain(const std::string& name, domain::State state) {
  node::Domain made{.cpus = 2, .memory = std::uint64_t{4096} << 20};
  made.seen.identity.name = name;
  made.seen.state = state;
  return made;
}

NodeReport report(const std::string& node, const std::vector<node::Domain>& domains) {
  NodeReport made{.host = {node, node}, .report = node::Report{}};
  made.report->libvirt = node::Libvirt{.domains = domains};
  return made;
}

/// A recording, with what libvirt says and the inventory's VMs.
Survey recorded(const std::string& name, std::vector<NodeReport> reports = {}) {
  Survey survey{.reports = std::move(reports)};
  survey.asked.status = cluster::parse_status(content(name + ".xml"), name);
  if (std::filesystem::exists(kFolder + "cluster/" + name + ".cib"))
    survey.asked.configuration = cluster::parse_configuration(content(name + ".cib"), name);
  const cluster::Overview overview(survey.asked.status, &survey.asked.configuration);
  for (const auto& vm : reading().inventory.vms)
    survey.vms.push_back(outlook_of(vm.identity.fqn, &vm, survey.reports, overview));
  for (const auto& id : known_to(overview)) {
    if (id != "WEB-01_intranet")
      survey.vms.push_back(outlook_of(id, nullptr, survey.reports, overview));
  }
  return survey;
}

Survey current;
int print_current(Call& call) {
  return show_status(call, current);
}

struct Said {
  int code;
  std::string out;
  std::string err;
};

Said said(const Survey& survey, bool json, Given given = {}) {
  current = survey;
  Command command = kStatus;
  command.run = print_current;
  std::ostringstream out;
  std::ostringstream err;
  Call call(command, {.folder = kFolder + "inventory", .json = json}, std::move(given), out, err);
  const int code = command.run(call);
  return {code, out.str(), err.str()};
}

const Outlook& web(const Survey& survey) {
  for (const auto& each : survey.vms) {
    if (each.id == "WEB-01_intranet") return each;
  }
  throw std::runtime_error("no WEB-01");
}

TEST_CASE("status is a table, problems first", "[havc]") {
  std::string all;
  for (const auto* name : {"started", "migrating", "duplicate", "waiting-standby", "blocked-stop",
                           "fencing-without-quorum", "foreign-orphan", "maintenance-resource"}) {
    const auto told = said(recorded(name), false);
    all += std::string("== ") + name + ": exit code " + std::to_string(told.code) + "\n" + told.out;
    CHECK(told.err.empty());
  }
  test::check_golden("havc/status.txt", all);
}

TEST_CASE("status is JSON", "[havc]") {
  test::check_golden("havc/status.json", said(recorded("migrating"), true).out);
}

TEST_CASE("two nodes whose libvirt has the guest are the loudest", "[havc]") {
  const auto survey =
      recorded("started", {report("n1", {domain("WEB-01_intranet", domain::State::running)}),
                           report("n2", {domain("WEB-01_intranet", domain::State::running)})});
  const auto told = said(survey, false);
  CHECK(told.code == 2);
  CHECK_THAT(told.out,
             Catch::Matchers::StartsWith("DUPLICATE: WEB-01_intranet is active on n1, n2"));
  CHECK_THAT(said(survey, true).err, Contains("DUPLICATE: "));
  CHECK_THAT(said(survey, false, {{"--no-headers", {""}}}).err, Contains("DUPLICATE: "));
}

TEST_CASE("a node that says nothing is a doubt, one that is off is none", "[havc]") {
  auto survey = recorded(
      "started", {report("n1", {}), NodeReport{.host = {"n2", "n2"}, .trouble = Error(Fault::unreachable, "no route")}});
  CHECK(web(survey).verdict != Verdict::fine);
  CHECK_THAT(said(survey, false).out, Contains("node n2 did not say what runs there: no route"));

  auto off = survey.asked.status;
  for (auto& node : off.nodes) {
    if (node.name == "n2") node.online = false;
  }
  const cluster::Overview overview(off, &survey.asked.configuration);
  CHECK(sightings_of("WEB-01_intranet", survey.reports, overview).size() == 1);
}

TEST_CASE("a guest with fewer CPUs than its file says needs a restart", "[havc]") {
  const auto survey = recorded("started");
  REQUIRE(web(survey).state->nodes.size() == 1);
  auto guest = domain("WEB-01_intranet", domain::State::running);
  guest.cpus = 1;
  const auto seen = recorded("started", {report(web(survey).state->nodes.front(), {guest})});
  CHECK(web(seen).restart_needed);
  CHECK(web(seen).reason == "restart needed: CPUs: 1, in its file 2");
  CHECK_FALSE(web(survey).restart_needed);
}

TEST_CASE("what nodes say cannot move a terminal's cursor", "[havc]") {
  auto survey = recorded("started");
  survey.vms.front().reason = "\x1b[2Jgone\n\x07";
  CHECK_THAT(said(survey, false).out, Contains("?[2Jgone??") && !Contains("\x1b"));
}

}  // namespace
