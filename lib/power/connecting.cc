// How a Link finds its first module: all addresses are asked at once, and several chassis at the
// same time.
#include <algorithm>
#include <utility>

#include "power/link.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;

// A module that does not say who is in charge is taken after this long, though another may yet say
// that it is.
constexpr auto kUncertain = 3s;
// A standby has taken over within seconds, or not: those that answered are asked again.
constexpr auto kAskAgain = 5s;

}  // namespace

bool Link::good_enough(std::size_t module, Duration waited, Duration time) const {
  const Module& one = modules_[module];
  if (one.role == Role::in_charge || nothing_on_its_way()) return true;
  if (one.role == Role::standby) return waited >= time * 3 / 4;
  const bool other_in_charge =
      std::any_of(modules_.begin(), modules_.end(),
                  [](const Module& other) { return other.role == Role::in_charge; });
  return (one.charge == 0 && !other_in_charge) || waited >= kUncertain;
}

/// Several links on their way to a module each.
class Connecting {
 public:
  Connecting(std::vector<Link*> links, Deadline deadline)
      : links_(std::move(links)),
        results_(links_.size()),
        start_(deadline.now()),
        next_seek_(start_),
        deadline_(deadline) {}

  std::vector<std::optional<Error>> run() {
    for (;;) {
      if (deadline_.now() >= next_seek_) seek(deadline_.now() == start_);
      settle();
      if (links_done()) return results_;
      receive();
    }
  }

 private:
  bool links_done() const {
    return std::all_of(links_.begin(), links_.end(), [](Link* one) { return one == nullptr; });
  }
  Duration waited() const { return deadline_.now() - start_; }
  Duration time() const { return deadline_.end() - start_; }

  void seek(bool anew) {
    next_seek_ = deadline_.now() + kAskAgain;
    for (auto* link : links_) {
      if (link != nullptr) link->seek(anew);
    }
  }

  /// Those that have found what they look for, or have no hope left, are done.
  void settle() {
    for (std::size_t i = 0; i < links_.size(); ++i) {
      Link* link = links_[i];
      if (link == nullptr) continue;
      const auto found = link->best();
      const bool over = deadline_.expired() || (!found && link->nothing_on_its_way());
      if (found && (over || link->good_enough(*found, waited(), time()))) {
        link->present_ = *found;
      } else if (over) {
        results_[i] = link->trouble(waited());
      } else {
        continue;
      }
      link->forget();
      links_[i] = nullptr;
    }
  }

  void receive() {
    // Wakes up for the moments at which less is good enough.
    Instant next = std::min(next_seek_, start_ + time() * 3 / 4);
    if (start_ + kUncertain > deadline_.now()) next = std::min(next, start_ + kUncertain);
    if (next <= deadline_.now()) next = next_seek_;
    std::vector<snmp::Ticket> wanted;
    for (auto* link : links_) {
      if (link != nullptr) link->add_tickets(wanted);
    }
    const Deadline until = deadline_.or_sooner({deadline_.clock(), next});
    const auto answers = client().wait_for(wanted, until);
    if (answers.empty()) until.pause(until.remaining());
    for (const auto& answer : answers) {
      for (auto* link : links_) {
        if (link != nullptr && link->take(answer)) break;
      }
    }
  }

  snmp::Client& client() const {
    return (*std::find_if(links_.begin(), links_.end(), [](Link* one) { return one != nullptr; }))
        ->client();
  }

  std::vector<Link*> links_;  // null once done
  std::vector<std::optional<Error>> results_;
  Instant start_;
  Instant next_seek_;
  Deadline deadline_;
};

void Link::connect(Deadline deadline) {
  const auto results = Connecting({this}, deadline).run();
  if (results[0]) throw Error(*results[0]);
}

std::vector<std::optional<Error>> connect_all(std::vector<Link>& links, Deadline deadline) {
  std::vector<Link*> all;
  all.reserve(links.size());
  for (auto& link : links) all.push_back(&link);
  return Connecting(std::move(all), deadline).run();
}

}  // namespace havc::power
