#include "domain/checkup.h"

#include "base/log.h"
#include "base/text.h"
#include "domain/agent_watch.h"
#include "domain/definition.h"
#include "domain/devices.h"
#include "domain/drift.h"
#include "domain/qemu_process.h"

namespace havc::domain {

namespace {

using std::chrono::seconds;
// Each answers in milliseconds, or when storage does; see hypervisor.h for the agent.
constexpr Duration kMostForQemu = seconds(5);
constexpr Duration kMostForAgent = seconds(7);
// The definition may lie on a file system that hangs; then it is not compared.
constexpr Duration kMostForFile = seconds(2);

class Checkup {
 public:
  Checkup(const Subject& subject, const Inspection& found, pid_t qemu, Depth depth,
          const HealthPolicy& policy, Link& link, const Places& places, Deadline deadline)
      : subject_(subject),
        found_(found),
        qemu_(qemu),
        depth_(depth),
        policy_(policy),
        link_(link),
        places_(places),
        deadline_(deadline) {}

  Health run() {
    if (in_between()) return {Verdict::running};
    Hypervisor::Insight insight;
    if (const auto failure = attempt(kMostForQemu, [&](Hypervisor& libvirt, Deadline until) {
          insight = libvirt.ask_qemu(found_.identity, until);
        })) {
      return without_qemu(*failure);
    }
    const auto live = live_devices();
    Health agent = live ? check_agent(*live, insight.busy) : Health{Verdict::running};
    if (agent.verdict == Verdict::failed) return agent;
    if (!insight.disk_errors.empty() && policy_.io_error != PausePolicy::ignore) {
      return {Verdict::degraded, "domain " + name() + " runs with " + describe(insight.disk_errors),
              "repair its storage"};
    }
    if (agent.verdict != Verdict::running) return agent;
    return live ? check_disks(*live) : Health{Verdict::running};
  }

 private:
  template <class Call>
  std::optional<Error> attempt(Duration most, Call call) {
    const Deadline until = deadline_.part(most);
    return link_.attempt([&](Hypervisor& libvirt) { call(libvirt, until); }, until);
  }

  // Arriving or powering off: libvirt lets nobody ask it anything.
  bool in_between() const {
    return found_.state == State::shutdown || found_.reason == Reason::migrating ||
           found_.reason == Reason::shutting_down;
  }

  // Is it QEMU or libvirt that does not answer? libvirt says a domain's state without asking QEMU.
  Health without_qemu(const Error& failure) {
    if (failure.fault() == Fault::unsupported) return {Verdict::running};
    if (failure.fault() != Fault::timed_out)
      return {Verdict::degraded, failure.problem(), failure.remedy()};
    const Look again = link_.look(found_.identity, deadline_.part(kOneLook));
    if (!again.answered()) {
      return {Verdict::degraded, "QEMU of " + name() + " runs, but " + again.silence->problem(),
              again.silence->remedy()};
    }
    return {Verdict::degraded, "QEMU of domain " + name() + " does not answer libvirt",
            "look at its storage and at the host's load"};
  }

  std::optional<Devices> live_devices() {
    std::optional<Devices> devices;
    const auto failure = attempt(kOneLook, [&](Hypervisor& libvirt, Deadline until) {
      devices = parse_devices(libvirt.live_xml(found_.identity, until), "the XML of " + name());
    });
    if (failure) log::warn(failure->problem());
    return devices;
  }

  Health check_agent(const Devices& live, bool busy) {
    const bool can_hear = found_.state == State::running || found_.state == State::blocked;
    if (policy_.agent == AgentCheck::off || busy || !can_hear) return {Verdict::running};
    AgentSign sign{live.agent_channel, live.agent_connected, AgentAnswer::unclear, age_of_qemu()};
    if (sign.connected) sign.answer = ask_agent();
    const std::string qemu = found_.identity.uuid + "/" + std::to_string(qemu_);
    const Instant now = deadline_.now();
    const AgentMemory before = recall_agent(places_.notes, subject_.instance, qemu, now);
    AgentMemory memory = before;
    Health health = judge_agent(policy_.agent, depth_, sign, subject_.identity.name, memory);
    if (!(memory == before)) remember_agent(places_.notes, subject_.instance, qemu, memory, now);
    return health;
  }

  std::optional<seconds> age_of_qemu() const {
    const auto age = process_age(places_.proc, qemu_);
    return age ? std::optional(std::chrono::duration_cast<seconds>(*age)) : std::nullopt;
  }

  AgentAnswer ask_agent() {
    AgentAnswer answer = AgentAnswer::unclear;
    const auto failure = attempt(kMostForAgent, [&](Hypervisor& libvirt, Deadline until) {
      answer = libvirt.ask_agent(found_.identity, until);
    });
    if (!failure) return answer;
    log::debug(failure->problem());
    // One that has answered before is asked by libvirt without the handshake that takes 5 s at
    // most, and waited for without end: virDomainGetTime has no timeout of its own.
    if (failure->fault() != Fault::timed_out) return AgentAnswer::unclear;
    const Look again = link_.look(found_.identity, deadline_.part(kOneLook));
    return again.answered() ? AgentAnswer::silent : AgentAnswer::unclear;
  }

  // Nothing where the definition cannot be read: that is not this guest's illness.
  Health check_disks(const Devices& live) const {
    try {
      const auto definition = read_definition(subject_.config, deadline_.part(kMostForFile));
      if (!same_domain(definition.identity, found_.identity)) return {Verdict::running};
      const auto moved = drift(live, parse_devices(definition.xml, definition.path));
      if (!moved) return {Verdict::running};
      return {Verdict::degraded,
              moved->target + " of domain " + name() + " runs from " + text::quote(moved->live) +
                  ", unlike 'config'",
              "commit it, or correct the file"};
    } catch (const Error& error) {
      log::debug(error.problem());
      return {Verdict::running};
    }
  }

  std::string name() const { return text::quote(subject_.identity.name); }

  const Subject& subject_;
  const Inspection& found_;
  pid_t qemu_;
  Depth depth_;
  const HealthPolicy& policy_;
  Link& link_;
  const Places& places_;
  Deadline deadline_;
};

}  // namespace

Health check_up(const Subject& subject, const Inspection& found, pid_t qemu, Depth depth,
                const HealthPolicy& policy, Link& link, const Places& places, Deadline deadline) {
  return Checkup(subject, found, qemu, depth, policy, link, places, deadline).run();
}

}  // namespace havc::domain
