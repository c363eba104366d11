#include "chassis/triggers.h"

#include <utility>

namespace havc::chassis {

void Triggers::at(Instant due, std::string line) {
  timed_.emplace(due, std::move(line));
}

void Triggers::on(Event event, int bay, int count, std::string line) {
  waiting_.push_back({event, bay, count, std::move(line)});
}

std::vector<std::string> Triggers::fire(Event event, int bay) {
  std::vector<std::string> due;
  std::erase_if(waiting_, [&](Waiting& waiting) {
    if (waiting.event != event || waiting.bay != bay || --waiting.count > 0) return false;
    due.push_back(std::move(waiting.line));
    return true;
  });
  return due;
}

std::vector<std::string> Triggers::take_due(Instant now) {
  std::vector<std::string> due;
  while (!timed_.empty() && timed_.begin()->first <= now) {
    due.push_back(std::move(timed_.begin()->second));
    timed_.erase(timed_.begin());
  }
  return due;
}

std::optional<Instant> Triggers::next_event() const {
  if (timed_.empty()) return std::nullopt;
  return timed_.begin()->first;
}

void Triggers::clear() {
  timed_.clear();
  waiting_.clear();
}

}  // namespace havc::chassis
