#include "havc/double.h"

#include "support/catch.h"

using namespace havc::cli;
using havc::cluster::State;
using havc::cluster::Word;

TEST_CASE("a VM that runs where Pacemaker does not know is refused, and both ways out are told",
          "[double]") {
  const auto error =
      refusal_of({.id = "WEB-01_intranet",
                  .state = State{.word = Word::foreign, .nodes = {"n3"}, .reason = "runs on n3"}});
  CHECK(error.problem() == "'WEB-01_intranet' is foreign: runs on n3; it would run twice");
  CHECK_THAT(error.remedy(), Catch::Contains("virsh shutdown WEB-01_intranet, on n3") &&
                                 Catch::Contains("--resource WEB-01_intranet --node n3"));
}

TEST_CASE("of a duplicate no node is guessed that is to go on", "[double]") {
  const auto error = refusal_of(
      {.id = "WEB-01_intranet",
       .state =
           State{.word = Word::duplicate, .nodes = {"n1", "n3"}, .reason = "active on n1, n3"}});
  CHECK_THAT(error.problem(), Catch::Contains("duplicate: active on n1, n3"));
  CHECK_THAT(error.remedy(), Catch::StartsWith("end all but one of them by hand"));
}
