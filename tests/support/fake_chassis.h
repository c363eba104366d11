// A chassis with state, on a FakeClock: commands take time, get lost, are refused; bays change
// under the caller's hands. Its modules, their failures and delays are FakeClient's. For the
// engine's tests; the protocol itself is tested against the simulator program.
#pragma once

#include "power/chassis.h"
#include "snmp/request.h"
#include "support/fake_clock.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace havc::test {

struct FakeBay {
  int number = 0;
  std::string name{};
  int exists = 1;
  std::int64_t state = 1;
  int health = 1;
  enum class SoftOff { obeyed, ignored, refused } soft_off = SoftOff::obeyed;
  int lost_commands = 0;            ///< so many hard commands to come are accepted without effect
  std::optional<Error> refusal{};   ///< of every hard command
  std::chrono::seconds latency{2};  ///< from a command to the new state
  std::string uuid{};               ///< as its table has it; empty: no row there
  std::optional<snmp::Value> odd_state{};      ///< in place of `state`
  std::optional<std::int64_t> second_state{};  ///< what the second table says in place of `state`
  bool counts = false;                         ///< time of being powered on runs though it is off
  bool silent = false;                         ///< questions for this row are not answered
  std::chrono::milliseconds answer_time{0};    ///< more than the module's, for this row
  std::optional<std::string>
      reseat_name{};  ///< of its row in the table of reseats, if there is one
};

class FakeChassis {
 public:
  explicit FakeChassis(FakeClock& clock, const power::Chassis& kind = power::kBladeCenter);

  /// A bay in row `index`, which need not be its number.
  FakeBay& add(std::uint32_t index, FakeBay bay);
  FakeBay& row(std::uint32_t index) { return rows_.at(index).bay; }
  /// Something that happens by itself, `time` after the clock's start.
  void at(std::chrono::seconds time, std::function<void()> happening);
  /// Instead of what a row says.
  void set_row_object(const snmp::Oid& oid, snmp::Value value) {
    overrides_[oid] = std::move(value);
  }
  /// Objects that are missing.
  void hide(const snmp::Oid& oid) { hidden_.push_back(oid); }
  /// Any other object; Absent takes one away.
  void set_object(const snmp::Oid& oid, snmp::Value value);

  std::optional<Error> read_refusal{};  ///< the answer to everything that reads

  struct Command {
    std::chrono::seconds when;
    std::uint32_t index;
    std::int32_t code;
    friend bool operator==(const Command&, const Command&) = default;
  };
  const std::vector<Command>& commands() const { return commands_; }
  /// Requests that were sent.
  int packets() const { return packets_; }
  /// Rows that were reseated, in their order.
  const std::vector<std::uint32_t>& reseats() const { return reseats_; }

  /// What a module in charge answers now.
  snmp::Reply ask(const snmp::Request& request);
  /// What happens by itself until now.
  void happen();
  /// The row that `oid` belongs to, if any.
  FakeBay* row_of(const snmp::Oid& oid);

 private:
  struct Row {
    FakeBay bay;
    std::optional<std::int64_t> target;
    Instant due;
  };
  using Objects = std::map<snmp::Oid, snmp::Value>;

  Objects objects() const;
  void add_objects(Objects& all, std::uint32_t index, const FakeBay& bay) const;
  std::optional<snmp::Reply> reseat(const snmp::Request& request);
  snmp::Reply reply(const snmp::Request& request);
  snmp::Reply set(const snmp::Request& request);

  FakeClock& clock_;
  const power::Chassis& kind_;
  std::map<std::uint32_t, Row> rows_;
  Objects extra_;
  Objects overrides_;
  std::vector<snmp::Oid> hidden_;
  std::multimap<Instant, std::function<void()>> happenings_;
  std::vector<Command> commands_;
  std::vector<std::uint32_t> reseats_;
  int packets_ = 0;
};

}  // namespace havc::test
