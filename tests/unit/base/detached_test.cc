#include "base/detached.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

TEST_CASE("a detached program has its input, a session of its own, and no descriptor of the caller", "[detached]") {
  const havc::test::TemporaryFolder folder;
  const std::string done = folder.path() + "/done";
  const int open_end = dup(STDOUT_FILENO);  // without close-on-exec, as a careless library would leave it
  const std::string script = "exec >" + done + "; cat; set -- $(cat /proc/self/stat); test $6 = $$ && echo own; ls /proc/$$/fd";
  havc::start_detached({"/bin/sh", "-c", script}, "hello\n");
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  close(open_end);
  const auto words = havc::text::split(havc::read_file(done, 4096), "\n");
  CHECK(words == std::vector<std::string>{"hello", "own", "0", "1", "2"});
}

TEST_CASE("a missing program to detach is an error", "[detached]") {
  CHECK_THROWS_AS(havc::start_detached({"/nonexistent/program"}, ""), havc::Error);
}
