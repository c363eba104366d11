#include "base/input.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "base/descriptor.h"
#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using havc::Deadline;
using havc::Descriptor;
using havc::read_input;

Deadline in(havc::Duration time) {
  return Deadline::after(havc::system_clock(), time);
}

struct Pipe {
  Descriptor out, in;
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  std::string read(std::size_t most, havc::Duration time = 20s) const {
    return read_input(out.number(), most, Deadline::after(havc::system_clock(), time));
  }
};

TEST_CASE("input is read until the other side closes", "[base]") {
  Pipe pipe;
  CHECK(havc::write_output(pipe.in.number(), "a\nb", in(20s)));
  pipe.in.reset();
  CHECK(pipe.read(3) == "a\nb");
  CHECK(pipe.read(3).empty());
}

TEST_CASE("input beyond the limit is refused", "[base]") {
  Pipe pipe;
  CHECK(havc::write_output(pipe.in.number(), "abcd", in(20s)));
  CHECK_THROWS_WITH(pipe.read(3), Contains("more than 3 bytes"));
}

TEST_CASE("input that does not end is a timeout", "[base]") {
  Pipe pipe;
  CHECK_THROWS_WITH(pipe.read(3, 20ms), Contains("timed out"));
}

TEST_CASE("output to nobody is told", "[base]") {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.out.reset();
  CHECK_FALSE(havc::write_output(pipe.in.number(), "x", in(20s)));
}

TEST_CASE("output that nobody reads holds nobody past the deadline", "[base]") {
  Pipe pipe;
  const std::string more_than_a_pipe_holds(1 << 20, 'x');
  CHECK_FALSE(havc::write_output(pipe.in.number(), more_than_a_pipe_holds, in(50ms)));
}

}  // namespace
