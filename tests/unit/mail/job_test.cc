#include "mail/job.h"

#include "base/error.h"
#include "support/catch.h"

using havc::mail::Job;
using havc::mail::RouteName;

static Job job() {
  Job result;
  result.facts.event = havc::mail::Event::forced;
  result.facts.domain = "a=b\nbüro-€";
  result.facts.cause = "because";
  result.subject = "[%domain_name%]";
  result.to = "a@example.org b@example.org";
  result.route = "smtp://relay";
  return result;
}

TEST_CASE("a job survives the way to the program that sends it", "[mail]") {
  const Job back = havc::mail::decoded(encoded(job()));
  CHECK(back.facts.event == havc::mail::Event::forced);
  CHECK(back.facts.domain == "a=b\nbüro-€");
  CHECK(back.facts.cause == "because");
  CHECK(back.subject == "[%domain_name%]");
  CHECK(back.to == "a@example.org b@example.org");
  CHECK(back.route == "smtp://relay");
}

TEST_CASE("half a job is refused", "[mail]") {
  const std::string whole = encoded(job());
  CHECK_THROWS_AS(havc::mail::decoded(std::string_view(whole).substr(0, whole.size() - 1)), havc::Error);
  CHECK_THROWS_AS(havc::mail::decoded(""), havc::Error);
  CHECK_THROWS_AS(havc::mail::decoded(std::string_view("event=party\0to=x\0", 17)), havc::Error);
}

TEST_CASE("a route is sendmail, a path or the URL of a relay", "[mail]") {
  for (const auto* good : {"sendmail", "/usr/lib/sendmail", "smtp://relay", "smtps://[::1]:465"}) {
    CAPTURE(good);
    CHECK(havc::options::Text<RouteName>::parse(good));
  }
}

TEST_CASE("a route without host, with a secret, or of another kind is refused", "[mail]") {
  for (const auto* bad : {"smtp://", "smtp://user:secret@relay", "smtp://relay/x", "http://relay", "mail -s x", "exim"}) {
    CAPTURE(bad);
    CHECK_FALSE(havc::options::Text<RouteName>::parse(bad));
  }
}
