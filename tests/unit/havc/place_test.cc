#include "havc/place.h"

#include "support/catch.h"

using namespace havc::cli;
using havc::cluster::State;
using havc::cluster::Word;
using Words = std::vector<std::string>;

TEST_CASE("a VM on one node is there, whatever else is with it", "[place]") {
  const auto word = GENERATE(Word::started, Word::paused, Word::stopping, Word::starting,
                             Word::maintenance, Word::unmanaged, Word::blocked, Word::failed);
  CHECK(node_of("WEB-01", {.word = word, .nodes = {"n2"}}) == "n2");
}

TEST_CASE("where nobody knows the node it is told, not guessed", "[place]") {
  const auto [state, problem, remedy] = GENERATE(table<State, std::string, std::string>({
      {{.word = Word::duplicate, .nodes = {"n1", "n2"}},
       "runs on several nodes, or may: n1, n2",
       "stop one"},
      {{.word = Word::migrating, .nodes = {"n1", "n2"}, .from = "n1", .to = "n2"},
       "moves from n1 to n2",
       "try again"},
      {{.word = Word::fencing, .nodes = {"n1"}}, "is to be fenced: n1", "--on"},
      {{.word = Word::stopped}, "runs nowhere: it is stopped", "havc start"},
      {{.word = Word::waiting, .reason = "no room"},
       "runs nowhere: it is waiting: no room",
       "havc start"},
      {{.word = Word::blocked, .nodes = {"n1", "n2"}}, "is on several nodes: n1, n2", "--on NODE"},
  }));
  try {
    node_of("WEB-01", state);
    FAIL("no error");
  } catch (const havc::Error& error) {
    CHECK(error.fault() == havc::Fault::failed);
    CHECK_THAT(error.problem(), Catch::StartsWith("'WEB-01' ") && Catch::Contains(problem));
    CHECK_THAT(error.remedy(), Catch::Contains(remedy));
  }
}

TEST_CASE("the domain's name follows virsh's command, or stands where it is wanted", "[place]") {
  CHECK(with_domain({"domstate", "--reason"}, "A_b") == Words{"domstate", "A_b", "--reason"});
  CHECK(with_domain({"set", "--domain", "{}", "{}"}, "A_b") ==
        Words{"set", "--domain", "A_b", "A_b"});
}
