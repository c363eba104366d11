#include "base/input.h"

#include <unistd.h>

#include <array>
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
  CHECK(havc::write_output(pipe.in.number(), "a\nb"));
  pipe.in.reset();
  CHECK(pipe.read(3) == "a\nb");
  CHECK(pipe.read(3).empty());
}

TEST_CASE("input beyond the limit is refused", "[base]") {
  Pipe pipe;
  CHECK(havc::write_output(pipe.in.number(), "abcd"));
  CHECK_THROWS_WITH(pipe.read(3), Contains("more than 3 bytes"));
}

TEST_CASE("input that does not end is a timeout", "[base]") {
  Pipe pipe;
  CHECK_THROWS_WITH(pipe.read(3, 20ms), Contains("timed out"));
}

TEST_CASE("output to nobody is told", "[base]") {
  CHECK_FALSE(havc::write_output(-1, "x"));
}

}  // namespace
