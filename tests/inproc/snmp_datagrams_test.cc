// What networks and broken agents do to answers: late, double, damaged, strange.
#include <atomic>

#include "snmp_lab.h"
#include "support/ber.h"
#include "support/catch.h"
#include "support/scripted_module.h"

using namespace std::chrono_literals;
using namespace havc::snmp;
using namespace havc::test;
using Catch::Matchers::Contains;
using havc::Fault;

namespace {

using Datagram = ScriptedModule::Datagram;
using Datagrams = std::vector<Datagram>;

const Oid kAsked = kColumns.state / 3;

/// The answer that Asking::state() hopes for.
std::string good_answer(const std::string& request) {
  return ber::message("secret", ber::request_id_of(request),
                      {0, 0, {ber::variable(kAsked, ber::integer(1))}});
}

struct Spoiled {
  Credentials credentials;
  /// What arrives in place of the module's answer.
  std::function<Datagrams(const std::string& answer)> spoil;
};

std::string changed_at_end(std::string answer) {
  answer.back() = static_cast<char>(answer.back() ^ 1);
  return answer;
}

TEST_CASE("what is damaged, strange or from elsewhere is no answer", "[snmp]") {
  const auto row = GENERATE_COPY(values<Spoiled>({
      {v1(), [](const std::string& answer) { return Datagrams{Datagram{answer.substr(0, 20)}}; }},
      {v3(), [](const std::string& answer) { return Datagrams{Datagram{answer.substr(0, 60)}}; }},
      {v1(),
       [](const std::string&) {
         return Datagrams{Datagram{std::string(40, 'x')}, Datagram{""}};
       }},
      {v1(),
       [](const std::string&) { return Datagrams{Datagram{ber::message("secret", 4711, {})}}; }},
      {v1(),
       [](const std::string& answer) {
         return Datagrams{Datagram{answer, 0ms, true}};
       }},
      {v3(),
       [](const std::string& answer) {
         return Datagrams{Datagram{answer, 0ms, true}};
       }},
      {v3(), [](const std::string& answer) { return Datagrams{Datagram{changed_at_end(answer)}}; }},
  }));
  const ChassisProcess chassis(options_for(row.credentials));
  std::atomic<bool> spoiling = false;
  ScriptedModule module([&](const std::string& request) {
    const auto answer = ask(chassis.peer(), request);
    if (!answer) return Datagrams{};
    return spoiling ? row.spoil(*answer) : Datagrams{Datagram{*answer}};
  });
  Asking asking(row.credentials, module.peer());
  REQUIRE_FALSE(asking.state(20s).error);
  spoiling = true;
  const auto error = asking.state(500ms).error;
  REQUIRE(error);
  CHECK(error->fault() == Fault::timed_out);
  spoiling = false;
  CHECK_FALSE(asking.state(20s).error);
}

TEST_CASE("a good answer after a bad one counts", "[snmp]") {
  ScriptedModule module([](const std::string& request) {
    return Datagrams{Datagram{ber::message("secret", 4711, {})}, Datagram{"x"},
                     Datagram{good_answer(request)}};
  });
  Asking asking(v1(), module.peer());
  CHECK_FALSE(asking.state(20s).error);
  CHECK(asking.took < 2s);
}

TEST_CASE("an answer that comes twice counts once", "[snmp]") {
  const auto credentials = GENERATE(v1(), v3());
  const ChassisProcess chassis(options_for(credentials));
  ScriptedModule module([&](const std::string& request) {
    const auto answer = ask(chassis.peer(), request);
    return answer ? Datagrams{Datagram{*answer}, Datagram{*answer}, Datagram{*answer, 100ms}}
                  : Datagrams{};
  });
  Asking asking(credentials, module.peer());
  for (int i = 0; i < 5; ++i) {
    const auto values =
        get(asking.contact,
            {kColumns.bay / 99, kColumns.bay / 3, kColumns.bay / 98, kColumns.bay / 4}, in(20s));
    // In SNMPv1 each missing object costs a packet: a copy of "the first is missing" must not be
    // read as an answer to the packet without it.
    CHECK(values == std::vector<Value>{Absent(), std::int64_t(3), Absent(), std::int64_t(4)});
  }
}

struct Odd {
  ber::Answer answer;
  Fault fault;
  std::string problem;
};

TEST_CASE("an answer that is an error is told at once", "[snmp]") {
  const std::string one = ber::integer(1);
  const auto row = GENERATE_COPY(values<Odd>({
      {{1, 0, {}}, Fault::failed, "cannot fit its answer into a packet"},
      {{5, 1, {}}, Fault::failed, "genErr"},
      {{2, 7, {}}, Fault::permission, "noSuchName"},  // about an object that was not asked for
      {{99, 1, {}}, Fault::failed, "error status 99"},
      {{-1, -1, {}}, Fault::failed, "error status -1"},
  }));
  CAPTURE(row.answer.status, row.answer.variables.size());
  ScriptedModule module([&](const std::string& request) {
    return Datagrams{Datagram{ber::message("secret", ber::request_id_of(request), row.answer)}};
  });
  Asking asking(v1(), module.peer());
  const auto error = asking.state(20s).error;
  REQUIRE(error);
  CHECK(error->fault() == row.fault);
  CHECK_THAT(error->problem(), Contains(row.problem));
  CHECK(asking.took < 2s);
}

TEST_CASE("answers to something else than was asked are told when they keep coming", "[snmp]") {
  const std::string one = ber::integer(1);
  const auto answer = GENERATE_COPY(values<ber::Answer>({
      {0, 0, {}},
      {0, 0, {ber::variable(kAsked, one), ber::variable(kAsked, one)}},
      {0, 0, {ber::variable(kAsked / 1, one)}},
  }));
  std::atomic<bool> for_ever = true;
  std::atomic<int> asked = 0;
  ScriptedModule module([&](const std::string& request) {
    if (++asked > 1 && !for_ever) return Datagrams{Datagram{good_answer(request)}};
    return Datagrams{Datagram{ber::message("secret", ber::request_id_of(request), answer)}};
  });
  Asking asking(v1(), module.peer());
  const auto error = asking.state(20s).error;
  REQUIRE(error);
  CHECK(error->fault() == Fault::failed);
  CHECK_THAT(error->problem(), Contains("something else than it was asked"));
  CHECK(asked == 3);
  // One may be another request's, whose id was damaged on its way.
  asked = 0;
  for_ever = false;
  CHECK_FALSE(asking.state(20s).error);
}

TEST_CASE("an answer that does not fit into a packet is asked for in parts", "[snmp]") {
  // Answers three objects at most, as an agent with little room.
  ScriptedModule module([&](const std::string& request) {
    ber::Answer answer;
    for (std::uint32_t i = 1; i <= 10; ++i) {
      const std::string name = ber::identifier(kColumns.bay / i);
      if (request.find(name) == request.npos) continue;
      answer.variables.push_back(
          ber::variable(kColumns.bay / i, ber::integer(static_cast<std::int32_t>(i))));
    }
    if (answer.variables.size() > 3) answer = {1, 0, {}};
    return Datagrams{Datagram{ber::message("secret", ber::request_id_of(request), answer)}};
  });
  Asking asking(v1(), module.peer());
  std::vector<Oid> oids;
  std::vector<Value> values;
  for (std::uint32_t i = 1; i <= 10; ++i) {
    oids.push_back(kColumns.bay / i);
    values.emplace_back(std::int64_t(i));
  }
  CHECK(get(asking.contact, oids, in(20s)) == values);
}

TEST_CASE("values keep their types", "[snmp]") {
  const auto [bytes, value] = GENERATE(table<std::string, Value>({
      {ber::integer(-5), std::int64_t(-5)},
      {ber::integer(255, 0x42), std::int64_t(255)},  // Gauge32, as some agents send
      {ber::text(std::string("0\0x\xff", 4)), std::string("0\0x\xff", 4)},
      {ber::text(""), std::string()},
      {ber::element(5, ""), Other{5}},
      {ber::integer(1, 0x41), Other{0x41}},  // Counter32
      {ber::identifier(kAsked), Other{6}},
  }));
  ScriptedModule module([&, answer = bytes](const std::string& request) {
    return Datagrams{Datagram{ber::message("secret", ber::request_id_of(request),
                                           {0, 0, {ber::variable(kAsked, answer)}})}};
  });
  Asking asking(v1(), module.peer());
  CHECK(get(asking.contact, {kAsked}, in(20s)) == std::vector<Value>{value});
}

TEST_CASE("a datagram of the largest size is read", "[snmp]") {
  const std::string large(60000, 'x');
  ScriptedModule module([&](const std::string& request) {
    return Datagrams{Datagram{ber::message("secret", ber::request_id_of(request),
                                           {0, 0, {ber::variable(kAsked, ber::text(large))}})}};
  });
  Asking asking(v1(), module.peer());
  CHECK(get(asking.contact, {kAsked}, in(20s)) == std::vector<Value>{large});
}

TEST_CASE("an agent that does not go forward is an error, not a loop", "[snmp]") {
  const Oid row = GENERATE(kColumns.bay / 2, kColumns.bay);
  ScriptedModule module([&](const std::string& request) {
    return Datagrams{Datagram{ber::message(
        "secret", ber::request_id_of(request),
        {0, 0, {ber::variable(row, ber::integer(1)), ber::variable(row, ber::integer(1))}})}};
  });
  Asking asking(v1(), module.peer());
  CHECK_THROWS_AS(rows(asking.contact, {kColumns.bay}, in(20s)), havc::Error);
  CHECK(module.arrived() <= 12);  // four stripes, three tries each
}

}  // namespace
