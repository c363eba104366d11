#include "domain/run_state.h"

#include "base/error.h"
#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using havc::test::FakeQemu;
using havc::test::run_state_text;
using havc::test::Scene;

TEST_CASE("libvirt's run state is read with its pid, mark and handed-through devices",
          "[run_state]") {
  const RunState state =
      parse_run_state(run_state_text({"vm1", "AB"}, 75, "paused", "user", "/x y"), "file");
  CHECK(state.identity.name == "vm1");
  CHECK(state.identity.uuid == "ab");
  CHECK(state.state == "paused");
  CHECK(state.reason == "user");
  CHECK(state.pid == 75);
  CHECK(state.mark.config == "/x y");
  CHECK(state.mark.instance == "vm1");
  CHECK(state.host_devices == 2);
  CHECK(state.size.vcpus == 0);
}

namespace {

std::string as_libvirt_writes_it(const std::string& name) {
  return "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE\n-->\n\n"
         "<domstatus state='paused' reason='user' pid='75'>\n"
         "  <taint flag='custom-argv'/>\n"
         "  <monitor path='/m' type='unix'/>\n"
         "  <domain type='qemu' id='1'>\n"
         "    <name>" +
         name +
         "</name>\n"
         "    <uuid>6F1D3C1E-2b0a-4d0e-9a51-0d6f3a7b9c02</uuid>\n"
         "    <title>a</title>\n"
         "  </domain>\n"
         "</domstatus>\n";
}

}  // namespace

TEST_CASE("what libvirt writes is read without a parser, and alike", "[run_state]") {
  const auto name = GENERATE(as<std::string>(), "vm1", "a b,c", "b\u00fcro");
  const std::string xml = as_libvirt_writes_it(name);
  const auto head = head_as_written(xml);
  REQUIRE(head);
  const RunState parsed = parse_run_state(xml, "file");
  CHECK(head->identity.name == parsed.identity.name);
  CHECK(head->identity.uuid == parsed.identity.uuid);
  CHECK(head->state == parsed.state);
  CHECK(head->reason == parsed.reason);
  CHECK(head->pid == parsed.pid);
}

TEST_CASE("a run state that differs from what libvirt writes is left to the parser",
          "[run_state]") {
  const std::string good = as_libvirt_writes_it("vm1");
  const auto [from, to] = GENERATE(table<std::string, std::string>(
      {{"vm1", "R&amp;D"},
       {"vm1", "a</name><name>b"},
       {"vm1", ""},
       {"<!--", "<?xml version='1.0'?><!--"},
       {"state='paused' reason", "reason='x' state='paused' reason"},
       {"'paused'", "\"paused\""},
       {"user", "us&#101;r"},
       {"<name>", "<title>b</title>\n    <name>"},
       {"\n    <uuid>", "<uuid>"},
       {"  <domain type", "   <domain type"},
       {"</domstatus>\n", "</domstatus>"},
       {"\n  </domain>", ""}}));
  std::string odd = good;
  odd.replace(odd.find(from), from.size(), to);
  INFO(odd);
  CHECK_FALSE(head_as_written(odd));
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(head_as_written(good.substr(0, size)));
}

TEST_CASE("a name that libvirt escapes is read by the parser", "[run_state]") {
  const Scene scene;
  scene.folder.write("run/R&D.xml", as_libvirt_writes_it("R&amp;D"));
  const auto head = read_run_head(scene.places.run_state, "R&D");
  REQUIRE(head);
  CHECK(head->identity.name == "R&D");
  CHECK(head->pid == 75);
}

TEST_CASE("a healthy domain is seen running", "[run_state]") {
  const Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  const Glimpse seen = glimpse(scene.identity, scene.places);
  INFO(seen.doubt);
  CHECK(seen.running);
  CHECK(seen.pid == qemu.pid());
  CHECK(glimpse({scene.identity.name, ""}, scene.places).running);
  CHECK(glimpse({scene.identity.name, ""}, scene.places).identity.uuid == scene.identity.uuid);
}

TEST_CASE("a run state that was read just now is not read again, but still checked", "[run_state]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  const auto seen = read_run_state(scene.places.run_state, scene.identity.name);
  scene.places.run_state = scene.folder / "nowhere";
  CHECK(glimpse(scene.identity, scene.places, seen).running);
  CHECK_FALSE(glimpse(havc::test::unique_domain(), scene.places, seen).running);
}

TEST_CASE(
    "every reason that libvirt gives for running is ordinary, but those of post-copy and unknown "
    "ones",
    "[run_state]") {
  const Scene scene;
  const FakeQemu qemu(scene.identity);
  for (const auto* reason : {"booted", "migrated", "restored", "from-snapshot", "unpaused",
                             "migration-canceled", "save-canceled", "wakeup"}) {
    scene.write_run_state(qemu.pid(), "running", reason);
    CHECK(glimpse(scene.identity, scene.places).running);
  }
  for (const auto* reason : {"post-copy", "post-copy-failed", "unknown", ""}) {
    scene.write_run_state(qemu.pid(), "running", reason);
    CHECK_FALSE(glimpse(scene.identity, scene.places).running);
  }
}

TEST_CASE("any other state is a doubt", "[run_state]") {
  const Scene scene;
  const FakeQemu qemu(scene.identity);
  for (const auto* state : {"paused", "shutdown", "shutoff", "crashed", "pmsuspended", "blocked",
                            "no state", "Running", ""}) {
    scene.write_run_state(qemu.pid(), state);
    const Glimpse seen = glimpse(scene.identity, scene.places);
    CHECK_FALSE(seen.running);
    CHECK_FALSE(seen.doubt.empty());
  }
}

TEST_CASE("a process that is gone, stopped, a zombie or another domain's is a doubt",
          "[run_state]") {
  const Scene scene;
  const FakeQemu other(havc::test::unique_domain());
  scene.write_run_state(other.pid());
  CHECK_FALSE(glimpse(scene.identity, scene.places).running);
  scene.write_run_state(0);
  CHECK_FALSE(glimpse(scene.identity, scene.places).running);
  const FakeQemu own(scene.identity);
  scene.write_run_state(own.pid());
  own.freeze();
  CHECK_FALSE(glimpse(scene.identity, scene.places).running);
  own.become_zombie();
  CHECK_FALSE(glimpse(scene.identity, scene.places).running);
}

TEST_CASE("a namesake with another UUID is not seen as the domain", "[run_state]") {
  const Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  CHECK_FALSE(
      glimpse({scene.identity.name, havc::test::unique_domain().uuid}, scene.places).running);
}

TEST_CASE("a file that is missing, damaged or not to be trusted is a doubt", "[run_state]") {
  const Scene scene;
  CHECK_FALSE(glimpse(scene.identity, scene.places).running);
  const std::string file = "run/" + scene.identity.name + ".xml";
  for (const std::string& content :
       {std::string(), std::string("<domstatus"), std::string("<domain/>"),
        std::string("<domstatus state='running'/>"), std::string(3 << 20, ' ')}) {
    scene.folder.write(file, content);
    CHECK_FALSE(glimpse(scene.identity, scene.places).running);
  }
  for (const auto* name : {"../x", "", "a/b"})
    CHECK_FALSE(glimpse({name, ""}, scene.places).running);
}

TEST_CASE("names with blanks, commas, quotes and umlauts are found", "[run_state]") {
  Scene scene;
  const auto name = GENERATE(as<std::string>(), " a b", "x,y", "q'r", "d\"q",
                             "\xc3\xbcml\xc3\xa4ut", "100%", "-name");
  scene.identity.name = name;
  const FakeQemu qemu(scene.identity);
  scene.write_run_state(qemu.pid());
  const Glimpse seen = glimpse(scene.identity, scene.places);
  INFO(seen.doubt);
  CHECK(seen.running);
}

TEST_CASE("an ampersand is escaped in the file but not in its name", "[run_state]") {
  Scene scene;
  scene.identity.name = "a&b";
  const FakeQemu qemu(scene.identity);
  Identity written = scene.identity;
  written.name = "a&amp;b";
  scene.folder.write("run/a&b.xml", run_state_text(written, qemu.pid()));
  CHECK(glimpse(scene.identity, scene.places).running);
}

TEST_CASE("all run states are listed, and those that cannot be used are counted", "[run_state]") {
  const Scene scene;
  scene.write_run_state(1);
  scene.folder.write("run/bad.xml", "no");
  scene.folder.write("run/driver.pid", "1");
  int unusable = 0;
  CHECK(read_run_states(scene.places.run_state, &unusable).size() == 1);
  CHECK(unusable == 1);
  CHECK(read_run_states("/nonexistent/folder").empty());
}

TEST_CASE("libvirt's run state says how large a domain is", "[run_state]") {
  const auto text = [](const std::string& size) {
    return "<domstatus state='running' reason='booted' pid='7'><domain type='kvm'><name>vm1</name><uuid>ab</uuid>" + size +
           "</domain></domstatus>";
  };
  const auto one = parse_run_state(text("<memory unit='KiB'>2097152</memory><vcpu placement='static'>4</vcpu>"), "file").size;
  CHECK(one.vcpus == 4);
  CHECK(one.memory_kib == 2097152);
  CHECK(parse_run_state(text("<vcpu placement='static' current='2'>4</vcpu>"), "file").size.vcpus == 2);
  CHECK(parse_run_state(text("<vcpu>many</vcpu><memory unit='EiB'>1</memory>"), "file").size.memory_kib == 0);
}
