#include "snmp/client.h"

#include <map>
#include <set>

#include "support/catch.h"
#include "support/fake_clock.h"

namespace {

using namespace std::chrono_literals;
using namespace havc::snmp;
using Catch::Matchers::Contains;
using havc::Deadline;
using havc::Duration;
using havc::Error;
using havc::Fault;
using havc::test::FakeClock;

const Oid kFirst = ".1.3.6.1.4.1.2.1"_oid;
const Oid kSecond = ".1.3.6.1.4.1.2.2"_oid;

/// Objects that a walk finds; what is sent is answered with the next receive(), a round trip later.
class Objects : public Client {
 public:
  explicit Objects(FakeClock& clock) : clock_(clock) {}

  void add_row(std::uint32_t index) {
    all[kFirst / index] = std::int64_t(index);
    all[kSecond / index] = "row " + std::to_string(index);
  }

  Peer open(const Address& /*address*/) override { return 0; }
  Ticket send(Peer /*peer*/, Request request) override {
    ++packets;
    largest = std::max(largest, request.oids.size());
    open_[++last_] = std::move(request);
    return last_;
  }
  std::string name(Peer /*peer*/) const override { return "model"; }
  Error silence(Peer /*peer*/, Duration waited) const override {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited).count();
    return {Fault::timed_out, "timed out after " + std::to_string(seconds) + " s"};
  }

  std::map<Oid, Value> all;
  bool deaf = false;
  int packets = 0;
  int round_trips = 0;
  std::size_t largest = 0;
  std::set<Ticket> forgotten;

 protected:
  void cancel(Ticket ticket) override {
    open_.erase(ticket);
    forgotten.insert(ticket);
  }
  std::vector<Answer> receive(Deadline deadline) override {
    if (deaf || open_.empty()) {
      if (!open_.empty()) clock_.sleep_until(deadline.end());
      return {};
    }
    ++round_trips;
    clock_.advance(100ms);
    std::vector<Answer> answers;
    for (const auto& [ticket, request] : open_) answers.push_back({ticket, reply(request)});
    open_.clear();
    return answers;
  }

 private:
  Reply reply(const Request& request) const {
    Reply result;
    for (const auto& oid : request.oids) {
      const auto found = request.kind == Request::Kind::get ? all.find(oid) : all.upper_bound(oid);
      result.bindings.push_back(found == all.end() ? Binding{oid, Absent()}
                                                   : Binding{found->first, found->second});
    }
    return result;
  }

  FakeClock& clock_;
  std::map<Ticket, Request> open_;
  Ticket last_ = 0;
};

struct Table {
  FakeClock clock;
  Objects model{clock};
  Contact contact{&model, 0};

  std::vector<std::uint32_t> indices() {
    std::vector<std::uint32_t> result;
    for (const auto& row : rows(contact, {kFirst, kSecond}, clock.in(20s))) {
      CHECK(number(row.values[0]) == row.index);
      result.push_back(row.index);
    }
    return result;
  }
};

TEST_CASE_METHOD(Table, "a full chassis is read in 8 packets and two round trips", "[snmp]") {
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 1; i <= 14; ++i) {
    model.add_row(i);
    all.push_back(i);
  }
  CHECK(indices() == all);
  CHECK(model.packets == 8);
  CHECK(model.round_trips == 2);
  CHECK(model.largest == 4);  // two rows
}

TEST_CASE_METHOD(Table, "rows may have any numbers, in any distance", "[snmp]") {
  const auto all = GENERATE(values<std::vector<std::uint32_t>>({{0, 3, 12, 13, 4000000000U},
                                                                {0, 1, 2},
                                                                {2},
                                                                {1, 3, 5, 7, 9},
                                                                {4},
                                                                {5},
                                                                {4, 5, 8, 9},
                                                                {0, 2},
                                                                {4294967295U},
                                                                {3, 4},
                                                                {12},
                                                                {11, 12, 13},
                                                                {20, 21, 22}}));
  for (const std::uint32_t index : all) model.add_row(index);
  CHECK(indices() == all);
}

TEST_CASE_METHOD(Table, "an object that a row lacks is absent in it", "[snmp]") {
  model.add_row(2);
  model.all[kFirst / 1] = std::int64_t(1);
  const auto found = rows(contact, {kFirst, kSecond}, clock.in(20s));
  REQUIRE(found.size() == 2);
  CHECK(number(found[0].values[0]) == 1);
  CHECK(found[0].values[1] == Value(Absent()));
  CHECK(text(found[1].values[1]) == "row 2");
}

TEST_CASE_METHOD(Table, "an empty table has no rows", "[snmp]") {
  CHECK(indices().empty());
}

TEST_CASE_METHOD(Table, "a module that is silent ends the walk at the deadline", "[snmp]") {
  model.deaf = true;
  CHECK_THROWS_WITH(indices(), Contains("timed out after 20 s"));
  CHECK(clock.elapsed() == 20s);
  CHECK(model.forgotten.size() == 4);
}

TEST_CASE_METHOD(Table, "an agent that invents rows is an error, not a loop", "[snmp]") {
  for (std::uint32_t i = 1; i < 1000; ++i) model.add_row(i);
  CHECK_THROWS_WITH(indices(), Contains("do not go forward"));
}

TEST_CASE_METHOD(Table, "a reply is in the place of its request", "[snmp]") {
  model.add_row(1);
  model.add_row(2);
  const auto replies =
      exchange(contact, {{Request::Kind::get, {kFirst / 2}}, {Request::Kind::get, {kFirst / 1}}},
               clock.in(1s));
  CHECK(number(replies.at(0).value().at(0).value) == 2);
  CHECK(number(replies.at(1).value().at(0).value) == 1);
}

TEST_CASE_METHOD(Table, "who waits for some answers leaves the others to the next wait", "[snmp]") {
  model.add_row(1);
  const auto other = model.send(0, {Request::Kind::get, {kFirst / 1}});
  const auto dropped = model.send(0, {Request::Kind::get, {kFirst / 1}});
  CHECK(get(contact, {kSecond / 1}, clock.in(1s)) == std::vector<Value>{std::string("row 1")});
  model.forget(dropped);
  const auto answers = model.wait(clock.in(1s));
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].ticket == other);
  CHECK(model.wait(clock.in(1s)).empty());
  CHECK(model.round_trips == 1);
}

}  // namespace
