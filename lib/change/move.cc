// Longer than others because move() reads from top to bottom.
#include "change/move.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/calendar.h"
#include "base/text.h"
#include "change/cib.h"
#include "change/edit.h"
#include "change/patch.h"
#include "change/simulate.h"

namespace havc::change {

namespace {

using cluster::Word;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kForChange = minutes(2);
constexpr auto kBegins = seconds(30);  // Pacemaker computes 400 machines in 0.7 s; a busy one later
constexpr auto kInterval = seconds(1);  // a migration of an idle guest takes 2 s
// Rest of the cluster after which a machine that has left and not arrived stays where it is: when a
// migration has failed, Pacemaker has stopped it on both nodes and computed anew long before.
constexpr auto kSettled = seconds(15);
// After the timeouts, until the constraint does nothing any more if nobody has removed it.
constexpr auto kMargin = minutes(15);

/// A reason to be on a node, or not to be there, until `until` (seconds since 1970).
std::string constraint_of(const std::string& id, const std::string& node, const std::string& score,
                          std::int64_t until) {
  const std::string name = move_constraint(id);
  return fmt::format(
      R"(<rsc_location id="{0}" rsc="{1}"><rule id="{0}-rule" score="{2}" boolean-op="and">)"
      R"(<expression id="{0}-node" attribute="#uname" operation="eq" value="{3}"/>)"
      R"(<date_expression id="{0}-end" operation="lt" end="{4}"/></rule></rsc_location>)",
      name, id, score, node, utc_time("%Y-%m-%d %H:%M:%SZ", until));
}

void take_out(Cib& cib, const std::string& id) {
  if (const auto old = cib.by_id(move_constraint(id))) cib.remove(*old);
}

std::string with_constraint(const std::string& text, const std::string& id,
                            const std::string& constraint) {
  Cib cib(text, "the configuration");
  take_out(cib, id);
  const auto piece = xml::Tree::parse(constraint, "the constraint");
  cib.add(cib.section_or_new("constraints"), piece.root());
  return cib.text();
}

std::string without_constraint(const std::string& text, const std::string& id) {
  Cib cib(text, "the configuration");
  take_out(cib, id);
  return cib.text();
}

std::int64_t seconds_since_1970() {
  return std::chrono::duration_cast<seconds>(std::chrono::nanoseconds(calendar_nanoseconds()))
      .count();
}

const Action* action_of(const Simulation& simulation, const std::string& id) {
  const auto found = std::find_if(simulation.actions.begin(), simulation.actions.end(),
                                  [&](const Action& each) { return each.resource == id; });
  return found == simulation.actions.end() ? nullptr : &*found;
}

/// What is done in `with` and not in `before` anyway.
std::vector<std::string> consequences(const Simulation& before, const Simulation& with,
                                      const std::string& id) {
  std::vector<std::string> words;
  for (const auto& each : with.actions) {
    const Action* anyway = action_of(before, each.resource);
    if (each.resource != id && (anyway == nullptr || anyway->words() != each.words()))
      words.push_back(each.resource + " " + each.words());
  }
  for (const auto& each : with.nodes) {
    if (std::find(before.nodes.begin(), before.nodes.end(), each) == before.nodes.end())
      words.push_back(each);
  }
  return words;
}

/// Where it runs, quietly.
std::string place_of(const cluster::Overview& overview, const std::string& id) {
  const auto state = cluster::state_of(overview, {.id = id, .wanted = {}});
  if (state.word == Word::started && state.nodes.size() == 1 && overview.stranded(id) == nullptr)
    return state.nodes.front();
  std::string words = text::quote(id) + " is " + std::string(name_of(state.word));
  if (!state.reason.empty()) words += ": " + state.reason;
  throw Error(Fault::failed, words + "; only what runs quietly on one node can be moved",
              "wait, or look at it with havc show");
}

seconds operations_of(const cluster::Configuration& configuration, const std::string& id) {
  std::chrono::milliseconds sum{0};
  const cluster::Primitive* vm = configuration.vm(id);
  for (const auto* operation : {"migrate_to", "migrate_from", "stop", "start"})
    sum += vm == nullptr ? std::chrono::milliseconds(0) : configuration.timeout(*vm, operation);
  return std::chrono::ceil<seconds>(sum);
}

/// It moves, or is about to: its configuration must not change now.
bool in_motion(const cluster::Overview& overview, const cluster::State& state,
               const std::string& id) {
  const bool goes =
      state.word == Word::migrating || state.word == Word::starting || state.word == Word::stopping;
  return goes || overview.migration(id) != nullptr || state.nodes.size() > 1;
}

class Journey {
 public:
  Journey(Pacemaker& pacemaker, const MovePlan& plan, const Tell& tell, const Pause& pause,
          Deadline deadline)
      : pacemaker_(pacemaker),
        plan_(plan),
        tell_(tell),
        pause_(pause),
        deadline_(deadline),
        before_(cluster::parse_configuration(plan.base, "the plan")),
        begin_(deadline.now()),
        rest_(begin_) {}

  Moved run();

 private:
  Pacemaker& pacemaker_;
  const MovePlan& plan_;
  const Tell& tell_;
  const Pause& pause_;
  Deadline deadline_;
  cluster::Configuration before_;
  Instant begin_;
  Instant rest_;  // since when the cluster rests
  Moved moved_ = {};
  bool known_ = false;   // the last look had an answer
  bool moving_ = false;  // by it
  bool begun_ = false;

  void look();
  bool over() const;
  void tell() const;
  void remove();
};

void Journey::look() {
  const auto status = pacemaker_.status(deadline_);
  const auto configuration = cluster::parse_configuration(pacemaker_.cib(deadline_), "cibadmin");
  const cluster::Overview overview(status, &configuration);
  auto state = cluster::state_of(overview, {.id = plan_.id, .wanted = {}});
  moving_ = in_motion(overview, state, plan_.id) || overview.stranded(plan_.id) != nullptr;
  moved_.there = !moving_ && state.word == Word::started && state.nodes == std::vector{plan_.to};
  begun_ = begun_ || moving_ || state.nodes != std::vector{plan_.from};
  moved_.way =
      moved_.there ? way_of(before_, configuration, plan_.id, plan_.from, plan_.to) : Way::unknown;
  const bool same = state.word == moved_.state.word && state.nodes == moved_.state.nodes;
  if (!same || !at_rest(status)) rest_ = deadline_.now();
  moved_.state = std::move(state);
  known_ = true;
}

/// Between its stop and its start it is on no node, and a failed migration leaves it for a moment
/// as if nothing more would come: only rest tells.
bool Journey::over() const {
  if (moving_ || !known_) return false;
  if (moved_.there) return true;
  return deadline_.now() - rest_ >= (begun_ ? kSettled : kBegins);
}

void Journey::tell() const {
  tell_({.reached = moved_.there ? 1U : 0U,
         .total = 1,
         .id = moved_.there ? "" : plan_.id,
         .operation = "move",
         .place =
             passage_of(pacemaker_, plan_.id, known_ ? moved_.state : cluster::State{}, deadline_),
         .since = std::chrono::duration_cast<seconds>(deadline_.now() - begin_),
         .most = plan_.most});
}

Moved Journey::run() {
  const Deadline end = deadline_.capped(plan_.most + kBegins + seconds(60));
  while (true) {
    known_ = false;
    try {
      look();
    } catch (const Error& error) {
      moved_.reason = error.problem();  // it may be moving: nothing is changed before it is known
    }
    tell();
    if (over() || end.expired()) break;
    if (moved_.interrupted && known_ && !begun_) break;
    const bool wants_end = pause_(kInterval, end);
    // The pause itself returns at once from now on; the first time, it is looked again before
    // anything is taken away.
    if (wants_end && moved_.interrupted) end.pause(kInterval);
    moved_.interrupted = moved_.interrupted || wants_end;
  }
  if (known_) moved_.reason.clear();
  if (known_ && !moved_.there) {
    moved_.reason =
        fmt::format("{} is {}{}{}", plan_.id, name_of(moved_.state.word),
                    moved_.state.nodes.empty() ? "" : " on ", text::join(moved_.state.nodes, ", "));
    if (!moved_.state.failure.empty()) moved_.reason += "; " + moved_.state.failure;
  }
  remove();
  return moved_;
}

/// Not while it moves: then the constraint's own end is the better one.
void Journey::remove() {
  if (moving_ || !known_) {
    moved_.left = "the move is not known to have ended";
    return;
  }
  try {
    edit_cib(
        pacemaker_, [&](const std::string& cib) { return without_constraint(cib, plan_.id); },
        deadline_.capped(kForChange));
  } catch (const Error& error) {
    moved_.left = error.problem();
  }
}

}  // namespace

std::string move_constraint(const std::string& id) {
  return "havc-move-" + id;
}

MovePlan plan_move(const std::string& cib, const cluster::Status& status, const std::string& id,
                   const std::string& to, Deadline deadline) {
  const auto configuration = cluster::parse_configuration(cib, "cibadmin");
  const cluster::Overview overview(status, &configuration);
  MovePlan plan{.base = cib, .id = id, .from = place_of(overview, id), .to = to};
  plan.most = operations_of(configuration, id);
  if (plan.from == to) return plan;
  const auto now = simulate(cib, {}, deadline);
  const auto until = seconds_since_1970() + plan.most.count() + seconds(kMargin).count();
  const auto constraint = to.empty() ? constraint_of(id, plan.from, "-INFINITY", until)
                                     : constraint_of(id, to, "INFINITY", until);
  const auto with = simulate(with_constraint(cib, id, constraint), {}, deadline);
  const Action* action = action_of(with, id);
  const bool moves = action != nullptr && (action->what == "migrate" || action->what == "move") &&
                     !action->blocked && (to.empty() || action->to == to);
  if (!moves) {
    throw Error(
        Fault::failed,
        fmt::format("Pacemaker would not move {} from {} to {}: {}", text::quote(id), plan.from,
                    to.empty() ? "another node" : to,
                    action == nullptr ? "it would leave it there" : "it " + action->words()),
        "look for constraints, room and the state of that node: havc show, crm_mon");
  }
  plan.to = action->to;
  plan.live = action->what == "migrate";
  plan.others = consequences(now, with, id);
  const auto later = simulate(
      cib,
      {fmt::format("{}_stop_0@{}=0", id, plan.from), fmt::format("{}_start_0@{}=0", id, plan.to)},
      deadline);
  // A result that was never there has no digest of its parameters: that it would be restarted
  // because of it says nothing.
  const Action* back = action_of(later, id);
  if (back != nullptr && (back->what == "migrate" || back->what == "move" || back->what == "stop"))
    plan.afterwards = back->words();
  return plan;
}

void check_move(const MovePlan& plan) {
  const std::string way = "go on all the same with --even-so";
  if (!plan.afterwards.empty()) {
    throw Error(
        Fault::failed,
        fmt::format("{} would not stay on {}: it {}", text::quote(plan.id), plan.to,
                    plan.afterwards),
        "change the nodes that it prefers (havc set NAME nodes=" + plan.to + "), or " + way);
  }
  if (!plan.others.empty()) {
    throw Error(Fault::failed,
                fmt::format("others would be touched by moving {}: {}", text::quote(plan.id),
                            text::join(plan.others, "; ")),
                way);
  }
}

Moved move(Pacemaker& pacemaker, const MovePlan& plan, const Tell& tell, const Pause& pause,
           Deadline deadline) {
  const auto until = seconds_since_1970() + plan.most.count() + seconds(kMargin).count();
  const auto target =
      with_constraint(plan.base, plan.id, constraint_of(plan.id, plan.to, "INFINITY", until));
  const auto version = cluster::parse_configuration(plan.base, "the plan").version;
  const auto soon = deadline.capped(kForChange);
  pacemaker.patch(patch_of(plan.base, target, soon), version, soon);
  return Journey(pacemaker, plan, tell, pause, deadline).run();
}

}  // namespace havc::change
