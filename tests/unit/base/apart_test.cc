// Work in a process of its own: what it says comes back, and one that hangs holds nobody.

#include "base/apart.h"

#include "base/error.h"
#include "support/catch.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>

using namespace havc;

namespace {

Deadline in(std::chrono::milliseconds time) {
  return Deadline::after(system_clock(), time);
}

}  // namespace

TEST_CASE("what work apart says comes back in its order", "[apart]") {
  Apart apart([](const Apart::Say& say) {
    say("one");
    say("");
    say(std::string(100000, 'x'));  // more than a pipe holds
  });
  const auto said = apart.wait(in(std::chrono::minutes(1)));
  CHECK(said.problem.empty());
  CHECK(said.lines == std::vector<std::string>{"one", "", std::string(100000, 'x')});
}

TEST_CASE("of work apart that hangs, what it said before counts", "[apart]") {
  Apart apart([](const Apart::Say& say) {
    say("before");
    while (true) pause();
  });
  Apart::Said said;
  // It may need a moment to get there.
  said = apart.wait(in(std::chrono::seconds(2)));
  CHECK(said.lines == std::vector<std::string>{"before"});
  CHECK(said.problem == "no answer in time");
}

TEST_CASE("what work apart throws is told", "[apart]") {
  Apart apart([](const Apart::Say&) { throw Error(Fault::failed, "no luck", "try again"); });
  CHECK_THAT(apart.wait(in(std::chrono::minutes(1))).problem, Catch::Contains("no luck"));
}

TEST_CASE("work apart that is killed was not done", "[apart]") {
  Apart apart([](const Apart::Say& say) {
    say("half");
    kill(getpid(), SIGKILL);
  });
  const auto said = apart.wait(in(std::chrono::minutes(1)));
  CHECK(said.lines == std::vector<std::string>{"half"});
  CHECK(said.problem == "its process ended before it was done");
}

TEST_CASE("work apart that hangs keeps no pipe of its caller open", "[apart]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  Apart apart([](const Apart::Say&) {
    while (true) pause();
  });
  close(ends[1]);
  pollfd wanted{ends[0], POLLIN, 0};
  CHECK(poll(&wanted, 1, 60000) == 1);  // its end, as a connection sees it
  CHECK((wanted.revents & POLLHUP) != 0);
  close(ends[0]);
}
