#include "base/log.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <array>
#include <cstring>

namespace logging = havc::log;  // log alone is a function of <cmath>
using Catch::Matchers::Contains;
using havc::Descriptor;

namespace {

Descriptor listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Descriptor descriptor(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  REQUIRE(bind(descriptor.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return descriptor;
}

std::string receive(const Descriptor& from) {
  std::array<char, 4096> buffer{};
  const ssize_t count = recv(from.number(), buffer.data(), buffer.size(), 0);
  return count < 0 ? std::string("nothing") : std::string(buffer.data(), static_cast<std::size_t>(count));
}

struct RestoredLog {
  ~RestoredLog() { logging::configure({}); }
};

}  // namespace

TEST_CASE("a line goes to syslog with facility, priority and tag", "[log]") {
  const RestoredLog restored;
  const havc::test::TemporaryFolder folder;
  const auto daemon = listen_at(folder / "log");
  logging::configure({"LibvirtQemu(vm1)", logging::facility_of("daemon"), false, false, folder / "log"});
  logging::warn("two\nlines");
  const std::string line = receive(daemon);
  CHECK(line.rfind("<28>LibvirtQemu(vm1)[", 0) == 0);  // daemon is 3, times 8, plus warning 4
  CHECK_THAT(line, Contains("]: WARNING: two lines"));
  logging::debug("unwanted");
  CHECK(receive(daemon) == "nothing");
}

TEST_CASE("a syslog daemon that does not read delays nobody", "[log]") {
  const RestoredLog restored;
  const havc::test::TemporaryFolder folder;
  const auto daemon = listen_at(folder / "log");
  logging::configure({"t", logging::facility_of("local0"), false, false, folder / "log"});
  for (int i = 0; i < 10000; ++i) logging::info("a line that soon finds the queue full");  // would block for ever
  logging::configure({"t", logging::facility_of("local0"), false, false, folder / "missing"});
  logging::info("nobody there");
  SUCCEED();
}

TEST_CASE("standard error that nobody reads delays nobody", "[log]") {
  const RestoredLog restored;
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const Descriptor reader(ends[0]);
  const Descriptor writer(ends[1]);
  const Descriptor saved(dup(STDERR_FILENO));
  dup2(writer.number(), STDERR_FILENO);
  logging::configure({});
  for (int i = 0; i < 10000; ++i) logging::info("a line that soon finds the pipe full");  // would block for ever
  dup2(saved.number(), STDERR_FILENO);
}
