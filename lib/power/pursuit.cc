#include "power/pursuit.h"

#include "base/log.h"
#include "base/text.h"

namespace havc::power {

namespace {

Power wanted(Goal goal) {
  return goal == Goal::off ? Power::off : Power::on;
}

// Two reads for off: one answer can be stale, and a blade may be switched on again by its own
// policy.
int reads_needed(Goal goal) {
  return goal == Goal::off ? 2 : 1;
}

}  // namespace

void Pursuit::saw(const Bay& now) {
  if (now.number == 0 || !now.exists || (now.name.empty() && !bay_.name.empty())) {
    // As while a module collects its inventory after a failover: wait, but believe nothing.
    return saw_nothing({Fault::failed, "reads as empty or nameless",
                        "look into the chassis: its management module does not see the blade"});
  }
  if (now.number != bay_.number || now.name != bay_.name) {
    throw Error(
        Fault::misconfigured,
        bay_.text() + " has become " + now.text() + " meanwhile; nothing more was done to it",
        "try again once the chassis has settled");
  }
  if (now.state.word != bay_.state.word) log::info(bay_.text() + " reads " + now.state.word);
  bay_.state = now.state;
  bay_.health = now.health;
  readable_ = true;
  confirmations_ = now.state.power == wanted(goal_) ? confirmations_ + 1 : 0;
}

void Pursuit::saw_nothing(Error trouble) {
  if (readable_ || !trouble_) log::info(bay_.text() + ": " + trouble.problem());
  readable_ = false;
  confirmations_ = 0;
  trouble_ = std::move(trouble);
}

bool Pursuit::confirmed() const {
  return confirmations_ >= reads_needed(goal_);
}

bool Pursuit::soft_phase(Instant now) const {
  // Asleep or unknown, there is no system that could shut down.
  return goal_ == Goal::off && bay_.state.power == Power::on && now < soft_until_;
}

std::optional<std::int32_t> Pursuit::due(Instant now) const {
  if (!readable_ || bay_.state.power == wanted(goal_)) return {};
  if (soft_phase(now))
    return asked_softly_ ? std::nullopt : chassis_->commands.soft_off;
  if (now < next_command_) return {};
  return goal_ == Goal::off ? chassis_->commands.off : chassis_->commands.on;
}

void Pursuit::gave(std::int32_t command, const std::optional<Error>& trouble, Instant now) {
  ++commands_;
  log::info(bay_.text() + ": command " + std::to_string(command) +
            (trouble ? ": " + trouble->problem() : " accepted"));
  const bool soft = goal_ == Goal::off && command == chassis_->commands.soft_off;
  if (soft) {
    asked_softly_ = true;
    if (trouble && trouble->fault() != Fault::timed_out)
      soft_until_ = now;  // on to the hard way at once
    return;
  }
  next_command_ = trouble ? now : now + kRepeat;
  if (!trouble) return;
  trouble_ = *trouble;
  if (trouble->fault() == Fault::timed_out || trouble->fault() == Fault::unreachable) return;
  if (trouble->fault() == Fault::permission || ++refusals_ >= kMostRefusals) {
    throw Error(trouble->fault(), bay_.text() + ": " + trouble->problem(), trouble->remedy());
  }
}

std::string Pursuit::text() const {
  const std::string count =
      " after " + std::to_string(commands_) + (commands_ == 1 ? " command" : " commands");
  const std::string trouble = trouble_ ? trouble_->problem() : "no time was left to read it";
  if (!readable_) return bay_.text() + ": " + trouble + count;
  const bool good = bay_.health.empty() || bay_.health == "good";
  return bay_.text() + " reads " + bay_.state.word +
         (good ? "" : " (health: " + bay_.health + ")") + count + (trouble_ ? "; " + trouble : "");
}

}  // namespace havc::power
