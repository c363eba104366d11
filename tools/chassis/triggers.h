// What is to happen later: lines of a script that wait for a point in time, or for a bay to be read
// or written. It keeps and hands out lines; it knows neither what they mean nor any clock.
#pragma once

#include "base/clock.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace havc::chassis {

enum class Event {
  read,   ///< a request was answered with objects of the bay; once the answer has been made
  set,    ///< a SET to the bay has arrived; before it is judged
  after,  ///< the same, once it has been obeyed or refused
};

class Triggers {
 public:
  void at(Instant due, std::string line);
  /// `line` is due at the `count`th `event` of `bay` from now on, 1 being the next.
  void on(Event event, int bay, int count, std::string line);

  /// The lines that are due because of this event, in the order in which they were given. Each is
  /// handed out once.
  std::vector<std::string> fire(Event event, int bay);
  std::vector<std::string> take_due(Instant now);
  std::optional<Instant> next_event() const;

  void clear();
  std::size_t size() const { return timed_.size() + waiting_.size(); }

 private:
  struct Waiting {
    Event event;
    int bay;
    int count;
    std::string line;
  };
  std::multimap<Instant, std::string> timed_;
  std::vector<Waiting> waiting_;
};

}  // namespace havc::chassis
