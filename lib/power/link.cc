#include "power/link.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace havc::power {

namespace {

using namespace std::chrono_literals;
using snmp::operator""_oid;

constexpr snmp::Oid kSysDescr = ".1.3.6.1.2.1.1.1.0"_oid;  // SNMPv2-MIB
// A module that does not say who is in charge is taken after this long, though another may yet say
// that it is.
constexpr auto kUncertain = 3s;
// A standby has taken over within seconds, or not: those that answered are asked again.
constexpr auto kAskAgain = 5s;

/// A row of the table of modules.
struct ModuleRow {
  std::uint32_t bay;
  std::string address;
  bool primary;
};

/// What `reply` to charge_of() says: at most two rows.
std::vector<ModuleRow> rows_in(const Modules& table, const snmp::Reply& reply) {
  std::vector<ModuleRow> rows;
  for (const std::size_t row : {0, 1}) {
    const auto& address = reply.bindings.at(row);
    const auto& primary = reply.bindings.at(row + 2);
    if (!table.address.contains(address.oid) || !table.primary.contains(primary.oid)) continue;
    const std::uint32_t bay = address.oid.ids().back();
    if (primary.oid.ids().back() != bay || (!rows.empty() && rows[0].bay == bay)) continue;
    rows.push_back({bay, snmp::text(address.value), snmp::number(primary.value) == 1});
  }
  return rows;
}

/// The first two rows of the table, and the object. GETNEXT, because one that is missing would
/// spoil a GET of SNMPv1.
snmp::Request charge_of(const Modules& table) {
  constexpr std::uint32_t kFirst = 1;
  return {
      snmp::Request::Kind::next,
      {table.address, table.address / kFirst, table.primary, table.primary / kFirst, table.active}};
}

bool described(const Chassis& chassis, const std::string& description) {
  const std::string lowered = text::lower(description);
  return std::any_of(
      chassis.descriptions.begin(), chassis.descriptions.end(),
      [&](std::string_view part) { return lowered.find(text::lower(part)) != std::string::npos; });
}

/// What is wrong with a module that says this of itself.
std::optional<Error> wrong_kind(const Chassis& chassis, const std::string& peer,
                                std::optional<std::int64_t> type, const std::string& description) {
  const bool right =
      type ? std::find(chassis.types.begin(), chassis.types.end(), *type) != chassis.types.end()
           : described(chassis, description);
  if (right) return {};
  return Error(Fault::misconfigured,
               text::quote(peer) + " is not an " + std::string(chassis.product) +
                   " chassis: it is " + text::quote(description) +
                   (type ? ", chassis type " + std::to_string(*type) : ""),
               "correct 'mgmt_address', or use the plugin for that kind of chassis");
}

}  // namespace

Link::Link(snmp::Client& client, const Chassis& chassis,
           const std::vector<snmp::Address>& addresses)
    : client_(&client), chassis_(&chassis) {
  for (const auto& address : addresses)
    modules_.push_back({.address = address, .peer = client.open(address)});
}

void Link::seek(bool anew) {
  for (auto& module : modules_) {
    if (anew) module.right = false;
    if (module.asked()) continue;
    snmp::Request who{snmp::Request::Kind::get, {kSysDescr}};
    if (!chassis_->type_object.empty()) who.oids.push_back(chassis_->type_object);
    module.who = client_->send(module.peer, std::move(who));
    const Modules& table = chassis_->modules;
    if (!has_others() || table.primary.empty()) continue;
    module.charge = client_->send(module.peer, charge_of(table));
  }
}

bool Link::take(const snmp::Answer& answer) {
  for (auto& module : modules_) {
    if (answer.ticket == 0) break;
    if (module.who == answer.ticket) {
      module.who = 0;
      take_who(module, answer.reply);
      return true;
    }
    if (module.charge == answer.ticket) {
      module.charge = 0;
      take_charge(answer.reply);
      return true;
    }
  }
  return false;
}

void Link::take_who(Module& module, const snmp::Reply& reply) {
  const std::string before = module.trouble ? module.trouble->problem() : "";
  module.trouble = reply.error;
  if (!reply.error) {
    module.description = snmp::text(reply.bindings.at(0).value);
    const auto type =
        reply.bindings.size() > 1 ? snmp::number(reply.bindings[1].value) : std::nullopt;
    module.trouble = wrong_kind(*chassis_, module.address.text(), type, module.description);
  }
  module.right = !module.trouble;
  if (module.trouble && module.trouble->problem() != before) log::warn(module.trouble->problem());
}

/// Where nothing can be learned of the table, nothing changes.
void Link::take_charge(const snmp::Reply& reply) {
  if (reply.error) return;
  const Modules& table = chassis_->modules;
  const auto rows = rows_in(table, reply);
  const bool told = std::count_if(rows.begin(), rows.end(),
                                  [](const ModuleRow& row) { return row.primary; }) == 1;
  const auto& active = reply.bindings.at(4);
  std::string in_charge;
  std::vector<std::string> others;
  for (const auto& row : rows) {
    const bool is = told ? row.primary
                         : table.active.contains(active.oid) &&
                               snmp::number(active.value) == std::int64_t(row.bay);
    if (is) {
      in_charge = row.address;
    } else {
      others.push_back(row.address);
    }
  }
  if (!in_charge.empty()) set_roles(in_charge, others);
}

void Link::add_tickets(std::vector<snmp::Ticket>& tickets) const {
  for (const auto& module : modules_) {
    if (module.who != 0) tickets.push_back(module.who);
    if (module.charge != 0) tickets.push_back(module.charge);
  }
}

void Link::set_roles(const std::string& in_charge, const std::vector<std::string>& others) {
  for (auto& module : modules_) {
    if (module.address.host == in_charge) {
      if (module.role != Role::in_charge) module.refuses = false;
      module.role = Role::in_charge;
    } else if (std::find(others.begin(), others.end(), module.address.host) != others.end()) {
      module.role = Role::standby;
    }
  }
}

std::optional<std::size_t> Link::best() const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    const Module& module = modules_[i];
    if (!module.right || module.refuses) continue;
    if (!found || module.role < modules_[*found].role) found = i;
  }
  return found;
}

void Link::forget() {
  for (auto& module : modules_) {
    if (module.who != 0) client_->forget(std::exchange(module.who, 0));
    if (module.charge != 0) client_->forget(std::exchange(module.charge, 0));
  }
}

bool Link::nothing_on_its_way() const {
  return std::none_of(modules_.begin(), modules_.end(),
                      [](const Module& module) { return module.asked(); });
}

bool Link::hopeless(bool waited_enough) const {
  if (present().role == Role::standby) return false;
  for (const auto& module : modules_) {
    if (&module == &present() || module.refuses || (module.right && module.role == Role::standby))
      continue;
    if (module.right || (module.asked() && !waited_enough)) return false;
  }
  return true;
}

bool Link::change_to_better(bool present_is_silent, bool any) {
  const auto found = best();
  if (!found || *found == present_) return false;
  const Role offered = modules_[*found].role;
  if (offered == Role::standby && !any) return false;
  // A module that works is left only for the one that is in charge.
  if (!present_is_silent && !present().refuses && offered != Role::in_charge) return false;
  log::warn(text::quote(name()) + (present().refuses ? " refuses" : " is silent") + "; " +
            text::quote(modules_[*found].address.text()) + " is used from now on");
  present_ = *found;
  return true;
}

std::vector<std::string> Link::troubles() const {
  std::vector<std::string> texts;
  for (const auto& module : modules_) {
    if (&module != &present() && module.trouble) texts.push_back(module.trouble->problem());
  }
  return texts;
}

Error Link::trouble(Duration waited) const {
  std::optional<Error> first;
  std::string others;
  for (const auto& module : modules_) {
    const Error one = module.trouble ? *module.trouble : client_->silence(module.peer, waited);
    if (!first) {
      first = one;
    } else {
      others += "; " + one.problem();
    }
  }
  return {first->fault(), first->problem() + others, first->remedy()};
}

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

bool Link::change(Deadline deadline) {
  const Instant start = deadline.now();
  const Duration most = deadline.remaining() / 2;
  seek(true);
  bool changed = false;
  while (!(changed = change_to_better(true, deadline.now() - start >= most))) {
    std::vector<snmp::Ticket> wanted;
    add_tickets(wanted);
    const bool patient = deadline.now() - start < most;
    if (deadline.expired() || (wanted.empty() && !patient)) break;
    const Deadline until =
        patient ? deadline.or_sooner({deadline.clock(), start + most}) : deadline;
    const auto answers = client_->wait_for(wanted, until);
    if (answers.empty()) until.pause(until.remaining());
    for (const auto& answer : answers) take(answer);
  }
  forget();
  return changed;
}

std::vector<std::optional<Error>> connect_all(std::vector<Link>& links, Deadline deadline) {
  std::vector<Link*> all;
  for (auto& link : links) all.push_back(&link);
  return Connecting(std::move(all), deadline).run();
}

}  // namespace havc::power
