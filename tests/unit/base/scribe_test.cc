#include "base/scribe.h"

#include "base/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <optional>

using havc::Scribe;

namespace {

void wait_for_scribes() {
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
}

}  // namespace

TEST_CASE("a scribe appends, and makes what is missing, closed to others", "[scribe]") {
  const havc::test::TemporaryFolder folder;
  const std::string path = folder / "a/b/log";
  for (const auto* line : {"one\n", "two\n"}) {
    CHECK(Scribe(path).write(line));
    wait_for_scribes();
  }
  CHECK(havc::read_file(path, 100) == "one\ntwo\n");
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("what was told to a scribe outlives a caller that is killed", "[scribe]") {
  const havc::test::TemporaryFolder folder;
  const std::string path = folder / "log";
  const pid_t caller = fork();
  if (caller == 0) {
    std::optional<Scribe> scribe(path);
    scribe->write("the last words\n");
    kill(getpid(), SIGKILL);
  }
  wait_for_scribes();
  while (!std::ifstream(path) || havc::read_file(path, 100).empty()) usleep(1000);
  CHECK(havc::read_file(path, 100) == "the last words\n");
}

TEST_CASE("a scribe that cannot write delays nobody", "[scribe]") {
  const havc::test::TemporaryFolder folder;
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const int reader = open((folder / "fifo").c_str(), O_RDONLY | O_NONBLOCK);  // that never reads
  {
    Scribe scribe(folder / "fifo");
    const std::string line(1000, 'x');
    while (scribe.write(line)) {
    }
  }
  close(reader);
  wait_for_scribes();
}
