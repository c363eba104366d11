#include "chassis/chassis.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace havc::chassis {
namespace {

constexpr int kMaintenance = 12;  // CME-MIB: "do not perform this ... in a maintenance mode state"

std::size_t index(int number, int size) {
  if (number < 1 || number > size) {
    throw Error(Fault::misconfigured, fmt::format("there is no bay {}", number),
                fmt::format("give a bay from 1 to {}", size));
  }
  return static_cast<std::size_t>(number - 1);
}

}  // namespace

std::string_view name(Command command) {
  constexpr std::array<std::string_view, 5> kWords{"off", "on", "softoff", "restart", "reseat"};
  return kWords.at(static_cast<std::size_t>(command));
}

std::chrono::seconds Uptime::at(Instant now) const {
  auto sum = before;
  if (since && now > *since)
    sum += std::chrono::duration_cast<std::chrono::milliseconds>(now - *since);
  return std::chrono::duration_cast<std::chrono::seconds>(sum);
}

Chassis::Chassis(int bays, bool hooked) : hooked_(hooked), slots_(static_cast<std::size_t>(bays)) {}

Chassis::Slot& Chassis::slot(int number) {
  return slots_[index(number, size())];
}

const Chassis::Slot& Chassis::slot(int number) const {
  return slots_[index(number, size())];
}

const Bay& Chassis::bay(int number) const {
  return slot(number).bay;
}

void Chassis::set(int number, std::string_view assignment, Instant now) {
  Slot& slot = this->slot(number);
  Bay changed = slot.bay;
  configure(changed, assignment);
  const PowerState state = std::exchange(changed.state, slot.bay.state);
  slot.bay = changed;
  if (assignment.starts_with("state=") || !slot.bay.exists) abandon(slot);
  enter(slot, state, now);
}

void Chassis::swap(int left, int right) {
  Slot& one = slot(left);
  Slot& other = slot(right);
  for (Slot* slot : {&one, &other}) abandon(*slot);
  std::swap(one, other);
  std::swap(one.hook_process, other.hook_process);  // a hook knows its bay by number
  ++version_;
}

void Chassis::partition(Partition partition) {
  for (const int number : partition.bays) static_cast<void>(slot(number));
  std::erase_if(partitions_, [&](const Partition& old) {
    return std::any_of(old.bays.begin(), old.bays.end(), [&](int bay) {
      return std::count(partition.bays.begin(), partition.bays.end(), bay) != 0;
    });
  });
  partitions_.push_back(std::move(partition));
  ++version_;
}

const Partition* Chassis::partition_of(int number) const {
  for (const Partition& partition : partitions_) {
    if (partition.bays.size() > 1 &&
        std::count(partition.bays.begin(), partition.bays.end(), number) != 0)
      return &partition;
  }
  return nullptr;
}

Answer Chassis::judge(int number, Command command) const {
  const Bay& bay = this->bay(number);
  if (!bay.exists) return Answer::absent;
  if (bay.refuse) return Answer::refused;
  if (command == Command::soft_off && bay.soft_off == SoftOff::refuse) return Answer::unsupported;
  if (command == Command::reseat && bay.reseat == Reseat::refuse) return Answer::unsupported;
  if (command == Command::reseat && bay.health == kMaintenance) return Answer::maintenance;
  return Answer::accepted;
}

Answer Chassis::command(int number, Command command, Instant now) {
  const Answer answer = judge(number, command);
  Slot& slot = this->slot(number);
  if (answer != Answer::accepted) {
    ++slot.refused;
    return answer;
  }
  ++slot.accepted;
  if (command == Command::reseat) {
    if (slot.bay.reseat == Reseat::obey) carry_out(number, command, now);
  } else if (slot.bay.ignore > 0) {
    --slot.bay.ignore;
  } else {
    carry_out(number, command, now);
  }
  return answer;
}

void Chassis::carry_out(int number, Command command, Instant now) {
  const SoftOff soft_off = bay(number).soft_off;
  const Partition* partition = partition_of(number);
  std::vector<int> bays{number};
  if (partition != nullptr && command != Command::reseat &&
      partition->power != PartitionPower::each) {
    if (partition->power == PartitionPower::primary && number != partition->bays.front()) return;
    bays = partition->bays;
  }
  for (const int member : bays) {
    Slot& slot = this->slot(member);
    if (!slot.bay.exists) continue;
    if (command == Command::reseat) {
      // A service processor that starts anew has forgotten what ailed it.
      abandon(slot);
      slot.reseating = true;
      slot.bay.ignore = 0;
      enter(slot, PowerState::unknown, now);
      slot.steps.push_back({PowerState::off, slot.bay.latency, true});
    } else {
      request(slot, command, soft_off);
    }
    advance(member, slot, now);
  }
}

void Chassis::push(Slot& slot, PowerState state) {
  // Sleeping is not switched by whoever really powers the machine.
  const bool hook = state == PowerState::off || state == PowerState::on;
  slot.steps.push_back({state, slot.bay.latency, hook});
}

// Sleeping systems run no operating system that could obey a soft command.
void Chassis::request(Slot& slot, Command command, SoftOff soft_off) {
  const Bay& bay = slot.bay;
  const PowerState last = slot.steps.empty() ? bay.state : slot.steps.back().state;
  if (bay.state == PowerState::unknown) return;
  const bool soft_restart = command == Command::soft_off && soft_off == SoftOff::restart;
  if (command == Command::restart || soft_restart) {
    if (last != PowerState::on || (soft_restart && !slot.steps.empty())) return;
    push(slot, PowerState::off);
    push(slot, PowerState::on);
    return;
  }
  PowerState target = command == Command::on ? PowerState::on : PowerState::off;
  if (command == Command::soft_off) {
    if (soft_off == SoftOff::ignore || bay.state != PowerState::on) return;
    if (soft_off == SoftOff::standby) target = PowerState::standby;
    if (soft_off == SoftOff::hibernate) target = PowerState::hibernate;
  }
  if (command == Command::on) slot.auto_on.reset();
  if (target != last) push(slot, target);
}

// Every change of a state passes here, also one that changes nothing: the clock may have to.
void Chassis::enter(Slot& slot, PowerState state, Instant now) {
  if (state == PowerState::on && slot.bay.state != PowerState::on) ++slot.boots;
  slot.bay.state = state;
  const bool runs = slot.bay.seconds == Seconds::run ||
                    (slot.bay.seconds == Seconds::follow && state == PowerState::on);
  if (runs && !slot.on.since) {
    slot.on.since = now;
  } else if (!runs && slot.on.since) {
    slot.on.before += std::chrono::duration_cast<Wait>(now - *slot.on.since);
    slot.on.since.reset();
  }
  ++version_;
}

void Chassis::begin(int number, Slot& slot, Instant now) {
  if (!slot.started) {
    slot.started = true;
    slot.due = now + slot.steps.front().wait;
    slot.hook = hooked_ && slot.steps.front().hook ? Hook::wanted : Hook::succeeded;
  }
  // One at a time: "off" must not overtake an "on" that still runs.
  if (slot.hook == Hook::wanted && !slot.hook_process) {
    slot.hook = Hook::running;
    slot.hook_process = true;
    calls_.push_back({number, slot.steps.front().state == PowerState::on, slot.bay.label});
  }
}

void Chassis::advance(int number, Slot& slot, Instant now) {
  if (slot.auto_on && slot.steps.empty() && now >= *slot.auto_on) {
    slot.auto_on.reset();
    slot.steps.push_back({PowerState::on, Wait(0), true});
  }
  while (!slot.steps.empty()) {
    begin(number, slot, now);
    if (slot.hook != Hook::succeeded || now < slot.due) return;
    const Step step = slot.steps.front();
    slot.steps.pop_front();
    slot.started = false;
    take_effect(slot, step, now);
  }
}

void Chassis::take_effect(Slot& slot, const Step& step, Instant now) {
  const bool reseated = std::exchange(slot.reseating, false);
  // A step without hook is the second half of a blind off.
  const bool hidden =
      step.state == PowerState::off && step.hook && !reseated && slot.bay.blind != Wait(0);
  enter(slot, hidden ? PowerState::unknown : step.state, now);
  if (hidden && slot.bay.blind != kForever)
    slot.steps.push_front({PowerState::off, slot.bay.blind, false});
  // CME-MIB: after a reseat "the power state will remain off".
  if (step.state == PowerState::off && !hidden && !reseated && slot.bay.auto_on)
    slot.auto_on = now + *slot.bay.auto_on;
}

void Chassis::advance(Instant now) {
  for (int number = 1; number <= size(); ++number) advance(number, slot(number), now);
}

std::vector<HookCall> Chassis::take_hook_calls() {
  return std::exchange(calls_, {});
}

void Chassis::hook_ended(int number, bool success, Instant now) {
  Slot& slot = this->slot(number);
  slot.hook_process = false;
  if (slot.hook == Hook::running) {
    if (success) {
      slot.hook = Hook::succeeded;
    } else {
      abandon(slot);
    }
  }
  advance(number, slot, now);
}

void Chassis::abandon(Slot& slot) {
  slot.steps.clear();
  slot.started = false;
  slot.hook = Hook::none;
  slot.reseating = false;
  slot.auto_on.reset();
}

std::optional<Instant> Chassis::next_event() const {
  std::optional<Instant> next;
  const auto consider = [&](Instant due) {
    if (!next || due < *next) next = due;
  };
  for (const Slot& slot : slots_) {
    if (slot.started && slot.hook == Hook::succeeded) consider(slot.due);
    if (slot.auto_on && slot.steps.empty()) consider(*slot.auto_on);
  }
  return next;
}

int Chassis::boots(int number) const {
  return slot(number).boots;
}

Uptime Chassis::seconds(int number) const {
  return slot(number).on;
}

void Chassis::reset_boots(int number) {
  slot(number).boots = 0;
  ++version_;
}

void Chassis::reset_seconds(int number, Instant now) {
  Uptime& on = slot(number).on;
  on.before = Wait(0);
  if (on.since) on.since = now;
  ++version_;
}

bool Chassis::auxiliary_power(int number) const {
  return !slot(number).reseating;
}

bool Chassis::restarting(int number) const {
  const auto& steps = slot(number).steps;
  const auto off = std::find_if(steps.begin(), steps.end(),
                                [](const Step& step) { return step.state == PowerState::off; });
  return std::any_of(off, steps.end(),
                     [](const Step& step) { return step.state == PowerState::on; });
}

void Chassis::reset(const Chassis& start) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const bool hook_process = slots_[i].hook_process;
    slots_[i] = start.slots_.at(i);
    slots_[i].hook_process = hook_process;
  }
  partitions_ = start.partitions_;
  ++version_;
}

std::string Chassis::dump(Instant now) const {
  std::string lines;
  for (int number = 1; number <= size(); ++number) {
    const Slot& slot = this->slot(number);
    lines += fmt::format(
        "bay {} exists={} state={} target={} accepted={} refused={} boots={} seconds={} label={}\n",
        number, slot.bay.exists ? 1 : 0, static_cast<int>(slot.bay.state),
        slot.steps.empty() ? "none" : name(slot.steps.back().state), slot.accepted, slot.refused,
        slot.boots, slot.on.at(now).count(), slot.bay.label);
  }
  return lines;
}

}  // namespace havc::chassis
