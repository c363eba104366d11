#include "base/worker.h"

#include "base/error.h"
#include "support/catch.h"

#include <future>

using namespace std::chrono_literals;
using havc::Deadline;
using havc::Error;
using havc::Fault;
using havc::Worker;

static Deadline in(havc::Duration time) { return Deadline::after(havc::system_clock(), time); }

TEST_CASE("a worker returns results and rethrows errors", "[worker]") {
  Worker worker("libvirt");
  CHECK(worker.run([] { return 41 + 1; }, in(30s)) == 42);
  CHECK_THROWS_AS(worker.run([] { throw Error(Fault::failed, "no"); }, in(30s)), Error);
  CHECK(worker.run([] { return std::string("again"); }, in(30s)) == "again");
}

TEST_CASE("a call that hangs is abandoned at the deadline and refused afterwards", "[worker]") {
  auto release = std::make_shared<std::promise<void>>();
  auto released = std::make_shared<std::promise<void>>();
  Worker worker("libvirt");
  auto hang = [release, released] {
    release->get_future().wait();
    released->set_value();
  };
  CHECK_THROWS_WITH(worker.run(hang, in(20ms)), "libvirt does not answer");
  CHECK(worker.stuck());
  CHECK_THROWS_AS(worker.run([] { return 1; }, in(30s)), Error);
  release->set_value();
  released->get_future().wait();
}

TEST_CASE("a file system that hangs is told with what to do", "[worker]") {
  const Deadline over = in(0s);
  auto release = std::make_shared<std::promise<void>>();
  const auto hang = [release] { release->get_future().wait(); };
  CHECK_THROWS_WITH(havc::file_system_of("/srv/vm1.xml").run(hang, over),
                    "the file system of '/srv/vm1.xml' does not answer; look at its storage or its network");
  release->set_value();
}
