#include "power/power.h"

#include <algorithm>
#include <string>

#include "base/log.h"
#include "base/text.h"
#include "power/errand.h"
#include "power/watch.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;

constexpr auto kOnTime = 10s;

/// All bays of a plan on their way to a goal: one errand each, under one wait.
class Work {
 public:
  Work(std::vector<Link>& links, std::vector<Pursuit> pursuits, const Plan& plan, Audit& audit,
       Deadline deadline);
  // What was not answered must not be sent again once its outcome is decided.
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  /// Returns once all bays are confirmed.
  void run();

 private:
  void step(Instant now);
  void change_links(Instant now);
  std::optional<Instant> waiting_since(std::size_t link) const;
  std::optional<Error> refusal(std::size_t link) const;
  Instant wake() const;
  void receive();
  void take(const snmp::Answer& answer, Instant now);
  bool done(Instant now) const;
  Error unfinished(Instant now) const;

  std::vector<Link>& links_;
  std::vector<Errand> errands_;
  std::vector<Watch> watches_;  // one a link
  Audit& audit_;
  Instant start_;
  Deadline deadline_;
};

Work::Work(std::vector<Link>& links, std::vector<Pursuit> pursuits, const Plan& plan, Audit& audit,
           Deadline deadline)
    : links_(links), audit_(audit), start_(deadline.now()), deadline_(deadline) {
  for (std::size_t i = 0; i < pursuits.size(); ++i) {
    const std::size_t link = plan.targets[i].link;
    errands_.emplace_back(std::move(pursuits[i]), links_.at(link), link, i, audit_);
  }
  for (std::size_t i = 0; i < links_.size(); ++i) watches_.emplace_back(links_[i], start_);
}

Work::~Work() {
  for (auto& errand : errands_) errand.forget();
  for (auto& link : links_) link.forget();
}

void Work::run() {
  for (;;) {
    // Every bay is read until all are confirmed: one that comes back meanwhile is not done.
    const Instant now = deadline_.now();
    if (done(now)) return;
    if (deadline_.expired()) throw unfinished(now);
    step(now);
    receive();
  }
}

void Work::step(Instant now) {
  for (auto& errand : errands_) errand.step(now);
  change_links(now);
}

void Work::change_links(Instant now) {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    // Questions and commands go to the module that was asked: they end before the link changes.
    if (!watches_[i].step(now, waiting_since(i), refusal(i))) continue;
    audit_.module(i, links_[i].name());
    for (auto& errand : errands_) {
      if (errand.link_number() != i) continue;
      errand.forget();
      errand.moved();
      errand.step(now);
    }
  }
}

std::optional<Instant> Work::waiting_since(std::size_t link) const {
  std::optional<Instant> first;
  for (const auto& errand : errands_) {
    const auto since =
        errand.link_number() == link ? errand.waiting_since() : std::optional<Instant>();
    if (since && (!first || *since < *first)) first = since;
  }
  return first;
}

std::optional<Error> Work::refusal(std::size_t link) const {
  for (const auto& errand : errands_) {
    if (errand.link_number() == link && errand.refusal()) return errand.refusal();
  }
  return {};
}

Instant Work::wake() const {
  Instant next = deadline_.end();
  for (const auto& errand : errands_) next = std::min(next, errand.wake());
  for (std::size_t i = 0; i < watches_.size(); ++i)
    next = std::min(next, watches_[i].wake(waiting_since(i)));
  return next;
}

void Work::receive() {
  const Deadline until{deadline_.clock(), wake()};
  const auto answers = links_.front().client().wait(until);
  if (answers.empty()) until.pause(until.remaining());  // nothing is on its way
  const Instant now = deadline_.now();
  for (const auto& answer : answers) take(answer, now);
}

void Work::take(const snmp::Answer& answer, Instant now) {
  for (auto& errand : errands_) {
    if (!errand.take(answer, now)) continue;
    watches_[errand.link_number()].heard(now);
    return;
  }
  for (auto& link : links_) {
    if (link.take(answer)) return;
  }
}

bool Work::done(Instant now) const {
  return std::all_of(errands_.begin(), errands_.end(),
                     [&](const Errand& one) { return one.pursuit().confirmed(now); });
}

Error Work::unfinished(Instant now) const {
  std::vector<std::string> texts;
  std::string remedy;
  for (const auto& errand : errands_) {
    if (errand.pursuit().confirmed(now)) continue;
    texts.push_back(errand.pursuit().text());
    remedy = errand.pursuit().remedy();
    const Link& link = links_[errand.link_number()];
    if (link.refuses() && link.is_standby()) {
      texts.back() += "; " + text::quote(link.name()) + " is the standby module";
      remedy = "use the address of the module in charge, or both, separated by a comma";
    }
  }
  const auto seconds = std::chrono::round<std::chrono::seconds>(now - start_).count();
  return {Fault::timed_out,
          "timed out after " + std::to_string(seconds) + " s: " + text::join(texts, "; "), remedy};
}

void pursue(std::vector<Link>& links, const Chassis& chassis, const Plan& plan, Goal goal,
            const OffPolicy& policy, Audit& audit, Deadline deadline) {
  audit.phase(goal == Goal::off ? "off" : "on");
  audit.targets(plan);
  for (std::size_t i = 0; i < links.size(); ++i) audit.module(i, links[i].name());
  const Duration soft =
      plan.scaled ? 0s : std::min<Duration>(policy.soft_timeout, deadline.remaining() / 2);
  std::vector<Pursuit> pursuits;
  for (const auto& target : plan.targets)
    pursuits.emplace_back(chassis, target.bay, goal, deadline.now() + soft, policy);
  Work(links, std::move(pursuits), plan, audit, deadline).run();
}

void check(const Chassis& chassis, const OffPolicy& policy) {
  if (policy.verify == Verify::strict && chassis.witness.state.empty()) {
    throw Error(Fault::misconfigured,
                std::string(chassis.product) + " has no second table of power states",
                "use verify=basic");
  }
  if (policy.escalate == Escalate::reseat && chassis.reseat.command.empty()) {
    log::warn(std::string(chassis.product) + " cannot reseat blades: escalate has no effect");
  }
}

}  // namespace

void turn_off(std::vector<Link>& links, const Chassis& chassis, const Plan& plan,
              const OffPolicy& policy, Audit& audit, Deadline deadline) {
  check(chassis, policy);
  pursue(links, chassis, plan, Goal::off, policy, audit, deadline);
}

void turn_on(std::vector<Link>& links, const Chassis& chassis, const Plan& plan, Audit& audit,
             Deadline deadline) {
  pursue(links, chassis, plan, Goal::on, {}, audit, deadline);
}

bool reset(std::vector<Link>& links, const Chassis& chassis, const Plan& plan,
           const OffPolicy& policy, Audit& audit, Deadline deadline) {
  OffPolicy hard = policy;
  hard.soft_timeout = 0s;
  turn_off(links, chassis, plan, hard, audit, deadline);
  try {
    turn_on(links, chassis, plan, audit, deadline.capped(kOnTime));
    return true;
  } catch (const Error& error) {
    log::warn("the host is off, but could not be powered on again: " + std::string(error.what()));
    audit.note("not on again: " + error.problem());
    return false;
  }
}

}  // namespace havc::power
