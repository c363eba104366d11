#include "base/trace.h"

#include "base/file.h"
#include "base/log.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace trace = havc::trace;
using Catch::Matchers::Contains;

namespace {

template <class Work>
std::string traced(Work&& work) {
  const havc::test::TemporaryFolder folder;
  trace::start(folder / "trace");
  work();
  trace::stop();
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  return havc::read_file(folder / "trace", 10000);
}

}  // namespace

TEST_CASE("a step says when it begins and how it ended, and gives its result", "[trace]") {
  int result = 0;
  const auto text = traced([&] { result = trace::step("look", [] { return 42; }); });
  CHECK(result == 42);
  CHECK_THAT(text, Contains(" > look\n") && Contains(" < look: done after "));
}

TEST_CASE("a step that throws says why", "[trace]") {
  const auto text = traced([] {
    CHECK_THROWS_AS(trace::step("look", []() -> int { throw std::runtime_error("too dark"); }), std::runtime_error);
  });
  CHECK_THAT(text, Contains(" < look: failed after ") && Contains(" ms: too dark\n"));
}

TEST_CASE("a trace has the log's lines, also those that the log leaves out", "[trace]") {
  havc::log::Sinks silent;
  silent.on_stderr = havc::log::OnStderr::none;
  havc::log::configure(silent);
  const auto text = traced([] { havc::log::debug("detail"); });
  havc::log::configure({});
  CHECK_THAT(text, Contains(" DEBUG: detail\n"));
}

TEST_CASE("without a trace a step is the call alone", "[trace]") {
  CHECK_FALSE(trace::on());
  CHECK(trace::step("look", [] { return 1; }) == 1);
}

TEST_CASE("a descriptor that is not open gets no trace, whoever opens it later", "[trace]") {
  constexpr int kClosed = 987;
  CHECK_THROWS_WITH(trace::start(kClosed), Contains("987 is not open"));
  CHECK_FALSE(trace::on());
}
