#include "domain/whereabouts.h"

#include "scene.h"
#include "support/catch.h"

using namespace havc::domain;
using namespace std::chrono_literals;
using havc::Error;
using havc::Fault;
using havc::test::FakeQemu;
using havc::test::Scene;
using havc::test::unique_domain;

namespace {

const Error kUnusable(Fault::unusable_here, "'/vm1.xml' is empty", "restore the file");
const Identity kSome{"vm1", "11111111-1111-4111-8111-111111111101"};

Findings unusable() {
  Findings findings;
  findings.config_error = kUnusable;
  findings.libvirt_answers = true;
  return findings;
}

Meant find(const Scene& scene, Purpose purpose, havc::Deadline deadline) {
  return find_domain(scene.subject.instance, scene.subject.uri, scene.subject.config, purpose,
                     scene.connect, scene.places, deadline);
}

std::string definition_of(const Identity& identity) {
  return "<domain type='qemu'><name>" + identity.name + "</name><uuid>" + identity.uuid +
         "</uuid></domain>";
}

}  // namespace

TEST_CASE("each purpose decides on what was found", "[whereabouts]") {
  struct Row {
    const char* title;
    Findings findings;
    Decision start, stop, monitor, migrate_to, migrate_from;
  };
  using D = Decision;
  Findings noted, configured, marked, copied, suspect, silent_absent, silent_unknown,
      noted_and_unusable;
  noted.note = kSome;
  configured.configured = kSome;
  marked = copied = suspect = silent_absent = silent_unknown = noted_and_unusable = unusable();
  marked.marked = kSome;
  copied.marked = kSome;
  copied.several_marked = true;
  suspect.suspect = "vm1";
  silent_absent.libvirt_answers = false;
  silent_unknown.libvirt_answers = false;
  silent_unknown.processes_known = false;
  noted_and_unusable.note = kSome;
  const std::vector<Row> rows{
      {"a usable definition", configured, D::act_on_config, D::act_on_config, D::act_on_config,
       D::act_on_config, D::act_on_config},
      {"a note", noted, D::act_on_config, D::act_on_note, D::act_on_note, D::act_on_note,
       D::act_on_note},
      {"a note, no definition", noted_and_unusable, D::refuse_config, D::act_on_note,
       D::act_on_note, D::act_on_note, D::act_on_note},
      {"metadata", marked, D::refuse_config, D::act_on_mark, D::act_on_mark, D::refuse_config,
       D::act_on_mark},
      {"the metadata twice", copied, D::refuse_config, D::cannot_tell, D::cannot_tell,
       D::refuse_config, D::cannot_tell},
      {"a suspect", suspect, D::refuse_config, D::cannot_tell, D::cannot_tell, D::refuse_config,
       D::cannot_tell},
      {"no trace", unusable(), D::refuse_config, D::nothing_here, D::nothing_here, D::refuse_config,
       D::cannot_tell},
      {"silence, no QEMU", silent_absent, D::refuse_config, D::nothing_here, D::nothing_here,
       D::refuse_config, D::cannot_tell},
      {"silence, /proc not seen", silent_unknown, D::refuse_config, D::cannot_tell, D::cannot_tell,
       D::refuse_config, D::cannot_tell},
  };
  for (const Row& row : rows) {
    INFO(row.title);
    CHECK(decide(Purpose::start, row.findings) == row.start);
    CHECK(decide(Purpose::stop, row.findings) == row.stop);
    CHECK(decide(Purpose::monitor, row.findings) == row.monitor);
    CHECK(decide(Purpose::probe, row.findings) == row.monitor);
    CHECK(decide(Purpose::migrate_to, row.findings) == row.migrate_to);
    CHECK(decide(Purpose::migrate_from, row.findings) == row.migrate_from);
  }
}

TEST_CASE("the note is enough: the definition is not even read", "[whereabouts]") {
  Scene scene;
  scene.write_note();
  scene.write_run_state(1);
  scene.folder.write("vm1.xml", "damaged");
  const Meant meant = find(scene, Purpose::monitor, scene.clock.in(30s));
  CHECK(meant.evidence == Evidence::note);
  CHECK(meant.subject.identity.uuid == scene.identity.uuid);
  CHECK(scene.host.calls(havc::test::Verb::connect) == 0);
}

TEST_CASE("what was read of the noted domain's run state is handed on, and of no other's",
          "[whereabouts]") {
  Scene scene;
  scene.write_note();
  const auto seen = [&] { return find(scene, Purpose::monitor, scene.clock.in(30s)).run_head; };
  CHECK_FALSE(seen());
  scene.write_run_state(75);
  REQUIRE(seen());
  CHECK(seen()->pid == 75);
  scene.folder.write("run/" + scene.identity.name + ".xml",
                     havc::test::run_state_text({scene.identity.name, unique_domain().uuid}, 75));
  CHECK_FALSE(seen());
}

TEST_CASE("a note of a domain that is gone does not hide the one that was started instead",
          "[whereabouts]") {
  Scene scene;
  scene.write_note();
  const bool renamed = GENERATE(false, true);
  const Identity again{renamed ? unique_domain().name : scene.identity.name, unique_domain().uuid};
  scene.folder.write("vm1.xml", "<domain type='qemu'><name>" + again.name + "</name></domain>");
  scene.show_only({});
  CHECK(find(scene, Purpose::stop, scene.clock.in(30s)).evidence == Evidence::note);
  const FakeQemu qemu(again);
  scene.show_only({qemu.pid()});
  scene.folder.write("run/" + again.name + ".xml", havc::test::run_state_text(again, qemu.pid()));
  for (const Purpose purpose : {Purpose::stop, Purpose::monitor, Purpose::migrate_to}) {
    const Meant meant = find(scene, purpose, scene.clock.in(30s));
    CHECK(meant.evidence == Evidence::config);
    CHECK(meant.subject.identity.name == again.name);
  }
}

TEST_CASE("a note holds while its domain is active, whatever else the definition means by now",
          "[whereabouts]") {
  Scene scene;
  scene.write_note();
  scene.write_run_state(1);
  const Identity other = unique_domain();
  const FakeQemu qemu(other);
  scene.folder.write("vm1.xml", definition_of(other));
  scene.folder.write("run/" + other.name + ".xml", havc::test::run_state_text(other, qemu.pid()));
  CHECK(find(scene, Purpose::stop, scene.clock.in(30s)).evidence == Evidence::note);
}

TEST_CASE("start goes by the definition, also beside a note of something else", "[whereabouts]") {
  Scene scene;
  scene.write_note();
  const Identity other = unique_domain();
  scene.folder.write("vm1.xml", definition_of(other));
  const Meant meant = find(scene, Purpose::start, scene.clock.in(30s));
  CHECK(meant.subject.identity.name == other.name);
  REQUIRE(meant.definition);
  CHECK(meant.definition->identity.uuid == other.uuid);
}

TEST_CASE("a definition without a UUID means what was started from it", "[whereabouts]") {
  Scene scene;
  scene.folder.write("vm1.xml",
                     "<domain type='qemu'><name>" + scene.identity.name + "</name></domain>");
  CHECK(find(scene, Purpose::stop, scene.clock.in(30s)).subject.identity.uuid.empty());
  scene.write_run_state(1);
  CHECK(find(scene, Purpose::stop, scene.clock.in(30s)).subject.identity.uuid ==
        scene.identity.uuid);
}

TEST_CASE("without note and definition, metadata in the run state tells", "[whereabouts]") {
  Scene scene;
  scene.write_run_state(1);
  const Meant meant = find(scene, Purpose::stop, scene.clock.in(30s));
  CHECK(meant.evidence == Evidence::metadata);
  CHECK(meant.subject.identity.name == scene.identity.name);
}

TEST_CASE("without note, definition and run state, metadata in libvirt's list tells",
          "[whereabouts]") {
  Scene scene;
  scene.add_guest().config = scene.subject.config;
  CHECK(find(scene, Purpose::stop, scene.clock.in(30s)).subject.identity.uuid ==
        scene.identity.uuid);
}

TEST_CASE("domains of other resources are no suspects, also while libvirt is silent",
          "[whereabouts]") {
  Scene scene;
  const FakeQemu noted(scene.identity);
  const Identity other = unique_domain();
  const FakeQemu marked(other);
  write_note(scene.places.notes, {"vm2", scene.identity, "/vm2.xml"});
  scene.folder.write(
      "run/" + other.name + ".xml",
      havc::test::run_state_text(other, marked.pid(), "running", "booted", "/vm3.xml"));
  scene.connect = havc::test::connect_fails(Fault::timed_out);
  scene.show_only({noted.pid(), marked.pid()});
  const Meant meant = find(scene, Purpose::stop, scene.clock.in(30s));
  CHECK(meant.evidence == Evidence::nothing);
  CHECK_THAT(meant.reason, Catch::EndsWith("no trace of its domain is on this node"));
}

TEST_CASE("while libvirt is silent, any QEMU that nobody owns could be the domain's",
          "[whereabouts]") {
  Scene scene;
  const FakeQemu qemu(scene.identity);
  scene.show_only({qemu.pid()});
  scene.connect = havc::test::connect_fails(Fault::unreachable);
  CHECK_THROWS_AS(find(scene, Purpose::stop, scene.clock.in(30s)), Error);
  CHECK_THROWS_AS(find(scene, Purpose::probe, scene.clock.in(30s)), Error);
}

TEST_CASE("while libvirt answers, only a guest called like the resource or its file is suspect",
          "[whereabouts]") {
  Scene scene;
  scene.show_only({});
  scene.identity.name = "someone-else";
  scene.add_guest();
  CHECK(find(scene, Purpose::probe, scene.clock.in(30s)).evidence == Evidence::nothing);
  scene.identity = {"vm1", unique_domain().uuid};
  scene.add_guest();
  CHECK_THROWS_WITH(find(scene, Purpose::probe, scene.clock.in(30s)),
                    Catch::Contains("running 'vm1' may be its domain"));
}

TEST_CASE("start and migrate_to refuse an unusable definition, and change nothing",
          "[whereabouts]") {
  Scene scene;
  for (const Purpose purpose : {Purpose::start, Purpose::migrate_to}) {
    try {
      find(scene, purpose, scene.clock.in(30s));
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::unusable_here);
    }
  }
}

TEST_CASE("a hanging libvirt does not take all of the time", "[whereabouts]") {
  Scene scene;
  scene.host.hang(havc::test::Verb::list);
  scene.show_only({});
  CHECK(find(scene, Purpose::stop, scene.clock.in(60s)).evidence == Evidence::nothing);
  CHECK(scene.clock.elapsed() <= 6s);
}
