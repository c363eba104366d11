#include "power/pursuit.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;

// Two reads for off: one answer can be stale, and a blade may be switched on again by its own
// policy.
constexpr int kReadsOfOff = 2;
constexpr auto kApart = 1s;
// The counter counts seconds: two that are at least this far apart differ if it runs.
constexpr auto kOpinionsApart = 2s;
// A bay that was off is not believed for longer than this while another is waited for.
constexpr auto kFresh = 10s;
constexpr auto kBetweenRefusals = 1s;

Power wanted(Goal goal) {
  return goal == Goal::off ? Power::off : Power::on;
}

}  // namespace

std::string Order::words(Goal goal) const {
  switch (kind) {
    case Kind::soft:
      return "soft off";
    case Kind::reseat:
      return "reseat";
    case Kind::hard:
      break;
  }
  return goal == Goal::off ? "off" : "on";
}

// Both the questions and the answers have to be apart: a module that hung answers all that waited
// with the state of one moment.
void Pursuit::Run::add(bool good, Span span, Duration apart) {
  if (!good) {
    count = 0;
  } else if (count == 0) {
    count = 1;
    last = span;
  } else if (span.asked >= last.asked + apart && span.answered >= last.answered + apart) {
    ++count;
    last = span;
  }
}

void Pursuit::check_identity(const Bay& now) const {
  const bool same_uuid = found_.uuid.empty() || now.uuid.empty() || found_.uuid == now.uuid;
  // An empty bay that may count as off is found without a name: a blade there is another one.
  const bool was_empty = found_.empty && !now.empty;
  if (now.number == found_.number && now.name == found_.name && same_uuid && !was_empty) return;
  throw Error(Fault::misconfigured,
              found_.text() + " has become " +
                  (same_uuid || now.name != found_.name ? now.text() : "another blade") +
                  " meanwhile; nothing more was done to it",
              "try again once the chassis has settled");
}

void Pursuit::saw(const Bay& now, Span span) {
  const bool missing =
      goal_ == Goal::off && policy_.missing_as_off && now.empty && now.number == found_.number;
  const bool nameless = now.name.empty() && !found_.name.empty();
  if (!missing && (now.number == 0 || !now.exists || nameless)) {
    // As while a module collects its inventory after a failover: wait, but believe nothing.
    return saw_nothing({Fault::failed, "reads as empty or nameless",
                        "look into the chassis: its management module does not see the blade"});
  }
  const bool reached = missing || now.state.power == wanted(goal_);
  if (span.asked < asked_) {  // overtaken by a later one: good for doubt alone
    if (!reached) run_.count = second_.count = 0;
    return;
  }
  if (!missing) check_identity(now);
  asked_ = span.asked;
  const std::string before = readable_ ? word() : "";
  if (goal_ == Goal::off && now_.state.power == Power::off && now.state.power == Power::on)
    ++returns_;
  now_.state = missing ? State{Power::off, "empty"} : now.state;
  now_.health = now.health;
  now_.busy = now.busy;
  now_.exists = now.exists;
  readable_ = true;
  silent_ = false;
  if (word() != before) log::info(found_.text() + " reads " + word());
  if (!warned_ && !reached && now.busy) {
    warned_ = true;
    log::warn(found_.text() + " is busy: " + now.health + "; its power is changed all the same");
  }
  if (reached) answered_ = span.answered;
  run_.add(reached, span, kApart);
  if (!reached) second_.count = 0;  // what another table said before is of another time, too
}

void Pursuit::saw(const Opinion& opinion, Span span) {
  const auto before = opinion_.seconds;
  opinion_ = opinion;
  if (!opinion.state || !opinion.seconds) {
    second_.count = 0;
    if (run_.count < kReadsOfOff || ++no_opinion_ < kReadsOfOff) return;
    throw Error(Fault::misconfigured,
                found_.text() + " reads off, but the chassis does not say so in a second table",
                "use verify=basic for this chassis");
  }
  no_opinion_ = 0;
  const bool still = second_.count == 0 || before == opinion.seconds;
  second_.add(opinion.state->power == Power::off && still, span, kOpinionsApart);
}

void Pursuit::saw_nothing(Error trouble) {
  if (readable_ || !trouble_) log::info(found_.text() + ": " + trouble.problem());
  readable_ = false;
  run_.count = 0;
  second_.count = 0;
  trouble_ = std::move(trouble);
}

void Pursuit::silent(Error trouble) {
  if (!silent_) log::info(found_.text() + ": " + trouble.problem());
  silent_ = true;
  trouble_ = std::move(trouble);
}

void Pursuit::moved() {
  readable_ = false;
  run_.count = 0;
  second_.count = 0;
  asked_ = {};
  next_command_ = {};
  refusals_ = 0;
  last_word_ = goal_ == Goal::on && commands_ > 0;
}

bool Pursuit::confirmed(Instant now) const {
  if (goal_ == Goal::on) return run_.count > 0;
  return run_.count >= kReadsOfOff && now - answered_ <= kFresh &&
         (!strict() || second_.count >= kReadsOfOff);
}

bool Pursuit::soft_phase(Instant now) const {
  // Asleep or unknown, there is no system that could shut down.
  return goal_ == Goal::off && chassis_->commands.soft_off && now_.state.power == Power::on &&
         now < soft_until_;
}

bool Pursuit::reseat_due() const {
  return goal_ == Goal::off && policy_.escalate == Escalate::reseat && !reseated_ &&
         !chassis_->reseat.command.empty() && !now_.busy &&
         (ignored_ >= kIgnoredBeforeReseat || refusals_ >= kMostRefusals);
}

std::optional<Order> Pursuit::due(Instant now) const {
  if (!readable_ || last_word_ || now_.state.power == wanted(goal_)) return {};
  if (commands_ > 0 && asked_ < given_) return {};  // a reading from before the last command
  if (soft_phase(now)) {
    if (asked_softly_) return {};
    return Order{Order::Kind::soft, *chassis_->commands.soft_off};
  }
  if (now < next_command_) return {};
  if (reseat_due()) return Order{Order::Kind::reseat, chassis_->reseat.code};
  return Order{Order::Kind::hard,
               goal_ == Goal::off ? chassis_->commands.off : chassis_->commands.on};
}

void Pursuit::give(const Order& order, Instant now) {
  ++commands_;
  given_ = now;
  if (order.kind == Order::Kind::soft) asked_softly_ = true;
  if (order.kind == Order::Kind::reseat) reseated_ = true;
}

void Pursuit::gave(const Order& order, const std::optional<Error>& trouble, Instant now) {
  log::info(found_.text() + ": " + order.words(goal_) +
            (trouble ? ": " + trouble->problem() : " accepted"));
  const bool unknown =
      trouble && (trouble->fault() == Fault::timed_out || trouble->fault() == Fault::unreachable);
  if (order.kind == Order::Kind::soft) {
    if (trouble && !unknown) soft_until_ = now;  // on to the hard way at once
    return;
  }
  if (trouble) trouble_ = *trouble;
  next_command_ = trouble ? now : now + kRepeat;
  if (order.kind == Order::Kind::reseat) {
    if (!trouble) refusals_ = 0;  // of a blade that has a reason to answer differently now
    return;
  }
  if (!trouble) ++ignored_;
  if (!trouble || unknown) return;
  if (trouble->fault() != Fault::permission) {
    next_command_ = now + kBetweenRefusals;
    if (++refusals_ < kMostRefusals || reseat_due()) return;
  }
  throw Error(trouble->fault(), found_.text() + ": " + trouble->problem(), trouble->remedy());
}

void Pursuit::postpone(Error trouble, Instant until) {
  log::info(found_.text() + ": " + trouble.problem());
  trouble_ = std::move(trouble);
  next_command_ = until;
}

std::string Pursuit::word() const {
  if (!readable_ || silent_) return trouble_ ? trouble_->problem() : "not read";
  return now_.state.word;
}

std::string Pursuit::opinion_text() const {
  if (!strict() || run_.count < kReadsOfOff || second_.count >= kReadsOfOff) return {};
  if (!opinion_.state) return "; a second table has not been read";
  if (opinion_.state->power != Power::off) return "; a second table says " + opinion_.state->word;
  return "; its time of being powered on has not been seen to stand still";
}

std::string Pursuit::returns_text() const {
  if (returns_ == 0) return {};
  return ", and has powered on again " +
         (returns_ == 1 ? "once" : std::to_string(returns_) + " times");
}

std::string Pursuit::text() const {
  const std::string count =
      " after " + std::to_string(commands_) + (commands_ == 1 ? " command" : " commands");
  const std::string trouble = trouble_ ? trouble_->problem() : "no time was left to read it";
  if (!readable_ || silent_) return found_.text() + ": " + trouble + count;
  const bool good = now_.health.empty() || now_.health == "good";
  return found_.text() + " reads " + now_.state.word +
         (good ? "" : " (health: " + now_.health + ")") + returns_text() + opinion_text() + count +
         (trouble_ ? "; " + trouble : "");
}

std::string Pursuit::remedy() const {
  if (returns_ > 0) {
    return "set its auto power-on to restore or manual on the management module, and look for wake "
           "on LAN; switch the blade off by hand";
  }
  if (trouble_) return trouble_->remedy();
  const auto same_word = [&](const StateCode& row) { return row.word == now_.state.word; };
  if (now_.state.power == Power::unknown &&
      std::none_of(chassis_->states.begin(), chassis_->states.end(), same_word)) {
    return "restart the management module, or update its firmware: it tells no state that is known";
  }
  if (now_.state.power == Power::unknown)
    return "the management module has lost the blade: reseat it or restart its service processor";
  if (!opinion_text().empty()) return "look at the blade; use verify=basic if it is off";
  return "read the management module's event log; switch the blade by hand";
}

}  // namespace havc::power
