#include "snmp/session.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace havc::snmp {

std::optional<std::int64_t> number(const Value& value) {
  const auto* found = std::get_if<std::int64_t>(&value);
  return found != nullptr ? std::optional(*found) : std::nullopt;
}

std::string text(const Value& value) {
  const auto* found = std::get_if<std::string>(&value);
  return found != nullptr ? found->substr(0, found->find('\0')) : std::string();
}

const std::vector<Binding>& Reply::value() const {
  if (error) throw Error(*error);
  return bindings;
}

std::vector<Value> get(Session& session, const std::vector<Oid>& oids, Deadline deadline) {
  const auto replies = session.exchange({{Request::Kind::get, oids}}, deadline);
  std::vector<Value> values;
  for (const auto& binding : replies.at(0).value()) values.push_back(binding.value);
  return values;
}

namespace {

/// Part of a table's index range, walked by itself: from after `at` up to `last`.
struct Stripe {
  std::int64_t at;  // the last index seen; -1 before the first, because 0 is an index, too
  std::int64_t last;
  bool done = false;
};

// A chassis has 14 bays (BLADE-MIB bladeCenterSnmpMIB.blades): four requests in a row are slow
// enough a wait with a module that needs a second for each, and four at once do not flood it.
constexpr std::size_t kMostRows =
    256;  // an agent that invents rows must not keep us until the deadline
constexpr std::array<Stripe, 4> kStripes{{{-1, 4}, {4, 8}, {8, 12}, {12, UINT32_MAX}}};

std::uint32_t index_below(const Oid& column, const Oid& oid) {
  return oid.ids()[column.ids().size()];
}

bool is_row_of(const Oid& column, const Oid& oid) {
  return column.contains(oid) && oid.ids().size() == column.ids().size() + 1;
}

/// The row that the reply holds: the lowest index any column has; others have a hole there. None at
/// the end.
std::optional<Row> row_in(const std::vector<Binding>& bindings, const std::vector<Oid>& columns) {
  Row row{UINT32_MAX, {}};
  bool found = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!is_row_of(columns[i], bindings[i].oid) ||
        std::holds_alternative<Absent>(bindings[i].value))
      continue;
    row.index = std::min(row.index, index_below(columns[i], bindings[i].oid));
    found = true;
  }
  if (!found) return {};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool here = bindings[i].oid == columns[i] / row.index;
    row.values.push_back(here ? bindings[i].value : Value(Absent()));
  }
  return row;
}

Request after(const std::vector<Oid>& columns, std::int64_t index) {
  Request request{Request::Kind::next, {}};
  for (const auto& column : columns) {
    request.oids.push_back(index < 0 ? column : column / static_cast<std::uint32_t>(index));
  }
  return request;
}

void advance(Stripe& stripe, const Reply& reply, const std::vector<Oid>& columns,
             std::vector<Row>& found, const std::string& peer) {
  auto row = row_in(reply.value(), columns);
  if (!row || row->index > stripe.last) {
    stripe.done = true;
    return;
  }
  if (row->index <= stripe.at || found.size() == kMostRows) {
    throw Error(Fault::failed,
                "the answers of " + text::quote(peer) + " do not go forward: row " +
                    std::to_string(row->index) + " after row " + std::to_string(stripe.at),
                "restart the management module");
  }
  stripe.at = row->index;
  stripe.done = row->index == stripe.last;
  found.push_back(std::move(*row));
}

}  // namespace

std::vector<Row> rows(Session& session, const std::vector<Oid>& columns, Deadline deadline) {
  auto stripes = kStripes;
  std::vector<Row> found;
  for (;;) {
    std::vector<Request> requests;
    std::vector<Stripe*> asked;
    for (auto& stripe : stripes) {
      if (stripe.done) continue;
      requests.push_back(after(columns, stripe.at));
      asked.push_back(&stripe);
    }
    if (requests.empty()) break;
    const auto replies = session.exchange(requests, deadline);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      advance(*asked[i], replies.at(i), columns, found, session.peer());
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Row& left, const Row& right) { return left.index < right.index; });
  return found;
}

}  // namespace havc::snmp
