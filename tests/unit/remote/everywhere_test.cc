#include "remote/everywhere.h"

#include "support/catch.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>

using namespace std::chrono_literals;
using namespace havc::remote;
using havc::Deadline;
using havc::Error;
using havc::ProcessResult;

static Deadline soon() { return Deadline::after(havc::system_clock(), 60s); }

static std::vector<Host> hosts(int count) {
  std::vector<Host> result;
  for (int i = 1; i <= count; ++i) result.push_back({"n" + std::to_string(i), "", false});
  return result;
}

/// Says the host's name; the third is not reached.
static ProcessResult answer(const Host& host, const Command& /*command*/, Deadline /*deadline*/) {
  if (host.name == "n3") throw Error(havc::Fault::unreachable, "n3 is away");
  return {0, host.name, ""};
}

TEST_CASE("answers are in the order of the hosts, errors among them", "[everywhere]") {
  const auto answers = everywhere(answer, hosts(5), {{"true"}}, {}, soon());
  REQUIRE(answers.size() == 5);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (i == 2)
      CHECK(std::get<Error>(answers[i]).problem() == "n3 is away");
    else
      CHECK(std::get<ProcessResult>(answers[i]).output == "n" + std::to_string(i + 1));
  }
}

TEST_CASE("each host can have a command of its own", "[everywhere]") {
  const auto echo = [](const Host& host, const Command& command, Deadline) {
    return ProcessResult{0, host.name + command.arguments[0], ""};
  };
  const auto answers = everywhere(echo, {{{"a"}, {{"1"}}}, {{"b"}, {{"2"}}}}, {}, soon());
  CHECK(std::get<ProcessResult>(answers[0]).output == "a1");
  CHECK(std::get<ProcessResult>(answers[1]).output == "b2");
}

TEST_CASE("nobody to ask is no answer", "[everywhere]") {
  CHECK(everywhere(answer, std::vector<Host>{}, {{"true"}}, {}, soon()).empty());
}

TEST_CASE("all hosts are asked at once", "[everywhere]") {
  std::atomic<int> begun = 0;
  const auto wait_for_all = [&](const Host&, const Command&, Deadline deadline) {
    ++begun;
    while (begun < 24 && !deadline.expired()) deadline.pause(1ms);
    return ProcessResult{begun, "", ""};
  };
  for (const auto& each : everywhere(wait_for_all, hosts(24), {{"true"}}, {}, soon()))
    CHECK(std::get<ProcessResult>(each).exit_code == 24);
}

TEST_CASE("no more hosts than the limit are asked at once", "[everywhere]") {
  std::atomic<int> busy = 0, most = 0;
  const auto count = [&](const Host&, const Command&, Deadline deadline) {
    const int now = ++busy;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    deadline.pause(2ms);
    --busy;
    return ProcessResult{};
  };
  CHECK(everywhere(count, hosts(100), {{"true"}}, {}, soon()).size() == 100);
  CHECK(most <= kMostAtOnce);
}

TEST_CASE("every answer is told once, as it comes", "[everywhere]") {
  std::multiset<std::string> told;
  int errors = 0;
  const auto progress = [&](const Errand& errand, const Answer& each) {
    told.insert(errand.host.name);
    errors += std::holds_alternative<Error>(each) ? 1 : 0;
  };
  everywhere(answer, hosts(5), {{"true"}}, progress, soon());
  CHECK(told == std::multiset<std::string>{"n1", "n2", "n3", "n4", "n5"});
  CHECK(errors == 1);
}

TEST_CASE("each is given the same deadline", "[everywhere]") {
  const Deadline deadline = soon();
  const auto look = [&](const Host&, const Command&, Deadline given) {
    return ProcessResult{given.end() == deadline.end() ? 0 : 1, "", ""};
  };
  for (const auto& each : everywhere(look, hosts(3), {{"true"}}, {}, deadline))
    CHECK(std::get<ProcessResult>(each).exit_code == 0);
}

TEST_CASE("what is no Error comes back to the caller", "[everywhere]") {
  const auto fail = [](const Host&, const Command&, Deadline) -> ProcessResult {
    throw std::logic_error("a bug");
  };
  CHECK_THROWS_AS(everywhere(fail, hosts(40), {{"true"}}, {}, soon()), std::logic_error);
}
