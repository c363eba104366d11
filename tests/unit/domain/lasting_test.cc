#include "domain/lasting.h"

#include <filesystem>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

using namespace std::chrono_literals;
using namespace havc::domain;

namespace {

struct Memory {
  havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  Memory() { clock.advance(5h); }
  havc::Duration of(State state, Reason reason, const std::string& uuid = "u1") {
    return lasted(folder.path(), "vm1", {{"vm1", uuid}, state, reason, false}, clock.now());
  }
  havc::Duration pause() { return of(State::paused, Reason::user); }
};

}  // namespace

TEST_CASE("a pause lasts from the first monitor that sees it, until the guest runs", "[lasting]") {
  Memory memory;
  CHECK(memory.pause() == 0s);
  memory.clock.advance(290s);
  CHECK(memory.pause() == 290s);
  memory.clock.advance(20s);
  CHECK(memory.pause() == 310s);
  forget_state(memory.folder.path(), "vm1");
  CHECK(memory.pause() == 0s);
}

TEST_CASE("another reason, another state or another domain starts anew", "[lasting]") {
  Memory memory;
  memory.pause();
  memory.clock.advance(1h);
  SECTION("reason") {
    CHECK(memory.of(State::paused, Reason::saving) == 0s);
  }
  SECTION("state") {
    CHECK(memory.of(State::shutdown, Reason::other) == 0s);
  }
  SECTION("domain") {
    CHECK(memory.of(State::paused, Reason::user, "u2") == 0s);
  }
  SECTION("and one to which time does not matter ends it") {
    CHECK(memory.of(State::paused, Reason::io_error) == 0s);
    CHECK(memory.pause() == 0s);
  }
}

TEST_CASE("a time that is damaged, of the future or not to be kept starts anew", "[lasting]") {
  Memory memory;
  const auto content = GENERATE("", "x", "99999999999 u1 paused (by a user)");
  memory.folder.write("havc-vm1.since", content);
  CHECK(memory.pause() == 0s);
  CHECK(lasted("/proc/nonexistent", "vm1", {{"vm1", "u1"}, State::paused, Reason::user, false},
               memory.clock.now()) == 0s);
}

TEST_CASE("to forget what was never seen leaves nothing behind", "[lasting]") {
  const Memory memory;
  forget_state(memory.folder.path(), "vm1");
  CHECK(std::filesystem::is_empty(memory.folder.path()));
}
