// SNMPv3 and who is behind an address: a module that is replaced by its standby, or starts anew.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/lcd_time.h>
// clang-format on

#include <array>
#include <atomic>

#include "snmp_lab.h"
#include "support/catch.h"
#include "support/scripted_module.h"

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace havc::snmp;
using namespace havc::test;
using Catch::Matchers::Contains;
using havc::Fault;

namespace {

using Datagram = ScriptedModule::Datagram;
using Datagrams = std::vector<Datagram>;

/// One address, behind which now one module answers, now the other.
struct Failover {
  ChassisProcess first{options_for(v3())};
  ChassisProcess second{options_for(v3())};
  std::atomic<const ChassisProcess*> present{&first};
  std::atomic<bool> silent{false};
  ScriptedModule address{[this](const std::string& request) {
    if (silent) return Datagrams{};
    const auto answer = ask(present.load()->peer(), request);
    return answer ? Datagrams{Datagram{*answer}} : Datagrams{};
  }};
  Asking module{v3(), address.peer()};
};

TEST_CASE_METHOD(Failover, "a module that is replaced by another engine is noticed at once",
                 "[snmp]") {
  REQUIRE_FALSE(module.state(20s).error);
  present = &second;
  CHECK_FALSE(module.state(20s).error);
  CHECK(module.took < 3s);
  present = &first;
  CHECK_FALSE(module.state(20s).error);
  CHECK(module.took < 3s);
}

TEST_CASE_METHOD(Failover, "requests on their way survive the change of the engine", "[snmp]") {
  REQUIRE_FALSE(module.state(20s).error);
  silent = true;
  std::vector<Ticket> tickets;
  for (std::uint32_t bay = 1; bay <= 14; ++bay) {
    tickets.push_back(
        module.client->send(module.contact.peer, {Request::Kind::get, {kColumns.bay / bay}}));
  }
  CHECK(module.client->wait(in(200ms)).empty());
  present = &second;
  silent = false;
  std::size_t answered = 0;
  const auto deadline = in(30s);
  while (answered < tickets.size() && !deadline.expired()) {
    for (const auto& answer : module.client->wait(deadline)) {
      CHECK_FALSE(answer.reply.error);
      ++answered;
    }
  }
  CHECK(answered == tickets.size());
}

TEST_CASE("a module whose clock has gone back is asked on with its new clock", "[snmp]") {
  auto options = options_for(v3());
  const std::string engine = "\x80\x00\x1f\x88\x80\xe9\x63\x00\x00\xd6\x1f\xf4\x49"s;
  options.insert(options.end(), {"--engine-id", "80001f8880e9630000d61ff449"});
  SnmpLab lab(v3(), options);
  REQUIRE_FALSE(lab.module.state(20s).error);
  // As if what has answered had been started more often: it has lost its count since.
  constexpr unsigned kBoots = 99;
  constexpr unsigned kAuthenticated = 1;
  REQUIRE(set_enginetime(reinterpret_cast<const unsigned char*>(engine.data()),
                         static_cast<unsigned>(engine.size()), kBoots, 4711, kAuthenticated) == 0);
  CHECK_FALSE(lab.module.state(20s).error);
  CHECK(lab.module.took < 3s);
}

TEST_CASE("two modules with the same user have keys of their own", "[snmp]") {
  SnmpLab first(v3());
  const ChassisProcess other(options_for(v3()));
  const auto peer = first.module.client->open(parse_address(other.peer()).value());
  const Contact second{first.module.client.get(), peer};
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(first.module.state(20s).error);
    CHECK(number(get(second, {kColumns.bay / 3}, in(20s)).at(0)) == 3);
  }
}

TEST_CASE("an engine that nobody can have does not end the search for the real one", "[snmp]") {
  const ChassisProcess chassis(options_for(v3()));
  int answers = 0;
  ScriptedModule address([&](const std::string& request) {
    auto answer = ask(chassis.peer(), request);
    if (!answer) return Datagrams{};
    // The first answer is the report with the engine's id: another id, of the same length.
    const auto id = answer->find("\x80");
    if (++answers == 1 && id != answer->npos) (*answer)[id + 6] ^= 0x55;
    return Datagrams{Datagram{*answer}};
  });
  Asking module(v3(), address.peer());
  CHECK_FALSE(module.state(20s).error);
}

TEST_CASE("who tells now this engine, now that one, and answers as a third is not flooded",
          "[snmp]") {
  const std::array<ChassisProcess, 2> told{ChassisProcess(options_for(v3())),
                                           ChassisProcess(options_for(v3()))};
  const ChassisProcess answering(options_for(v3()));
  std::size_t probes = 0;
  ScriptedModule address([&](const std::string& request) {
    constexpr std::size_t kMostOfProbe = 80;  // it has neither an engine nor a user, nor an object
    const bool probe = request.size() < kMostOfProbe;
    const auto answer = ask((probe ? told[++probes % 2] : answering).peer(), request);
    return answer ? Datagrams{Datagram{*answer}} : Datagrams{};
  });
  Asking module(v3(), address.peer());
  const std::vector<Request> requests(8, {Request::Kind::get, {kColumns.state / 3}});
  for (const auto& reply : exchange(module.contact, requests, in(4s))) {
    REQUIRE(reply.error);
    CHECK(reply.error->fault() == Fault::timed_out);
  }
  CHECK(address.arrived() < 50);
}

TEST_CASE("a stranger's answer does not keep the module's own from counting", "[snmp]") {
  const ChassisProcess chassis(options_for(v3()));
  const ChassisProcess stranger(options_for(v3()));
  std::atomic<bool> meddling = false;
  ScriptedModule address([&](const std::string& request) {
    Datagrams answers;
    if (meddling) answers.push_back({ask(stranger.peer(), request).value_or("")});
    answers.push_back({ask(chassis.peer(), request).value_or("")});
    return answers;
  });
  Asking module(v3(), address.peer());
  REQUIRE_FALSE(module.state(20s).error);
  meddling = true;
  CHECK_FALSE(module.state(20s).error);
  CHECK(module.took < 3s);
}

}  // namespace
