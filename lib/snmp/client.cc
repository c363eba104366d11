#include "snmp/client.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "base/text.h"

namespace havc::snmp {

void Client::forget(Ticket ticket) {
  std::erase_if(kept_, [&](const Answer& answer) { return answer.ticket == ticket; });
  cancel(ticket);
}

std::vector<Answer> Client::wait(Deadline deadline) {
  if (!kept_.empty()) return std::exchange(kept_, {});
  return receive(deadline);
}

std::vector<Answer> Client::wait_for(const std::vector<Ticket>& wanted, Deadline deadline) {
  const auto is_wanted = [&](const Answer& answer) {
    return std::find(wanted.begin(), wanted.end(), answer.ticket) != wanted.end();
  };
  for (;;) {
    const auto first = std::stable_partition(kept_.begin(), kept_.end(),
                                             [&](const Answer& one) { return !is_wanted(one); });
    std::vector<Answer> found(std::make_move_iterator(first), std::make_move_iterator(kept_.end()));
    kept_.erase(first, kept_.end());
    if (!found.empty()) return found;
    auto arrived = receive(deadline);
    if (arrived.empty()) return {};
    std::move(arrived.begin(), arrived.end(), std::back_inserter(kept_));
  }
}

std::vector<Reply> exchange(const Contact& contact, const std::vector<Request>& requests,
                            Deadline deadline) {
  Client& client = *contact.client;
  const Instant start = deadline.now();
  std::map<Ticket, std::size_t> open;  // and the place of its request
  for (std::size_t i = 0; i < requests.size(); ++i) {
    open.emplace(client.send(contact.peer, requests[i]), i);
  }
  std::vector<Reply> replies(requests.size());
  while (!open.empty()) {
    std::vector<Ticket> wanted;
    wanted.reserve(open.size());
    for (const auto& [ticket, place] : open) wanted.push_back(ticket);
    auto answers = client.wait_for(wanted, deadline);
    if (answers.empty()) break;
    for (auto& answer : answers) {
      replies[open.at(answer.ticket)] = std::move(answer.reply);
      open.erase(answer.ticket);
    }
  }
  for (const auto& [ticket, place] : open) {
    client.forget(ticket);
    replies[place] = {{}, client.silence(contact.peer, deadline.now() - start)};
  }
  return replies;
}

std::vector<Value> get(const Contact& contact, const std::vector<Oid>& oids, Deadline deadline) {
  return exchange(contact, {{Request::Kind::get, oids}}, deadline).at(0).values();
}

namespace {

/// Part of a table's index range, walked by itself: from after `at` up to `last`.
struct Stripe {
  std::int64_t at;  // the last index seen; -1 before the first, because 0 is an index, too
  std::int64_t last;
  bool done = false;
};

// A chassis has 14 bays (BLADE-MIB bladeCenterSnmpMIB.blades): one after the other is slow with a
// module that needs a second for each answer, and four requests at once do not flood it. Two rows
// of five columns fill less than the 484 bytes that every agent takes (RFC 3417 3.2.1).
constexpr std::array<Stripe, 4> kStripes{{{-1, 4}, {4, 8}, {8, 12}, {12, UINT32_MAX}}};
// An agent that invents rows must not keep us until the deadline.
constexpr std::size_t kMostRows = 256;

std::uint32_t index_below(const Oid& column, const Oid& oid) {
  return oid.ids()[column.ids().size()];
}

bool is_row_of(const Oid& column, const Oid& oid) {
  return column.contains(oid) && oid.ids().size() == column.ids().size() + 1;
}

/// The row in one binding a column, from `first`: the lowest index any column has; others have a
/// hole there. None at the end.
std::optional<Row> row_in(const Binding* first, const std::vector<Oid>& columns) {
  Row row{UINT32_MAX, {}};
  bool found = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!is_row_of(columns[i], first[i].oid) || std::holds_alternative<Absent>(first[i].value))
      continue;
    row.index = std::min(row.index, index_below(columns[i], first[i].oid));
    found = true;
  }
  if (!found) return {};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool here = first[i].oid == columns[i] / row.index;
    row.values.push_back(here ? first[i].value : Value(Absent()));
  }
  return row;
}

/// The index of the row that probably comes after `index`: tables begin with 1 and have few holes.
std::int64_t likely_after(std::int64_t index) {
  return index < 0 ? 1 : index + 1;
}

/// Asks for the row after the last one, and for what follows the row that it probably is.
Request after(const std::vector<Oid>& columns, const Stripe& stripe) {
  Request request{Request::Kind::next, {}};
  for (const auto& column : columns) {
    request.oids.push_back(stripe.at < 0 ? column : column / static_cast<std::uint32_t>(stripe.at));
  }
  const std::int64_t next = likely_after(stripe.at);
  if (next >= stripe.last) return request;
  for (const auto& column : columns) {
    request.oids.push_back(column / static_cast<std::uint32_t>(next));
  }
  return request;
}

/// False at the end of the stripe.
bool take_row(Stripe& stripe, std::optional<Row> row, std::vector<Row>& found,
              const std::string& peer) {
  if (!row || row->index > stripe.last) return false;
  if (row->index <= stripe.at || found.size() == kMostRows) {
    throw Error(Fault::failed,
                "the answers of " + text::quote(peer) + " do not go forward: row " +
                    std::to_string(row->index) + " after row " + std::to_string(stripe.at),
                "restart the management module");
  }
  stripe.at = row->index;
  found.push_back(std::move(*row));
  return stripe.at != stripe.last;
}

void advance(Stripe& stripe, const Reply& reply, const std::vector<Oid>& columns,
             std::vector<Row>& found, const std::string& peer) {
  const auto& bindings = reply.value();
  const std::int64_t likely = likely_after(stripe.at);
  stripe.done = !take_row(stripe, row_in(bindings.data(), columns), found, peer);
  // With a row before the likely one, those between them are still unknown; with a hole in its
  // place, the same row has come twice.
  if (stripe.done || bindings.size() == columns.size() || stripe.at != likely) return;
  stripe.done = !take_row(stripe, row_in(&bindings[columns.size()], columns), found, peer);
}

}  // namespace

std::vector<Row> rows(const Contact& contact, const std::vector<Oid>& columns, Deadline deadline) {
  auto stripes = kStripes;
  std::vector<Row> found;
  for (;;) {
    std::vector<Request> requests;
    std::vector<Stripe*> asked;
    for (auto& stripe : stripes) {
      if (stripe.done) continue;
      requests.push_back(after(columns, stripe));
      asked.push_back(&stripe);
    }
    if (requests.empty()) break;
    const auto replies = exchange(contact, requests, deadline);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      advance(*asked[i], replies.at(i), columns, found, contact.name());
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Row& left, const Row& right) { return left.index < right.index; });
  return found;
}

}  // namespace havc::snmp
