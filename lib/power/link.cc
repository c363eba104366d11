#include "power/link.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace havc::power {

namespace {

using snmp::operator""_oid;

constexpr snmp::Oid kSysDescr = ".1.3.6.1.2.1.1.1.0"_oid;  // SNMPv2-MIB
/// A row of the table of modules.
struct ModuleRow {
  std::uint32_t bay;
  std::string address;
  bool primary;
};

/// What `reply` to charge_of() says: at most two rows.
std::vector<ModuleRow> rows_in(const Modules& table, const snmp::Reply& reply) {
  std::vector<ModuleRow> rows;
  for (const std::size_t row : {0U, 1U}) {
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
  return Error(
      Fault::misconfigured,
      text::quote(peer) + " is not an " + std::string(chassis.product) + " chassis: it is " +
          text::quote(description) + (type ? ", chassis type " + std::to_string(*type) : ""),
      "correct the management module's address, or use the program for that kind of chassis");
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
    const bool doubted = module.refuses || module.role == Role::standby;
    if ((!has_others() && !doubted) || table.primary.empty()) continue;
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

/// Modules behind one address, by port forwarding, cannot be told apart by it.
void Link::set_roles(const std::string& in_charge, const std::vector<std::string>& others) {
  for (auto& module : modules_) {
    const std::string& host = module.address.host;
    const auto alike = std::count_if(modules_.begin(), modules_.end(), [&](const Module& other) {
      return other.address.host == host;
    });
    if (alike > 1) continue;
    if (host == in_charge) {
      if (module.role != Role::in_charge) module.refuses = false;
      module.role = Role::in_charge;
    } else if (std::find(others.begin(), others.end(), host) != others.end()) {
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
  if (is_standby() || (present().asked() && !waited_enough)) return false;
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

}  // namespace havc::power
