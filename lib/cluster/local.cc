#include "cluster/local.h"

#include <algorithm>

#include "cluster/evidence.h"

namespace havc::cluster {

namespace {

Word word_of(const domain::Inspection& domain) {
  switch (domain.state) {
    case domain::State::crashed:
      return Word::failed;
    case domain::State::paused:
    case domain::State::pmsuspended:
      return Word::paused;
    default:
      return Word::started;
  }
}

}  // namespace

std::optional<State> state_of_local(const std::string& home, const Known& known) {
  State state;
  std::vector<std::string> silent;
  const Sighting* at_home = nullptr;
  for (const auto& each : known.sightings) {
    if (each.answer == Sighting::Answer::none) silent.push_back(each.node);
    if (each.holds_guest()) state.nodes.push_back(each.node);
    if (each.node == home && each.answer != Sighting::Answer::none) at_home = &each;
  }
  std::sort(state.nodes.begin(), state.nodes.end());
  if (!silent.empty()) state.doubts.push_back("libvirt did not answer on " + list(silent));
  if (state.nodes.size() > 1) {
    state.word = Word::duplicate;
    state.reason = "active on " + list(state.nodes) + "; stop it on all but one by hand";
  } else if (!state.nodes.empty() && state.nodes.front() != home) {
    state.word = Word::foreign;
    state.reason = "runs on " + state.nodes.front() + "; it belongs on " + home;
  } else if (at_home == nullptr) {
    return {};
  } else if (state.nodes.empty()) {
    state.word = Word::stopped;
  } else {
    state.word = word_of(at_home->domain);
    if (state.word != Word::started) state.reason = domain::describe(at_home->domain);
  }
  return state;
}

}  // namespace havc::cluster
