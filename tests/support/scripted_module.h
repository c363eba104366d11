// A UDP peer on the loopback interface whose answers a test makes up, or has made by a simulator
// and then spoils. For what happens on networks: late, double, damaged and strange datagrams.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace havc::test {

class ScriptedModule {
 public:
  struct Datagram {
    std::string bytes;
    std::chrono::milliseconds after{0};
    bool from_another_port = false;
  };
  /// Called for each datagram that arrives, on a thread of the module.
  using Script = std::function<std::vector<Datagram>(const std::string& datagram)>;

  /// `address`: 127.0.0.1 or ::1. Throws Error(failed).
  explicit ScriptedModule(Script script, const std::string& address = "127.0.0.1");
  ~ScriptedModule();
  ScriptedModule(const ScriptedModule&) = delete;
  ScriptedModule& operator=(const ScriptedModule&) = delete;

  /// As 127.0.0.1:43210 or [::1]:43210.
  std::string peer() const;
  /// Datagrams that have arrived.
  int arrived() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What the agent at `peer` (as ScriptedModule::peer) answers to a datagram; nothing after 2 s.
std::optional<std::string> ask(const std::string& peer, const std::string& datagram);

}  // namespace havc::test
