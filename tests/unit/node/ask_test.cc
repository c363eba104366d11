// Who answers is the one who was asked, or there is no report.

#include "node/ask.h"

#include "support/catch.h"

using namespace havc;
using namespace havc::node;

namespace {

const remote::Host kAsked{"n1", "10.99.0.1", false};

/// What comes of the question when this is what the node says of its name.
NodeReport answered(const Answer<std::string>& name) {
  Report report;
  report.name = name;
  return report_of(kAsked, ProcessResult{0, to_json(report), ""});
}

}  // namespace

TEST_CASE("a node that says it is another one is trouble that names both", "[node]") {
  const auto answer = answered(std::string("n2"));
  CHECK_FALSE(answer.report);
  CHECK(answer.another == "n2");
  REQUIRE(answer.trouble);
  CHECK(answer.trouble->fault() == Fault::misconfigured);
  CHECK(answer.trouble->problem() == "node 'n1' (10.99.0.1) says that it is node 'n2'");
  CHECK(answer.trouble->remedy() ==
        "give 'n1' its own address in cluster.toml, or call it as its cluster does");
}

TEST_CASE("the name that is asked for may be written in capitals", "[node]") {
  CHECK(answered(std::string("N1")).report);
}

TEST_CASE("a node whose cluster does not tell its name is believed", "[node]") {
  const auto answer = answered(Answer<std::string>::none("Could not connect to controller"));
  CHECK(answer.report);
  CHECK(answer.another.empty());
  CHECK(answered({}).report);
}

TEST_CASE("whoever is asked is asked for its name", "[node]") {
  const auto command = command_of({.files = true});
  const auto question = parse_question(command.input, "standard input");
  CHECK(question.name);
  CHECK(question.files);
}
