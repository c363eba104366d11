// The traffic for one bay: its own readings and commands on their way, independent of every other
// bay's. What they mean is the Pursuit's business.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "power/audit.h"
#include "power/link.h"
#include "power/pursuit.h"

namespace havc::power {

/// Without an answer for this long, it is worth telling, and asking other modules; OpenHPI calls
/// answers "after several attempts" normal.
inline constexpr auto kSilence = std::chrono::seconds(5);

class Errand {
 public:
  /// `target`: its place in the plan, for the audit.
  Errand(Pursuit pursuit, Link& link, std::size_t link_number, std::size_t target, Audit& audit)
      : pursuit_(std::move(pursuit)),
        link_(&link),
        link_number_(link_number),
        target_(target),
        audit_(&audit) {}

  /// Sends the reading that is due, and gives up commands that were not answered.
  void step(Instant now);
  /// Takes its answer in and commands what follows from it. False when it is somebody else's.
  /// Throws what Pursuit throws; what is refused for want of access is kept as refusal().
  bool take(const snmp::Answer& answer, Instant now);
  /// When step() has something to do again, if no answer comes before.
  Instant wake() const;
  /// Since when there has been a question without an answer.
  std::optional<Instant> waiting_since() const;
  /// Nothing of it is on its way any more.
  void forget();
  /// The link has changed to another module: begins anew with a reading.
  void moved();

  const Pursuit& pursuit() const { return pursuit_; }
  std::size_t link_number() const { return link_number_; }
  /// The last refusal for want of access that another module may not repeat.
  const std::optional<Error>& refusal() const { return refusal_; }

 private:
  enum class Kind {
    row,      ///< state and identity
    opinion,  ///< the second table
    reseat,   ///< the row, and who is in the row that a reseat would go to
  };
  struct Question {
    snmp::Ticket ticket;
    Kind kind;
    Instant asked;
  };
  struct Command {
    snmp::Ticket ticket;
    Order order;
    Instant given;
    std::size_t number;  // in the audit
  };

  void ask(Kind kind, std::vector<snmp::Oid> objects, Instant now);
  bool has_room() const;
  void take(const Question& question, const snmp::Reply& reply, Instant now);
  void take_reseat(const snmp::Value& name, Instant now);
  Opinion opinion_of(const std::vector<snmp::Value>& values) const;
  void act(Instant now);
  void command(const Order& order, const snmp::Oid& object, Instant now);
  void answered(const std::optional<Error>& trouble, Instant now);
  void refused(const Error& error, Instant now);
  void observe();

  Pursuit pursuit_;
  Link* link_;
  std::size_t link_number_;
  std::size_t target_;
  Audit* audit_;
  std::vector<Question> questions_;
  std::optional<Command> command_;
  std::optional<Order> reseat_;  // waits for its row to be read
  std::optional<Error> refusal_;
  Instant next_question_{};
};

}  // namespace havc::power
