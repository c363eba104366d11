#include "domain/agent_watch.h"

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temporary_folder.h"

using namespace std::chrono_literals;
using namespace havc::domain;

namespace {

const AgentSign kNoChannel{};
const AgentSign kDisconnected{true, false, AgentAnswer::unclear, 1000s};
const AgentSign kBooting{true, false, AgentAnswer::unclear, 299s};
const AgentSign kAnswers{true, true, AgentAnswer::answered, 1000s};
const AgentSign kSilent{true, true, AgentAnswer::silent, 1000s};
const AgentSign kUnclear{true, true, AgentAnswer::unclear, 1000s};

AgentMemory seen(unsigned int failures = 0, std::chrono::seconds failing = 0s) {
  return {true, failures, failing};
}

Verdict verdict(AgentCheck check, const AgentSign& sign, AgentMemory memory,
                Depth depth = Depth::thorough) {
  return judge_agent(check, depth, sign, "vm1", memory).verdict;
}

AgentMemory after(const AgentSign& sign, AgentMemory memory,
                  AgentCheck check = AgentCheck::automatic) {
  judge_agent(check, Depth::thorough, sign, "vm1", memory);
  return memory;
}

}  // namespace

TEST_CASE("each sign of an agent has its verdict at levels 10 and 20", "[agent]") {
  constexpr auto kAuto = AgentCheck::automatic;
  constexpr auto kRequired = AgentCheck::required;
  constexpr Verdict R = Verdict::running;
  constexpr Verdict D = Verdict::degraded;
  constexpr Verdict F = Verdict::failed;
  const AgentMemory never;
  const AgentMemory never_failed{false, 1, 60s};
  struct Row {
    const char* what;
    AgentCheck check;
    AgentSign sign;
    AgentMemory memory;
    Verdict thorough, strict;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"no channel", kAuto, kNoChannel, never, R, R},
      {"never connected", kAuto, kDisconnected, {false, 1, 1h}, R, R},
      {"answers", kAuto, kAnswers, never, R, R},
      {"answers again", kAuto, kAnswers, seen(2, 1h), R, R},
      {"cannot be asked", kAuto, kUnclear, seen(2, 1h), R, R},
      {"silent once", kAuto, kSilent, seen(), R, R},
      {"silent twice", kAuto, kSilent, seen(1, 60s), D, F},
      {"silent for long", kAuto, kSilent, seen(2, 1h), D, F},
      {"gone once", kAuto, kDisconnected, seen(), R, R},
      {"gone, the guest may reboot", kAuto, kDisconnected, seen(1, 299s), D, D},
      {"gone for long", kAuto, kDisconnected, seen(2, 300s), D, F},
      {"required, no channel", kRequired, kNoChannel, never, D, D},
      {"required, boots", kRequired, kBooting, never_failed, R, R},
      {"required, should be up", kRequired, kDisconnected, never, R, R},
      {"required, never came", kRequired, kDisconnected, never_failed, D, F},
      {"required, age unknown", kRequired, {true, false}, never_failed, D, F},
      {"required, answers", kRequired, kAnswers, never, R, R},
      {"required, silent twice", kRequired, kSilent, seen(1, 60s), D, F},
      {"off", AgentCheck::off, kSilent, seen(2, 1h), R, R},
  }));
  CAPTURE(row.what);
  CHECK(verdict(row.check, row.sign, row.memory) == row.thorough);
  CHECK(verdict(row.check, row.sign, row.memory, Depth::strict) == row.strict);
}

TEST_CASE("failures are counted in a row, up to what counts, and one answer ends them", "[agent]") {
  AgentMemory memory = after(kAnswers, {});
  CHECK(memory == seen());
  memory = after(kSilent, memory);
  CHECK(memory == seen(1));
  memory = after(kUnclear, memory);
  CHECK(memory == seen(1));
  memory = after(kDisconnected, memory);
  CHECK(memory == seen(2));
  memory = after(kSilent, memory);
  CHECK(memory == seen(2));
  CHECK(after(kAnswers, memory) == seen());
}

TEST_CASE("the reason says what is wrong with the agent, and what to do", "[agent]") {
  const auto health = [](AgentCheck check, const AgentSign& sign, AgentMemory memory) {
    return judge_agent(check, Depth::thorough, sign, "vm1", memory);
  };
  CHECK(health(AgentCheck::automatic, kSilent, seen(1)).reason ==
        "the guest agent of domain 'vm1' does not answer");
  CHECK(health(AgentCheck::automatic, kDisconnected, seen(1)).reason ==
        "the guest agent of domain 'vm1' has gone");
  CHECK(health(AgentCheck::required, kDisconnected, {false, 1, 0s}).reason ==
        "no guest agent has come up in domain 'vm1' for 300 s");
  CHECK(health(AgentCheck::required, kNoChannel, {}).reason ==
        "domain 'vm1' has no channel for a guest agent");
}

TEST_CASE("what was seen of an agent is known to the next monitor, for the same QEMU", "[agent]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  clock.advance(5h);
  const auto recall = [&](const std::string& qemu) {
    return recall_agent(folder.path(), "vm1", qemu, clock.now());
  };
  CHECK(recall("u/7") == AgentMemory{});
  remember_agent(folder.path(), "vm1", "u/7", seen(), clock.now());
  clock.advance(1h);
  CHECK(recall("u/7") == seen());
  remember_agent(folder.path(), "vm1", "u/7", seen(1), clock.now());
  clock.advance(60s);
  CHECK(recall("u/7") == seen(1, 60s));
  remember_agent(folder.path(), "vm1", "u/7", seen(2, 60s), clock.now());
  clock.advance(60s);
  CHECK(recall("u/7") == seen(2, 120s));
  CHECK(recall("u/8") == AgentMemory{});
}

TEST_CASE("a memory that is damaged or cannot be kept is none", "[agent]") {
  const havc::test::TemporaryFolder folder;
  havc::test::FakeClock clock;
  const auto content = GENERATE("", "0", "0 u/7", "0 u/7 connected", "0 u/7 connected x",
                                "0 u/7 y 1", "0 u/7 connected 99", "99999 u/7 connected 1");
  folder.write("havc-vm1.agent", content);
  CHECK(recall_agent(folder.path(), "vm1", "u/7", clock.now()) == AgentMemory{});
  CHECK_NOTHROW(remember_agent("/proc/nonexistent", "vm1", "u/7", seen(), clock.now()));
}
