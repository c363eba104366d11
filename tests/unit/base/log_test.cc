#include "base/log.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

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

logging::Sinks to_syslog(const std::string& tag, const std::string& socket) {
  logging::Sinks sinks;
  sinks.tag = tag;
  sinks.facility = logging::facility_of("daemon");
  sinks.on_stderr = logging::OnStderr::none;
  sinks.syslog_socket = socket;
  return sinks;
}

logging::Sinks to_files(const havc::test::TemporaryFolder& folder) {
  logging::Sinks sinks = to_syslog("t", folder / "missing");
  sinks.file = folder / "log/ha.log";
  sinks.debug_file = folder / "log/ha.debug";
  sinks.debug = true;
  return sinks;
}

/// Of a file that a process of ours writes, once all of them have ended.
std::string content_of(const std::string& path) {
  constexpr std::size_t kMost = 1 << 20;
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  return havc::read_file(path, kMost);
}

struct RestoredLog {
  ~RestoredLog() { logging::configure({}); }
};

}  // namespace

TEST_CASE("a line goes to syslog with facility, priority and tag", "[log]") {
  const RestoredLog restored;
  const havc::test::TemporaryFolder folder;
  const auto daemon = listen_at(folder / "log");
  logging::configure(to_syslog("LibvirtQemu(vm1)", folder / "log"));
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
  logging::configure(to_syslog("t", folder / "log"));
  for (int i = 0; i < 10000; ++i) logging::info("a line that soon finds the queue full");  // would block for ever
  logging::configure(to_syslog("t", folder / "missing"));
  logging::info("nobody there");
  SUCCEED();
}

TEST_CASE("lines of a log file have its layout and are written once they are handed over", "[log]") {
  const RestoredLog restored;
  const havc::test::TemporaryFolder folder;
  auto sinks = to_files(folder);
  sinks.date_format = "DATE ";
  sinks.tag = "LibvirtQemu(vm1)[7]";
  sinks.process_id = false;
  logging::configure(sinks);
  logging::info("two\nlines");
  logging::debug("detail");
  CHECK_FALSE(std::filesystem::exists(sinks.file));
  logging::hand_over();
  CHECK(content_of(sinks.file) == "DATE  LibvirtQemu(vm1)[7]:    INFO: two lines\n");
  CHECK(content_of(sinks.debug_file) == "LibvirtQemu(vm1)[7]:\tDATE INFO: two lines\nLibvirtQemu(vm1)[7]:\tDATE DEBUG: detail\n");
}

TEST_CASE("a debug log that is the log file gets each line once", "[log]") {
  const RestoredLog restored;
  const havc::test::TemporaryFolder folder;
  auto sinks = to_files(folder);
  sinks.debug_file = sinks.file;
  logging::configure(sinks);
  logging::warn("trouble");
  logging::hand_over();
  const std::string content = content_of(sinks.file);
  CHECK_THAT(content, Catch::Matchers::EndsWith(":    WARNING: trouble\n"));
  CHECK(std::count(content.begin(), content.end(), '\n') == 1);
}

TEST_CASE("ha_logger gets each line as an argument", "[log]") {
  const RestoredLog restored;
  const havc::test::TemporaryFolder folder;
  logging::Sinks sinks = to_syslog("tag", folder / "missing");
  sinks.process_id = false;
  sinks.logger = folder.write("ha_logger", "#!/bin/sh\nprintf '<%s>' \"$@\" >>" + (folder / "said") + "\n");
  std::filesystem::permissions(sinks.logger, std::filesystem::perms::owner_all);
  logging::configure(sinks);
  logging::warn("it's $HOME");
  logging::hand_over();
  CHECK(content_of(folder / "said") == "<-t><tag><-D><ha-log><WARNING: it's $HOME>");
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
