#include "chassis/chassis.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <utility>

namespace havc::chassis {
namespace {

std::size_t index(int number, int size) {
  if (number < 1 || number > size) {
    throw Error(Fault::misconfigured, fmt::format("there is no bay {}", number),
                fmt::format("give a bay from 1 to {}", size));
  }
  return static_cast<std::size_t>(number - 1);
}

}  // namespace

Chassis::Chassis(int bays, bool hooked) : hooked_(hooked), slots_(static_cast<std::size_t>(bays)) {}

Chassis::Slot& Chassis::slot(int number) {
  return slots_[index(number, size())];
}

const Bay& Chassis::bay(int number) const {
  return slots_[index(number, size())].bay;
}

void Chassis::set(int number, std::string_view assignment) {
  Slot& slot = this->slot(number);
  configure(slot.bay, assignment);
  if (assignment.starts_with("state=") || !slot.bay.exists) abandon(slot);
  ++version_;
}

Answer Chassis::judge(int number, Command command) const {
  const Bay& bay = this->bay(number);
  if (!bay.exists) return Answer::absent;
  if (bay.refuse) return Answer::refused;
  if (command == Command::soft_off && bay.soft_off == SoftOff::refuse) return Answer::unsupported;
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
  if (slot.bay.ignore > 0) {
    --slot.bay.ignore;
  } else {
    request(slot, command);
    advance(number, slot, now);
  }
  return answer;
}

// Sleeping systems run no operating system that could obey a soft command.
void Chassis::request(Slot& slot, Command command) {
  const Bay& bay = slot.bay;
  const PowerState last = slot.targets.empty() ? bay.state : slot.targets.back();
  if (bay.state == PowerState::unknown) return;
  if (command == Command::restart) {
    if (last != PowerState::on) return;
    slot.targets.push_back(PowerState::off);
    slot.targets.push_back(PowerState::on);
    return;
  }
  if (command == Command::soft_off &&
      (bay.soft_off == SoftOff::ignore || bay.state != PowerState::on)) {
    return;
  }
  const PowerState target = command == Command::on ? PowerState::on : PowerState::off;
  if (target != last) slot.targets.push_back(target);
}

void Chassis::begin(int number, Slot& slot, Instant now) {
  if (!slot.started) {
    slot.started = true;
    slot.due = now + slot.bay.latency;
    slot.hook = hooked_ ? Hook::wanted : Hook::succeeded;
  }
  // One at a time: "off" must not overtake an "on" that still runs.
  if (slot.hook == Hook::wanted && !slot.hook_process) {
    slot.hook = Hook::running;
    slot.hook_process = true;
    calls_.push_back({number, slot.targets.front() == PowerState::on, slot.bay.label});
  }
}

void Chassis::advance(int number, Slot& slot, Instant now) {
  while (!slot.targets.empty()) {
    begin(number, slot, now);
    if (slot.hook != Hook::succeeded || now < slot.due) return;
    slot.bay.state = slot.targets.front();
    slot.targets.pop_front();
    slot.started = false;
    ++version_;
  }
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
  slot.targets.clear();
  slot.started = false;
  slot.hook = Hook::none;
}

std::optional<Instant> Chassis::next_event() const {
  std::optional<Instant> next;
  for (const Slot& slot : slots_) {
    if (!slot.started || slot.hook != Hook::succeeded) continue;
    if (!next || slot.due < *next) next = slot.due;
  }
  return next;
}

std::string Chassis::dump() const {
  std::string lines;
  for (int number = 1; number <= size(); ++number) {
    const Slot& slot = slots_[index(number, size())];
    lines += fmt::format("bay {} exists={} state={} target={} accepted={} refused={} label={}\n",
                         number, slot.bay.exists ? 1 : 0, static_cast<int>(slot.bay.state),
                         slot.targets.empty() ? "none" : name(slot.targets.back()), slot.accepted,
                         slot.refused, slot.bay.label);
  }
  return lines;
}

}  // namespace havc::chassis
