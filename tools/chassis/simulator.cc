#include "chassis/simulator.h"

#include "base/error.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace havc::chassis {
namespace {

Instant now() {
  return std::chrono::steady_clock::now();
}

bool ready(const pollfd& polled) {
  return polled.revents != 0;
}

}  // namespace

Simulator::Simulator(const Options& options)
    : world_(make_world(options, now())),
      script_(world_),
      hooks_(options.hook),
      agent_(options.listen, options.access, world_,
             [this](Event event, int bay) { script_.run_fired(event, bay, now()); }),
      ending_(options.until_eof) {
  set_stage(options, script_, now());
  if (!options.control.empty()) {
    control_.emplace(options.control,
                     [this](const std::string& line) { return script_.execute(line, now()); });
  }
}

void Simulator::run() {
  while (!end_) {
    settle();
    auto waiting = polled();
    if (poll(waiting.data(), waiting.size(), patience()) < 0 && errno != EINTR) {
      throw Error(Fault::failed, "poll: " + system_words(errno));
    }
    settle();  // what was due while we waited has happened before whatever woke us
    serve(waiting);
  }
}

// A hook that cannot be started counts as one that failed, which may make room for the next.
void Simulator::settle() {
  const Instant now = chassis::now();
  script_.run_due(now);
  for (const auto& end : hooks_.reap()) world_.chassis.hook_ended(end.bay, end.success, now);
  world_.chassis.advance(now);
  for (auto calls = world_.chassis.take_hook_calls(); !calls.empty();
       calls = world_.chassis.take_hook_calls()) {
    for (const auto& call : calls) {
      if (!hooks_.start(call)) world_.chassis.hook_ended(call.bay, false, now);
    }
  }
  agent_.send_due(now);
}

// In this order for serve(): the ending, the agent, control.
std::vector<pollfd> Simulator::polled() const {
  std::vector<pollfd> polled;
  ending_.add_to(polled);
  polled.push_back({agent_.descriptor(), POLLIN, 0});
  if (control_) control_->add_to(polled);
  return polled;
}

int Simulator::patience() const {
  std::optional<Instant> next;
  for (const auto& event :
       {world_.chassis.next_event(), agent_.next_event(), world_.triggers.next_event()}) {
    if (event && (!next || *event < *next)) next = event;
  }
  if (!next) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now());
  return static_cast<int>(std::clamp<long>(left.count(), 0, 60'000));
}

void Simulator::serve(const std::vector<pollfd>& polled) {
  constexpr int kAgent = Ending::kPolled;
  if (ending_.told(polled, 0)) end_ = true;
  if (ready(polled[kAgent])) agent_.receive();
  if (control_ && std::any_of(polled.begin() + kAgent + 1, polled.end(), ready)) control_->serve();
  if (script_.quit_requested()) end_ = true;
}

}  // namespace havc::chassis
