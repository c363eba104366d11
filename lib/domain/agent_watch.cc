#include "domain/agent_watch.h"

#include "base/log.h"
#include "base/stamp.h"
#include "base/text.h"
#include "domain/note.h"

namespace havc::domain {

namespace {

// In a memory's file, before the count of failures.
constexpr std::string_view kConnected = "connected";
constexpr std::string_view kNever = "never";

bool missed(AgentCheck check, const AgentSign& sign, const AgentMemory& memory) {
  if (sign.connected) return sign.answer == AgentAnswer::silent;
  if (memory.connected) return true;
  return check == AgentCheck::required && sign.age.value_or(kAgentBoot) >= kAgentBoot;
}

Health words(const AgentSign& sign, const std::string& name, const AgentMemory& memory) {
  if (sign.connected) {
    return {Verdict::degraded,
            "the guest agent of domain " + text::quote(name) + " does not answer",
            "look at the guest's console: it may hang"};
  }
  if (memory.connected) {
    return {Verdict::degraded, "the guest agent of domain " + text::quote(name) + " has gone",
            "start qemu-guest-agent in the guest"};
  }
  return {Verdict::degraded,
          "no guest agent has come up in domain " + text::quote(name) + " for " +
              std::to_string(kAgentBoot.count()) + " s",
          "install it in the guest"};
}

}  // namespace

Health judge_agent(AgentCheck check, Depth depth, const AgentSign& sign, const std::string& name,
                   AgentMemory& memory) {
  if (check == AgentCheck::off) return {Verdict::running};
  if (!sign.channel) {
    if (check == AgentCheck::automatic) return {Verdict::running};
    return {Verdict::degraded, "domain " + text::quote(name) + " has no channel for a guest agent",
            "add channel org.qemu.guest_agent.0 to 'config'"};
  }
  if (sign.connected && sign.answer == AgentAnswer::unclear) {
    memory.connected = true;
    return {Verdict::running};
  }
  if (!missed(check, sign, memory)) {
    memory = {memory.connected || sign.connected};
    return {Verdict::running};
  }
  if (memory.failures < kAgentFailures) ++memory.failures;
  if (memory.failures < kAgentFailures) return {Verdict::running};
  Health health = words(sign, name, memory);
  const bool reboots = !sign.connected && memory.connected && memory.failing < kAgentBoot;
  if (depth == Depth::strict && !reboots) health.verdict = Verdict::failed;
  return health;
}

AgentMemory recall_agent(const std::string& folder, const std::string& instance,
                         const std::string& qemu, Instant now) noexcept {
  try {
    const auto stamp = read_stamp(instance_file(folder, instance, "agent"), now);
    if (!stamp) return {};
    const auto words = text::split(stamp->text, " ");
    constexpr std::size_t kWords = 3;
    if (words.size() != kWords || words[0] != qemu) return {};
    const auto failures = text::number(words[2], kAgentFailures);
    if (!failures || (words[1] != kConnected && words[1] != kNever)) return {};
    return {words[1] == kConnected, static_cast<unsigned int>(*failures),
            *failures > 0 ? stamp->age : std::chrono::seconds::zero()};
  } catch (const std::exception& error) {
    log::debug(error.what());
    return {};
  }
}

void remember_agent(const std::string& folder, const std::string& instance, const std::string& qemu,
                    const AgentMemory& memory, Instant now) noexcept {
  try {
    const std::string_view seen = memory.connected ? kConnected : kNever;
    write_stamp(instance_file(folder, instance, "agent"), now - memory.failing,
                qemu + " " + std::string(seen) + " " + std::to_string(memory.failures));
  } catch (const std::exception& error) {
    log::warn(error.what());
  }
}

}  // namespace havc::domain
