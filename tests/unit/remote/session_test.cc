#include "remote/session.h"

#include "support/catch.h"

#include <chrono>

using namespace std::chrono_literals;
using havc::Deadline;
using havc::remote::Session;

/// As ssh's other side does it: a shell has the line.
static Session::End run(const std::vector<std::string>& arguments, const std::string& input,
                        const std::string& before = "") {
  const Session session(arguments, "mark");
  return session.end_of(havc::run_process({"sh", "-c", before + session.line()}, input,
                                          Deadline::after(havc::system_clock(), 60s)));
}

TEST_CASE("outputs and exit code are the program's alone", "[session]") {
  const auto code = GENERATE(0, 1, 126, 127, 255);
  const auto end =
      run({"sh", "-c", "cat; echo two >&2; exit " + std::to_string(code)}, "go\none");
  CHECK(end.began);
  CHECK_FALSE(end.missing);
  CHECK(end.exit_code == code);
  CHECK(end.output == "one");
  CHECK(end.errors == "two\n");
}

TEST_CASE("a program that was killed has 128 and the signal for an exit code", "[session]") {
  CHECK(run({"sh", "-c", "kill -9 $$"}, "go\n").exit_code == 137);
}

TEST_CASE("arguments reach the program as they are", "[session]") {
  CHECK(run({"printf", "%s|", "a b", "$HOME", "';x", "`y`", "-n", "", "\n"}, "go\n").output ==
        "a b|$HOME|';x|`y`|-n||\n|");
}

TEST_CASE("what login scripts say is none of the program's words", "[session]") {
  const auto end = run({"echo", "said"}, "go\n", "echo hello; echo hello >&2; ");
  CHECK(end.output == "said\n");
  CHECK(end.errors == "");
}

TEST_CASE("words without line end do not hide how a program ended", "[session]") {
  const auto end = run({"sh", "-c", "printf half >&2; exit 7"}, "go\n");
  CHECK(end.exit_code == 7);
  CHECK(end.errors == "half");
}

TEST_CASE("a program that is missing is told from one that ends with 127", "[session]") {
  const auto end = run({"havc-no-such-program"}, "go\n");
  CHECK(end.missing);
  CHECK_FALSE(end.exit_code);
}

TEST_CASE("a shell's own word is no program", "[session]") {
  CHECK(run({"exit", "0"}, "go\n").exit_code == 127);
}

TEST_CASE("nothing is run for a connection that was given up", "[session]") {
  const auto input = GENERATE("", "g", "stop\n");
  const auto end = run({"echo", "said"}, input);
  CHECK_FALSE(end.exit_code);
  CHECK(end.output == "");
}

TEST_CASE("without the shell's word nothing has begun, and ssh's words remain", "[session]") {
  const auto end = Session({"true"}, "mark").end_of({255, "", "ssh: no way\n"});
  CHECK_FALSE(end.began);
  CHECK(end.errors == "ssh: no way\n");
}

TEST_CASE("half of a last word is none", "[session]") {
  const auto end = Session({"true"}, "mark").end_of({255, "mark\n", "mark\nmark 1"});
  CHECK(end.began);
  CHECK_FALSE(end.exit_code);
}
