#include "mail/notice.h"

#include "support/catch.h"

using namespace std::chrono_literals;
using havc::mail::Event;
using havc::mail::Events;
using havc::mail::Facts;
using havc::mail::subject;

static Facts facts(Event event) {
  Facts result;
  result.event = event;
  result.domain = "vm1";
  result.node = "n2";
  result.from = "n1";
  result.to = "n3";
  result.time = "2026-11-21 05:40:00";
  return result;
}

TEST_CASE("a subject has HAVC-II's form for each event", "[mail]") {
  const auto [event, words] = GENERATE(table<Event, std::string>({
      {Event::start, "START"},
      {Event::recover, "RECOVER"},
      {Event::stop, "STOP (graceful)"},
      {Event::forced, "STOP (forced)"},
      {Event::migrate, "MIGRATE (from n1)"},
      {Event::migrate_source, "MIGRATE (to n3)"},
      {Event::failure, "FAILURE"},
  }));
  CHECK(subject(facts(event), "[HA]") == "[HA] 2026-11-21 05:40:00 " + words + " on n2");
}

TEST_CASE("every %domain_name% is replaced, and no other percent sign matters", "[mail]") {
  CHECK(subject(facts(Event::start), "%domain_name%,%domain_name% 100%s{}").starts_with("vm1,vm1 100%s{} 2026"));
}

TEST_CASE("a name cannot put a replaced text in its place again", "[mail]") {
  auto odd = facts(Event::start);
  odd.domain = "%domain_name%";
  CHECK(subject(odd, "<%domain_name%>").starts_with("<%domain_name%> "));
}

TEST_CASE("line ends in facts become blanks", "[mail]") {
  auto odd = facts(Event::failure);
  odd.domain = "vm1\r\nBcc: x@example.org";
  odd.cause = "two\nlines";
  CHECK(subject(odd, "%domain_name%").find_first_of("\r\n") == std::string::npos);
  CHECK(body(odd, "").find("two lines\n") != std::string::npos);
}

TEST_CASE("durations read as a person would say them", "[mail]") {
  CHECK(havc::mail::in_words(3240ms) == "3.2 s");
  CHECK(havc::mail::in_words(250s) == "4 min 10 s");
}

TEST_CASE("events are words between commas or blanks", "[mail]") {
  const auto events = havc::options::Text<Events>::parse("start, forced migrate");
  REQUIRE(events);
  CHECK(events->has(Event::start));
  CHECK(events->has(Event::migrate));
  CHECK_FALSE(events->has(Event::stop));
  CHECK_FALSE(havc::options::Text<Events>::parse("start,stopp"));
}
