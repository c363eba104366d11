#include "cluster/local.h"

#include "support/catch.h"

namespace {

using namespace havc::cluster;
namespace domain = havc::domain;

Sighting sighting(const std::string& node, domain::State state) {
  Sighting made{.node = node, .answer = Sighting::Answer::here};
  made.domain.state = state;
  return made;
}
Sighting absent(const std::string& node) {
  return {.node = node, .answer = Sighting::Answer::absent};
}
Sighting silent(const std::string& node) {
  return {.node = node};
}

TEST_CASE("a local virtual machine's word follows from libvirt alone", "[cluster]") {
  using Sightings = std::vector<Sighting>;
  const auto [sightings, word, reason] = GENERATE(table<Sightings, Word, std::string>({
      {{sighting("n1", domain::State::running), absent("n2")}, Word::started, ""},
      {{sighting("n1", domain::State::shutoff)}, Word::stopped, ""},
      {{absent("n1"), absent("n2")}, Word::stopped, ""},
      {{sighting("n1", domain::State::paused)}, Word::paused, "paused"},
      {{sighting("n1", domain::State::crashed)}, Word::failed, "crashed"},
      {{absent("n1"), sighting("n2", domain::State::running)},
       Word::foreign,
       "runs on n2; it belongs on n1"},
      {{silent("n1"), sighting("n2", domain::State::running)},
       Word::foreign,
       "runs on n2; it belongs on n1"},
      {{sighting("n2", domain::State::running), sighting("n1", domain::State::paused)},
       Word::duplicate,
       "active on n1, n2; stop it on all but one by hand"},
  }));
  const auto state = state_of_local("n1", {.id = "A_lab", .sightings = sightings});
  REQUIRE(state);
  CHECK(state->word == word);
  CHECK(state->reason == reason);
}

TEST_CASE("a local virtual machine whose node says nothing has no word", "[cluster]") {
  CHECK_FALSE(state_of_local("n1", {}));
  CHECK_FALSE(state_of_local("n1", {.sightings = {absent("n2")}}));
  CHECK_FALSE(state_of_local("n1", {.sightings = {silent("n1"), absent("n2")}}));
}

TEST_CASE("a node that is silent is a doubt of a local virtual machine, too", "[cluster]") {
  const auto state =
      state_of_local("n1", {.sightings = {sighting("n1", domain::State::running), silent("n2")}});
  REQUIRE(state);
  CHECK(state->doubts == std::vector<std::string>{"libvirt did not answer on n2"});
}

}  // namespace
