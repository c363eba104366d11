// A report as JSON and back: all of it comes through, and what is odd is refused with its place.

#include "node/report.h"

#include "base/error.h"
#include "node/question.h"
#include "support/catch.h"

#include <string>

using namespace havc;
using namespace havc::node;

namespace {

Report full_report() {
  Report report;
  report.host = "n1";
  report.name = std::string("node1");
  report.havc = "0.1.0";
  report.kernel = "6.1.0-18-amd64";
  report.began = 1'700'000'000'000'000'001;
  report.ended = 1'700'000'000'100'000'000;
  report.synchronised = true;
  report.uptime = std::chrono::seconds(77);
  report.cpu_model = std::string("Xeon");
  report.cpus = 8U;
  report.memory = Memory{64, 32};
  report.hugepages = Answer<Hugepages>::none("no answer within 2 s");
  report.kvm = false;
  report.mounts = {{"/srv/vm", "/srv", "nfs4", "filer:/vm", true, Space{10, 5, 0, 0}}};
  report.bridges = {{{"br0", true, true, true, false, {{"eth0.4", true, false, 4}}}}};
  report.names = {{"node2", std::vector<std::string>{"192.0.2.2"}}};
  report.images = {{"/srv/vm/a.raw", ImageFacts{ImageKind::file, "/srv/vm/a.raw", 42, "raw"}}};
  Domain guest{{{"WEB-01", "u"}, domain::State::paused, domain::Reason::io_error, true},
               2,
               99,
               true,
               Job{100, 70, 57}};
  report.libvirt = Libvirt{"9.0.0", "7.2.22", {guest}};
  report.services = {{{"pacemaker", "loaded", "active", "enabled"}}};
  report.corosync = Corosync{1, "knet", {{2, true, {{0, "192.0.2.1", "192.0.2.2", true, true}}}}};
  report.quorum_device = QuorumDevice{true, "Net", "192.0.2.9:5403", "Connected"};
  report.fencing = Fencing{{{"fence1", true, ""}}, {{"n1", std::vector<std::string>{"fence1"}}}};
  report.packages = std::map<std::string, std::string>{{"pacemaker", "2.1.5-1+deb12u1"}};
  report.domains = Folder{kDomainFolder,
                          true,
                          "ext4",
                          true,
                          {{"a.xml", FileKind::regular, 1, 0600, std::string("ab")}}};
  report.inventory = Folder{kInventoryFolder, false, "", true, {}};
  return report;
}

std::string problem_of(const std::string& text) {
  try {
    parse_report(text, "node 'n1'");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::unusable_here);
    CHECK(error.remedy() == "install the same version of havc on node 'n1' as here");
    return error.problem();
  }
  return "nothing";
}

std::string with(const std::string& fields) {
  return R"({"schema":"havc.node/1",)" + fields + "}";
}

}  // namespace

TEST_CASE("a report says the same after its way over a connection", "[node]") {
  const Report sent = full_report();
  const Report came = parse_report(to_json(sent), "node 'n1'");
  CHECK(to_json(came) == to_json(sent));
  CHECK(came.ended == sent.ended);
  CHECK(came.hugepages == sent.hugepages);
  CHECK(came.mounts == sent.mounts);
  CHECK(came.bridges == sent.bridges);
  CHECK(came.domains == sent.domains);
  CHECK(came.corosync == sent.corosync);
  CHECK(came.fencing == sent.fencing);
  REQUIRE(came.libvirt->domain("WEB-01"));
  CHECK(came.libvirt->domain("WEB-01")->seen.state == domain::State::paused);
  CHECK(came.libvirt->domain("WEB-01")->seen.reason == domain::Reason::io_error);
  CHECK(came.libvirt->domain("WEB-01")->job == sent.libvirt->domain("WEB-01")->job);
}

TEST_CASE("what was not asked is not in the text and stays not asked", "[node]") {
  CHECK(to_json(Report{}).find("libvirt") == std::string::npos);
  const Report came = parse_report(with(R"("host":"n1")"), "node 'n1'");
  CHECK_FALSE(came.libvirt.asked());
  CHECK_FALSE(came.libvirt.doubtful());
  CHECK_FALSE(came.kvm.known());
}

TEST_CASE("what has gone over is never more than all, nor less than nothing", "[node]") {
  CHECK(Job{}.percent() == 0);
  CHECK(Job{100, 0, 100}.percent() == 0);
  CHECK(Job{100, 0, 200}.percent() == 0);
  CHECK(Job{100, 300, 0}.percent() == 100);
  CHECK(Job{UINT64_MAX, 0, 1}.percent() <= 100);
}

TEST_CASE("an answer that is not known keeps its reason and is no value", "[node]") {
  const Report came = parse_report(with(R"("kvm":{"unknown":"timed out"})"), "node 'n1'");
  CHECK(came.kvm.doubtful());
  CHECK(came.kvm.unknown == "timed out");
}

TEST_CASE("fields of a later version are ignored", "[node]") {
  const Report came = parse_report(with(R"("moon":{"phase":[1,2]},"host":"n1")"), "node 'n1'");
  CHECK(came.host == "n1");
}

TEST_CASE("a text that is no report is refused with what is wrong in it", "[node]") {
  const auto [text, words] = GENERATE(table<std::string, std::string>(
      {{"", "cannot read what node 'n1' says"},
       {"Last login: today", "cannot read what node 'n1' says"},
       {"[]", "not of the schema 'havc.node/1'"},
       {R"({"schema":7})", "not of the schema 'havc.node/1'"},
       {R"({"schema":"havc.node/2"})", "of the schema 'havc.node/2', not 'havc.node/1'"},
       {with(R"("host":1)"), "it.host is not what is expected"},
       {with(R"("cpus":{"value":-1})"), "it.cpus is not what is expected"},
       {with(R"("cpus":{"value":4294967296})"), "it.cpus is not what is expected"},
       {with(R"("cpus":{"value":1.5})"), "it.cpus is not what is expected"},
       {with(R"("cpus":{})"), "it.cpus is not what is expected"},
       {with(R"("cpus":8)"), "it.cpus is not what is expected"},
       {with(R"("began":1e300)"), "it.began is not what is expected"},
       {with(R"("mounts":[{"space":{"value":{"bytes":"1"}}}])"),
        "it.mounts.space.bytes is not what is expected"},
       {with(R"("libvirt":{"value":{"domains":[{"seen":{"state":"dancing"}}]}})"),
        "it.libvirt.domains.seen.state is not what is expected"},
       {with(R"("packages":{"value":{"a":[]}})"), "it.packages is not what is expected"},
       {std::string(100000, '['), "nested too deeply"},
       {with("\"host\":\"\xff\""), "cannot read what node 'n1' says"},
       {std::string((4 << 20) + 1, ' '), "more than 4194304 bytes"}}));
  CHECK_THAT(problem_of(text), Catch::Contains(words));
}

TEST_CASE("bytes that are no UTF-8 do not keep a node from reporting", "[node]") {
  Report report;
  report.images = {{"/srv/\xff.raw", Answer<ImageFacts>::none("?")}};
  CHECK(parse_report(to_json(report), "node 'n1'").images.size() == 1);
}

TEST_CASE("a question says the same after its way, within its limits", "[node]") {
  Question question;
  question.libvirt = true;
  question.folders = {"/srv/vm"};
  question.limit = std::chrono::hours(1000);
  const Question came = parse_question(to_json(question), "standard input");
  CHECK(came.libvirt);
  CHECK_FALSE(came.files);
  CHECK(came.folders == question.folders);
  CHECK(came.limit == std::chrono::minutes(10));
}
