#include "change/await.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"

namespace havc::change {

namespace {

using cluster::Word;
using inventory::Wanted;
using std::chrono::seconds;

// Pacemaker has computed what to do long before (0.7 s for 400 machines), and begun.
constexpr auto kRest = seconds(15);
// Between an operation's end and the next one's beginning, on top of its own timeout.
constexpr auto kBetween = seconds(30);
constexpr auto kShortest = seconds(1);  // crm_mon costs each time
constexpr auto kLongest = seconds(4);

// A change that Pacemaker acts upon has shown by then: it computes 400 machines in 0.7 s.
constexpr auto kSettled = seconds(3);

struct Waiting {
  Goal goal;
  cluster::State state = {};
  Instant since = {};  ///< it is in this state
  int changes = 0;     ///< of its state; the first time it was seen is one
  std::optional<Waited> end = {};
};

std::string_view next_operation(const Waiting& vm) {
  if (vm.state.word == Word::migrating) return "migrate_to";
  const bool stop = vm.goal.wanted != Wanted::started || vm.state.word == Word::stopping;
  return stop ? "stop" : "start";
}

/// How long its next operation may take.
std::chrono::milliseconds bound_of(const cluster::Configuration& configuration, const Waiting& vm) {
  const cluster::Primitive* primitive = configuration.vm(vm.goal.id);
  if (primitive == nullptr) return kBetween;
  const auto operation = next_operation(vm);
  auto most = configuration.timeout(*primitive, operation);
  // What follows belongs to the same move: migrate_from, and the source's stop.
  if (operation == "migrate_to") {
    most += configuration.timeout(*primitive, "migrate_from");
    most += configuration.timeout(*primitive, "stop");
  }
  return most + kBetween;
}

/// All operations of all of them, one after the other.
Duration longest(const cluster::Configuration& configuration, const std::vector<Waiting>& vms) {
  Duration sum = kBetween;
  for (const auto& vm : vms) {
    const cluster::Primitive* primitive = configuration.vm(vm.goal.id);
    if (primitive == nullptr) continue;
    for (const auto* operation : {"stop", "start", "migrate_to", "migrate_from"})
      sum += configuration.timeout(*primitive, operation) + kBetween;
  }
  return sum;
}

std::string words_of(const cluster::State& state) {
  std::string words = "is " + std::string(name_of(state.word));
  if (!state.nodes.empty()) words += " on " + text::join(state.nodes, ", ");
  if (!state.reason.empty()) words += ": " + state.reason;
  if (!state.failure.empty() && state.reason.find(state.failure) == std::string::npos)
    words += "; " + state.failure;
  return words;
}

/// True for a word that only an administrator changes; resting: that nobody changes while the
/// cluster rests.
bool hopeless(Word word, bool resting) {
  switch (word) {
    case Word::duplicate:
    case Word::blocked:
    case Word::maintenance:
    case Word::unmanaged:
      return true;
    case Word::fencing:
    case Word::migrating:
    case Word::starting:
    case Word::stopping:
      return false;
    default:
      return resting;
  }
}

/// Its constraints ask for an attribute that nodes have or have not, such as "pingd".
bool asks_for_attributes(const cluster::Configuration& configuration, const std::string& id) {
  return std::any_of(configuration.locations.begin(), configuration.locations.end(),
                     [&](const cluster::Location& each) {
                       const auto& ids = each.resources;
                       return !each.attributes.empty() &&
                              std::find(ids.begin(), ids.end(), id) != ids.end();
                     });
}

/// How long the cluster rests before nothing more comes of `vm`. ping tells its first answer only
/// when it has been the same for "dampen"; until then no node may run the machine.
Duration rest_before_giving_up(const cluster::Configuration& configuration, const Waiting& vm) {
  Duration rest = kRest;
  if (vm.state.word != Word::waiting || !asks_for_attributes(configuration, vm.goal.id))
    return rest;
  for (const auto& each : configuration.others) {
    const auto dampen = each.parameters.find("dampen");
    if (each.agent != "ocf:pacemaker:ping" || dampen == each.parameters.end()) continue;
    if (const auto time = cluster::duration(dampen->second))
      rest = std::max<Duration>(rest, kRest + *time);
  }
  return rest;
}

class Watch {
 public:
  Watch(Pacemaker& pacemaker, const std::vector<Goal>& goals, const Tell& tell, const Pause& pause,
        Deadline deadline)
      : pacemaker_(pacemaker), tell_(tell), pause_(pause), deadline_(deadline) {
    vms_.reserve(goals.size());
    for (const auto& goal : goals) vms_.push_back({.goal = goal, .since = deadline.now()});
    progress_ = rest_ = deadline.now();
  }

  std::vector<Waited> run();

 private:
  Pacemaker& pacemaker_;
  const Tell& tell_;
  const Pause& pause_;
  Deadline deadline_;
  std::vector<Waiting> vms_ = {};
  cluster::Configuration configuration_ = {};
  bool bounded_ = false;  // the configuration's timeouts are known
  Instant progress_ = {};
  Instant rest_ = {};  // since when the cluster rests
  std::set<std::string> probed_ = {};
  std::string silence_ = {};

  bool done() const {
    return std::all_of(vms_.begin(), vms_.end(), [](const Waiting& vm) { return vm.end; });
  }
  void end(Waiting& vm, Waited::End how, std::string reason = {}) {
    vm.end = Waited{vm.goal.id, how, vm.state, std::move(reason)};
  }
  void look();
  void read_configuration();
  void take_probes();
  void take(const cluster::Status& status);
  void judge(Waiting& vm, Duration rest);
  void end_late_ones();
  void report() const;
};

void Watch::read_configuration() {
  configuration_ = cluster::parse_configuration(pacemaker_.cib(deadline_), "cibadmin");
  if (bounded_) return;
  bounded_ = true;
  deadline_ = deadline_.capped(longest(configuration_, vms_));
}

bool moves(const cluster::Status& status) {
  return std::any_of(status.resources.begin(), status.resources.end(), [](const auto& each) {
    return each.pending == cluster::Pending::migrate || each.nodes.size() > 1;
  });
}

void Watch::look() {
  const auto status = pacemaker_.status(deadline_);
  const bool resting = deadline_.now() - rest_ >= kRest;
  // Only the CIB's history tells a migration from a machine on two nodes, and rest from probes,
  // which take 5 s each on a node whose libvirt hangs.
  if (!bounded_ || moves(status) || resting) read_configuration();
  if (resting) take_probes();
  take(status);
  silence_.clear();
}

void Watch::take_probes() {
  if (!configuration_.probed.empty()) rest_ = deadline_.now();
  if (configuration_.probed != probed_) progress_ = deadline_.now();
  probed_ = configuration_.probed;
}

void Watch::take(const cluster::Status& status) {
  if (!at_rest(status)) rest_ = deadline_.now();
  const cluster::Overview overview(status, &configuration_);
  for (auto& vm : vms_) {
    if (vm.end) continue;
    auto state = cluster::state_of(overview, {.id = vm.goal.id, .wanted = vm.goal.wanted});
    if (state.word != vm.state.word || state.nodes != vm.state.nodes) {
      vm.since = progress_ = rest_ = deadline_.now();
      ++vm.changes;
    }
    vm.state = std::move(state);
  }
  for (auto& vm : vms_) {
    if (!vm.end) judge(vm, deadline_.now() - rest_);
  }
}

void Watch::judge(Waiting& vm, Duration rest) {
  if (reached(vm.goal.wanted, vm.state.word)) {
    // One that was there from the start may be about to be restarted.
    if (vm.changes > 1 || rest >= kSettled) end(vm, Waited::End::reached);
  } else if (hopeless(vm.state.word, rest >= rest_before_giving_up(configuration_, vm))) {
    end(vm, Waited::End::failed, words_of(vm.state));
  }
}

void Watch::end_late_ones() {
  for (auto& vm : vms_) {
    const auto waited = deadline_.now() - progress_;
    if (vm.end || (!deadline_.expired() && waited <= bound_of(configuration_, vm))) continue;
    const auto whole = std::chrono::duration_cast<seconds>(deadline_.now() - vm.since).count();
    if (silence_.empty() && reached(vm.goal.wanted, vm.state.word)) {
      end(vm, Waited::End::reached);
      continue;
    }
    end(vm, Waited::End::late,
        silence_.empty() ? fmt::format("{}, since {} s", words_of(vm.state), whole) : silence_);
  }
}

void Watch::report() const {
  Progress progress{.total = vms_.size()};
  const Waiting* latest = nullptr;
  for (const auto& vm : vms_) {
    if (vm.end && vm.end->end == Waited::End::reached) ++progress.reached;
    // One that is being worked on tells more than one that waits for its turn.
    const auto rank = [](const Waiting& each) {
      return std::pair(!hopeless(each.state.word, true) ? 0 : 1, each.since);
    };
    if (!vm.end && (latest == nullptr || rank(vm) < rank(*latest))) latest = &vm;
  }
  if (latest != nullptr) {
    progress.id = latest->goal.id;
    progress.operation = next_operation(*latest);
    progress.place = passage_of(pacemaker_, latest->goal.id, latest->state, deadline_);
    progress.since = std::chrono::duration_cast<seconds>(deadline_.now() - latest->since);
    progress.most = std::chrono::duration_cast<seconds>(bound_of(configuration_, *latest));
  }
  tell_(progress);
}

std::vector<Waited> Watch::run() {
  Duration interval = kShortest;
  while (!done()) {
    const auto before = progress_;
    try {
      look();
    } catch (const Error& error) {
      silence_ = error.problem();
    }
    end_late_ones();
    report();
    if (done()) break;
    interval =
        progress_ != before ? Duration(kShortest) : std::min<Duration>(interval * 5 / 4, kLongest);
    if (pause_(interval, deadline_)) {
      for (auto& vm : vms_) {
        if (!vm.end) end(vm, Waited::End::interrupted, words_of(vm.state));
      }
    }
  }
  std::vector<Waited> result;
  result.reserve(vms_.size());
  for (auto& vm : vms_) result.push_back(std::move(*vm.end));
  return result;
}

}  // namespace

std::string passage_of(Pacemaker& pacemaker, const std::string& id, const cluster::State& state,
                       Deadline deadline) {
  if (state.word != Word::migrating || state.from.empty()) return {};
  std::string place = state.to.empty() ? "from " + state.from : state.from + " to " + state.to;
  if (const auto percent = pacemaker.migrated(id, state.from, deadline))
    place += fmt::format(", {} %", *percent);
  return place;
}

bool reached(Wanted wanted, Word word) {
  if (wanted == Wanted::started) return word == Word::started;
  return word == Word::stopped || word == Word::disabled || word == Word::undefined;
}

bool at_rest(const cluster::Status& status) {
  if (!status.dc) return false;
  const auto works = [](const auto& each) { return each.pending != cluster::Pending::none; };
  const auto fences = [](const auto& each) {
    return each.progress == cluster::Fencing::Progress::pending;
  };
  const auto joins = [](const auto& each) { return each.pending || each.unclean; };
  return std::none_of(status.resources.begin(), status.resources.end(), works) &&
         std::none_of(status.fencing.begin(), status.fencing.end(), fences) &&
         std::none_of(status.nodes.begin(), status.nodes.end(), joins);
}

std::vector<Waited> await(Pacemaker& pacemaker, const std::vector<Goal>& goals, const Tell& tell,
                          const Pause& pause, Deadline deadline) {
  if (goals.empty()) return {};
  return Watch(pacemaker, goals, tell, pause, deadline).run();
}

}  // namespace havc::change
