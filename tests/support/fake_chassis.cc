#include "support/fake_chassis.h"

namespace havc::test {

using snmp::operator""_oid;

namespace {

/// Of the state column.
std::int64_t code_of(const power::Chassis& kind, bool on) {
  const auto wanted = on ? power::Power::on : power::Power::off;
  for (const auto& row : kind.states) {
    if (row.power == wanted) return row.code;
  }
  return -1;
}

}  // namespace

FakeChassis::FakeChassis(FakeClock& clock, const power::Chassis& kind)
    : clock_(clock), kind_(kind) {
  if (!kind.type_object.empty()) set_object(kind.type_object, std::int64_t(kind.types.front()));
  set_object(".1.3.6.1.2.1.1.1.0"_oid, "IBM " + std::string(kind.descriptions.front()));
}

FakeBay& FakeChassis::add(std::uint32_t index, FakeBay bay) {
  auto& row = rows_[index];
  row.bay = std::move(bay);
  return row.bay;
}

void FakeChassis::at(std::chrono::seconds time, std::function<void()> happening) {
  happenings_.emplace(Instant() + time, std::move(happening));
}

void FakeChassis::set_object(const snmp::Oid& oid, snmp::Value value) {
  extra_[oid] = std::move(value);
}

void FakeChassis::happen() {
  while (!happenings_.empty() && happenings_.begin()->first <= clock_.now()) {
    const auto happening = std::move(happenings_.begin()->second);
    happenings_.erase(happenings_.begin());
    happening();
  }
  for (auto& [index, row] : rows_) {
    if (row.target && row.due <= clock_.now()) {
      row.bay.state = *row.target;
      row.target.reset();
    }
  }
}

FakeChassis::Objects FakeChassis::objects() const {
  Objects all = extra_;
  for (const auto& [index, row] : rows_) add_objects(all, index, row.bay);
  for (const auto& [oid, value] : overrides_) all[oid] = value;
  for (const auto& oid : hidden_) all.erase(oid);
  return all;
}

void FakeChassis::add_objects(Objects& all, std::uint32_t index, const FakeBay& bay) const {
  const auto set = [&](const snmp::Oid& column, std::uint32_t at, snmp::Value value) {
    if (!column.empty()) all[column / at] = std::move(value);
  };
  const auto& columns = kind_.columns;
  set(columns.bay, index, std::int64_t(bay.number));
  set(columns.exists, index, std::int64_t(bay.exists));
  set(columns.state, index, bay.odd_state.value_or(bay.state));
  set(columns.health, index, std::int64_t(bay.health));
  set(columns.name, index, bay.name + std::string(1, '\0'));  // as the MIB says
  set(columns.command, index, std::int64_t(1));               // means nothing when read
  const auto& witness = kind_.witness;
  const bool counts = bay.counts || bay.state == 1;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(clock_.elapsed()).count();
  set(witness.state_bay, index, std::int64_t(bay.number));
  set(witness.state, index, bay.second_state.value_or(bay.state));
  set(witness.seconds_bay, index, std::int64_t(bay.number));
  set(witness.seconds, index, std::int64_t(1000) + (counts ? seconds : 0));
  const auto number = static_cast<std::uint32_t>(bay.number);
  if (!bay.uuid.empty())
    set(kind_.inventory.uuid, kind_.inventory.by_bay ? number : index, bay.uuid);
  if (bay.reseat_name) set(kind_.reseat.name, number, *bay.reseat_name);
}

FakeBay* FakeChassis::row_of(const snmp::Oid& oid) {
  const bool by_row = kind_.columns.bay.contains(oid) || kind_.columns.command.contains(oid) ||
                      kind_.witness.state_bay.contains(oid);
  if (!by_row) return nullptr;
  const auto found = rows_.find(oid.ids().back());
  return found == rows_.end() ? nullptr : &found->second.bay;
}

/// Off, whatever was commanded before and however the blade takes commands.
std::optional<snmp::Reply> FakeChassis::reseat(const snmp::Request& request) {
  for (auto& [index, row] : rows_) {
    const auto number = static_cast<std::uint32_t>(row.bay.number);
    if (kind_.reseat.command.empty() || request.oids.at(0) != kind_.reseat.command / number)
      continue;
    reseats_.push_back(index);
    row.target = 0;
    row.due = clock_.now() + row.bay.latency;
    return snmp::Reply{{{request.oids.at(0), std::int64_t(request.value)}}, {}};
  }
  return {};
}

snmp::Reply FakeChassis::set(const snmp::Request& request) {
  if (auto done = reseat(request)) return *done;
  for (auto& [index, row] : rows_) {
    if (request.oids.at(0) != kind_.columns.command / index) continue;
    commands_.push_back(
        {std::chrono::floor<std::chrono::seconds>(clock_.elapsed()), index, request.value});
    const bool soft = request.value == kind_.commands.soft_off;
    if (soft && row.bay.soft_off == FakeBay::SoftOff::refused) {
      return {{}, Error(Fault::failed, "soft off refused: badValue")};
    }
    if (!soft && row.bay.refusal) return {{}, row.bay.refusal};
    const bool lost =
        soft ? row.bay.soft_off == FakeBay::SoftOff::ignored : row.bay.lost_commands-- > 0;
    if (!lost) {
      row.target = code_of(kind_, request.value == kind_.commands.on);
      row.due = clock_.now() + row.bay.latency;
    }
    return {{{request.oids.at(0), std::int64_t(request.value)}}, {}};
  }
  return {{}, Error(Fault::permission, "no such object: noSuchName")};
}

snmp::Reply FakeChassis::reply(const snmp::Request& request) {
  if (request.kind == snmp::Request::Kind::set) return set(request);
  if (read_refusal) return {{}, read_refusal};
  const Objects all = objects();
  snmp::Reply answer;
  for (const auto& oid : request.oids) {
    const auto found =
        request.kind == snmp::Request::Kind::get ? all.find(oid) : all.upper_bound(oid);
    answer.bindings.push_back(found == all.end() ? snmp::Binding{oid, snmp::Absent()}
                                                 : snmp::Binding{found->first, found->second});
  }
  return answer;
}

snmp::Reply FakeChassis::ask(const snmp::Request& request) {
  ++packets_;
  return reply(request);
}

}  // namespace havc::test
