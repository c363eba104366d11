#include "chassis/script.h"

#include "base/error.h"
#include "base/text.h"
#include "chassis/lines.h"
#include "chassis/scenarios.h"
#include "chassis/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace havc::chassis {
namespace {

constexpr std::array<std::string_view, 18> kVerbs{
    "bay",     "swap",   "partition", "module",   "drop",  "lose",  "delay", "silent", "at",
    "on-read", "on-set", "after-set", "scenario", "clear", "reset", "dump",  "log",    "quit"};

[[noreturn]] void refuse_verb(std::string_view what, std::string_view verb) {
  throw Error(Fault::unsupported, fmt::format("{} {}", what, text::quote(verb)),
              fmt::format("use one of: {}", fmt::join(kVerbs, ", ")));
}

constexpr std::array kEvents{
    Word<Event>{"on-read", Event::read},
    Word<Event>{"on-set", Event::set},
    Word<Event>{"after-set", Event::after},
};

std::string_view name(Answer answer) {
  constexpr std::array<std::string_view, 5> kWords{"accepted", "refused", "unsupported", "absent",
                                                   "maintenance"};
  return kWords.at(static_cast<std::size_t>(answer));
}

}  // namespace

std::string Script::execute(std::string_view line, Instant now) {
  return reply([&] { return reply_to(line, now); });
}

void Script::obey_file(std::string_view text, Instant now) {
  each_line(text, [&](std::string_view line) { obey(line, now); });
}

std::string Script::reply_to(std::string_view line, Instant now) {
  const auto [verb, rest] = first_word(line);
  if (verb == "bay") {
    set_bay(rest, now);
  } else if (verb == "swap") {
    swap_bays(rest);
  } else if (verb == "partition") {
    set_partition(rest);
  } else if (verb == "module") {
    set_module(rest);
  } else if (verb == "drop" || verb == "lose" || verb == "delay" || verb == "silent") {
    set_traffic(verb, rest);
  } else if (verb == "at" || verb == "on-read" || verb == "on-set" || verb == "after-set") {
    set_trigger(verb, rest, now);
  } else if (verb == "scenario") {
    play(rest, now);
  } else if (verb == "clear") {
    clear();
  } else if (verb == "reset") {
    reset();
  } else if (verb == "dump") {
    return dump(now);
  } else if (verb == "log") {
    return log();
  } else if (verb == "quit") {
    quit_ = true;
  } else {
    refuse_verb("there is no command", verb);
  }
  return {};
}

void Script::run_due(Instant now) {
  run(world_.triggers.take_due(now), now);
}

void Script::run_fired(Event event, int bay, Instant now) {
  run(world_.triggers.fire(event, bay), now);
}

// What was wrong with a line was said when it was given, as far as it could be known.
void Script::run(const std::vector<std::string>& lines, Instant now) {
  for (const std::string& line : lines) {
    const std::string answer = execute(line, now);
    if (!answer.ends_with("ok\n")) std::fputs(fmt::format("{}: {}", line, answer).c_str(), stderr);
  }
}

void Script::set_bay(std::string_view rest, Instant now) {
  const auto [bay, assignment] = first_word(rest);
  world_.chassis.set(line_number("bay", bay), assignment, now);
}

void Script::swap_bays(std::string_view rest) {
  const auto [left, right] = first_word(rest);
  world_.chassis.swap(line_number("swap", left), line_number("swap", right));
}

void Script::set_partition(std::string_view rest) {
  constexpr std::array kModes{
      Word<PartitionPower>{"together", PartitionPower::together},
      Word<PartitionPower>{"primary", PartitionPower::primary},
      Word<PartitionPower>{"each", PartitionPower::each},
  };
  const auto [bays, mode] = first_word(rest);
  Partition partition;
  for (const std::string& bay : text::split(bays, ",")) {
    const int number = line_number("partition", bay);
    if (std::count(partition.bays.begin(), partition.bays.end(), number) != 0)
      refuse_value("a partition", bays, "each bay once");
    partition.bays.push_back(number);
  }
  if (partition.bays.empty()) refuse_value("a partition", bays, "bays, as in 3,4");
  partition.valid = mode != "invalid";
  partition.stand_alone = mode == "standalone";
  if (partition.stand_alone) {
    partition.power = PartitionPower::each;
  } else if (partition.valid && !mode.empty())
    partition.power = value_of("a partition's power", mode, kModes);
  world_.chassis.partition(std::move(partition));
}

void Script::set_module(std::string_view rest) {
  Module changed = world_.module;
  configure(changed, rest);
  world_.module = changed;
  ++world_.module_version;
}

void Script::set_traffic(std::string_view verb, std::string_view rest) {
  Traffic& traffic = world_.traffic;
  if (verb == "drop") traffic.drop = line_number(verb, rest);
  if (verb == "lose") traffic.lose = line_number(verb, rest);
  if (verb == "delay") traffic.delay = std::chrono::milliseconds(line_number(verb, rest));
  if (verb == "silent") traffic.silent = on_or_off(verb, rest);
}

void Script::set_trigger(std::string_view verb, std::string_view rest, Instant now) {
  const auto [first, line] = first_word(rest);
  const int number = line_number(verb, first);
  std::string_view then = line;
  int count = 1;
  if (verb != "at") {
    static_cast<void>(world_.chassis.bay(number));
    const auto [second, after] = first_word(line);
    if (text::number(second)) {
      count = std::max(1, line_number(verb, second));
      then = after;
    }
  }
  const std::string_view word = first_word(then).first;
  if (std::count(kVerbs.begin(), kVerbs.end(), word) == 0) refuse_verb("it would do", then);
  if (verb == "at") {
    world_.triggers.at(now + std::chrono::milliseconds(number), std::string(then));
  } else {
    world_.triggers.on(value_of("event", verb, kEvents), number, count, std::string(then));
  }
}

void Script::play(std::string_view rest, Instant now) {
  const auto [name, bay] = first_word(rest);
  const Scenario& scenario = find_scenario(name, Stage::simulator);
  const int number = bay.empty() ? first_blade(world_.chassis) : line_number("scenario", bay);
  for (const std::string& line : lines_of(scenario, world_.chassis, number)) obey(line, now);
}

void Script::clear() {
  world_.triggers.clear();
  Traffic& traffic = world_.traffic;
  traffic.silent = false;
  traffic.drop = 0;
  traffic.lose = 0;
  traffic.delay = {};
}

void Script::keep_as_start() {
  world_.first_module = world_.module;
  world_.first_chassis = world_.chassis;
}

void Script::reset() {
  world_.triggers.clear();
  world_.traffic = Traffic{};
  world_.log.clear();
  world_.module = world_.first_module;
  ++world_.module_version;
  world_.chassis.reset(world_.first_chassis);
}

std::string Script::dump(Instant now) const {
  const Module& module = world_.module;
  std::string lines = world_.chassis.dump(now);
  for (const Partition& partition : world_.chassis.partitions()) {
    lines += "partition";
    for (const int bay : partition.bays) lines += fmt::format(" {}", bay);
    lines += '\n';
  }
  lines += fmt::format("module bay={} active={} standby={} triggers={}\n", module.bay,
                       module.active, module.standby() ? 1 : 0, world_.triggers.size());
  const Traffic& traffic = world_.traffic;
  lines += fmt::format("traffic packets={} answers={} gets={} nexts={} sets={}\n", traffic.packets,
                       traffic.answers, traffic.gets, traffic.nexts, traffic.sets);
  return lines;
}

std::string Script::log() const {
  std::string lines;
  for (const LogEntry& entry : world_.log) {
    const auto time =
        std::chrono::duration_cast<std::chrono::milliseconds>(entry.when - world_.start);
    lines += fmt::format("set ms={} bay={} what={} answer={}\n", time.count(), entry.bay,
                         entry.what, name(entry.answer));
  }
  return lines;
}

}  // namespace havc::chassis
