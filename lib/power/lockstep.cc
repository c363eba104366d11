#include "power/lockstep.h"

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "base/text.h"

namespace havc::power {

namespace {

enum class Goal { off, on };

/// A command that was accepted but not followed is given again after this long: modules lose some,
/// and take up to 5 s to act on others (OpenHPI snmp_bc, cluster-glue bladehpi).
inline constexpr auto kRepeat = std::chrono::seconds(10);
/// Refusals, other than for want of access, before it is taken as an answer: a blade that flashes
/// may accept the next.
inline constexpr int kMostRefusals = 3;

class Pursuit {
 public:
  /// `bay` as it was found by its host. Until `soft_until` a bay that is on is asked to shut down
  /// and left alone.
  Pursuit(const Chassis& chassis, Bay bay, Goal goal, Instant soft_until)
      : chassis_(&chassis), bay_(std::move(bay)), goal_(goal), soft_until_(soft_until) {}

  /// What its row says now. Throws Error(misconfigured) when another blade has taken its place.
  void saw(const Bay& now);
  /// The row could not be read, or not believed.
  void saw_nothing(Error trouble);

  /// The state was read often enough in a row: off twice, on once.
  bool confirmed() const;
  /// The command to give now, if any. Only after a reading that was the bay's.
  std::optional<std::int32_t> due(Instant now) const;
  /// `command` was answered, refused (with `trouble`), or not answered in time (trouble timed_out).
  /// Throws the trouble when trying again is useless.
  void gave(std::int32_t command, const std::optional<Error>& trouble, Instant now);

  const Bay& bay() const { return bay_; }
  /// "bay 3 (node1) reads on after 3 commands", and the last trouble.
  std::string text() const;
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  bool soft_phase(Instant now) const;

  const Chassis* chassis_;
  Bay bay_;
  Goal goal_;
  Instant soft_until_;
  bool readable_ = false;  // the last reading succeeded and was this bay
  bool asked_softly_ = false;
  int confirmations_ = 0;
  int commands_ = 0;
  int refusals_ = 0;
  Instant next_command_{};
  std::optional<Error> trouble_;
};


Power wanted(Goal goal) {
  return goal == Goal::off ? Power::off : Power::on;
}

// Two reads for off: one answer can be stale, and a blade may be switched on again by its own
// policy.
int reads_needed(Goal goal) {
  return goal == Goal::off ? 2 : 1;
}

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


using namespace std::chrono_literals;
using snmp::operator""_oid;

constexpr snmp::Oid kSysDescr = ".1.3.6.1.2.1.1.1.0"_oid;  // SNMPv2-MIB
constexpr auto kPoll = 1s;  // between readings, as HAVC-II; a module answers in tenths of a second
constexpr auto kCommandTime =
    6s;  // for the answer to a command: three tries of SNMPv1, one of SNMPv3; then look what it did
constexpr auto kSilence =
    5s;  // for a reading; OpenHPI calls answers "after several attempts" normal
constexpr auto kOnTime = 10s;

bool described(const Chassis& chassis, const std::string& description) {
  const std::string lowered = text::lower(description);
  return std::any_of(
      chassis.descriptions.begin(), chassis.descriptions.end(),
      [&](std::string_view part) { return lowered.find(text::lower(part)) != std::string::npos; });
}

std::vector<Pursuit> pursuits(const Chassis& chassis, const std::vector<Bay>& bays, Goal goal,
                              Instant soft_until) {
  std::vector<Pursuit> all;
  all.reserve(bays.size());
  for (const auto& bay : bays) all.emplace_back(chassis, bay, goal, soft_until);
  return all;
}

/// Reads every bay, each in a packet of its own: state and identity belong together. Silence is
/// repeated until the deadline.
void look(snmp::Session& session, const Chassis& chassis, std::vector<Pursuit>& all,
          Deadline deadline) {
  std::vector<snmp::Request> requests;
  requests.reserve(all.size());
  for (const auto& one : all)
    requests.push_back({snmp::Request::Kind::get, objects(chassis, one.bay().index)});
  const Instant start = deadline.now();
  const auto replies = session.exchange(requests, deadline);
  const bool cut_short = deadline.expired() && deadline.now() - start < kSilence;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& error = replies.at(i).error;
    if (error && error->fault() == Fault::permission) throw Error(*error);
    if (error && cut_short) continue;  // that we had no time to listen says nothing about the bay
    if (error) {
      all[i].saw_nothing(*error);
      continue;
    }
    std::vector<snmp::Value> values;
    for (const auto& binding : replies[i].bindings) values.push_back(binding.value);
    all[i].saw(decode(chassis, all[i].bay().index, values));
  }
}

void command(snmp::Session& session, const Chassis& chassis, std::vector<Pursuit>& all,
             Deadline deadline) {
  std::vector<snmp::Request> requests;
  std::vector<Pursuit*> addressed;
  for (auto& one : all) {
    const auto code = one.due(deadline.now());
    if (!code) continue;
    requests.push_back(
        {snmp::Request::Kind::set, {chassis.columns.command / one.bay().index}, *code});
    addressed.push_back(&one);
  }
  if (requests.empty()) return;
  const auto replies = session.exchange(requests, deadline.capped(kCommandTime));
  for (std::size_t i = 0; i < addressed.size(); ++i) {
    addressed[i]->gave(requests[i].value, replies.at(i).error, deadline.now());
  }
}

const char* remedy_of(const Pursuit& one) {
  if (one.bay().state.power == Power::unknown) {
    return "the management module has lost the blade: reseat it or restart its service processor";
  }
  return "read the management module's event log; switch the blade by hand";
}

Error unfinished(const std::vector<Pursuit>& all, Duration time) {
  std::vector<std::string> texts;
  std::string remedy;
  for (const auto& one : all) {
    if (one.confirmed()) continue;
    texts.push_back(one.text());
    remedy = one.trouble() ? one.trouble()->remedy() : remedy_of(one);
  }
  const auto seconds = std::chrono::round<std::chrono::seconds>(time).count();
  return {Fault::timed_out,
          "timed out after " + std::to_string(seconds) + " s: " + text::join(texts, "; "), remedy};
}

void pursue(snmp::Session& session, const Chassis& chassis, std::vector<Pursuit> all,
            Deadline deadline) {
  const Instant start = deadline.now();
  for (;;) {
    // Every bay is read until all are confirmed: one that comes back meanwhile is not done.
    look(session, chassis, all, deadline);
    if (std::all_of(all.begin(), all.end(), [](const Pursuit& one) { return one.confirmed(); }))
      return;
    if (deadline.expired()) throw unfinished(all, deadline.now() - start);
    command(session, chassis, all, deadline);
    deadline.pause(kPoll);
  }
}

}  // namespace

std::string check(snmp::Session& session, const Chassis& chassis, Deadline deadline) {
  const auto values = snmp::get(session, {chassis.type_object, kSysDescr}, deadline);
  std::string description = snmp::text(values.at(1));
  const auto type = snmp::number(values.at(0));
  const bool right =
      type ? std::find(chassis.types.begin(), chassis.types.end(), *type) != chassis.types.end()
           : described(chassis, description);
  if (!right) {
    throw Error(Fault::misconfigured,
                text::quote(session.peer()) + " is not an " + std::string(chassis.product) +
                    " chassis: it is " + text::quote(description) +
                    (type ? ", chassis type " + std::to_string(*type) : ""),
                "correct 'mgmt_address', or use the plugin for that kind of chassis");
  }
  return description;
}

std::vector<Bay> read(snmp::Session& session, const Chassis& chassis, Deadline deadline) {
  std::vector<Bay> bays;
  for (const auto& row : snmp::rows(session, columns(chassis), deadline)) {
    bays.push_back(decode(chassis, row.index, row.values));
  }
  if (bays.empty()) {
    throw Error(
        Fault::failed, text::quote(session.peer()) + " has no table of bays",
        "give the community or user of snmp.conf access to it, or restart the management module");
  }
  return bays;
}

void turn_off(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
              SoftPolicy policy, Deadline deadline) {
  const Duration soft = std::min<Duration>(policy.soft_timeout, deadline.remaining() / 2);
  pursue(session, chassis, pursuits(chassis, bays, Goal::off, deadline.now() + soft), deadline);
}

void turn_on(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
             Deadline deadline) {
  pursue(session, chassis, pursuits(chassis, bays, Goal::on, Instant()), deadline);
}

bool reset(snmp::Session& session, const Chassis& chassis, const std::vector<Bay>& bays,
           Deadline deadline) {
  turn_off(session, chassis, bays, {}, deadline);
  try {
    turn_on(session, chassis, bays, deadline.capped(kOnTime));
    return true;
  } catch (const Error& error) {
    log::warn("the host is off, but could not be powered on again: " + std::string(error.what()));
    return false;
  }
}

}  // namespace havc::power
