// What findings have in common: text, verdict, words that mean them.

#include "health/finding.h"
#include "support/catch.h"

using namespace havc::health;

namespace {

constexpr Rule kRule{"disk-cache-mode", About::vm, Severity::warning, "title", "reason", "fix it"};

Finding of(Severity severity) {
  Finding finding = found(kRule, "WEB", "found");
  finding.severity = severity;
  return finding;
}

}  // namespace

TEST_CASE("a finding is one line for scripts", "[health]") {
  CHECK(text_of(found(kRule, "WEB", "cache is 'writeback'")) ==
        "vm:disk-cache-mode:WEB:cache is 'writeback'");
}

TEST_CASE("a finding without remedy has the rule's fix", "[health]") {
  CHECK(found(kRule, "WEB", "found").remedy == "fix it");
  CHECK(found(kRule, "WEB", "found", "do that").remedy == "do that");
}

TEST_CASE("errors outweigh doubt, and doubt outweighs warnings", "[health]") {
  CHECK(verdict_of({}) == Verdict::fine);
  CHECK(verdict_of({of(Severity::hint)}) == Verdict::fine);
  CHECK(verdict_of({of(Severity::hint), of(Severity::warning)}) == Verdict::warnings);
  CHECK(verdict_of({of(Severity::warning)}, false) == Verdict::unknown);
  CHECK(verdict_of({}, false) == Verdict::unknown);
  CHECK(verdict_of({of(Severity::error)}, false) == Verdict::errors);
}

TEST_CASE("a finding is meant by its code, or by code and object", "[health]") {
  const Finding finding = found(kRule, "WEB", "found");
  CHECK(matches(finding, "disk-cache-mode"));
  CHECK(matches(finding, "disk-cache-mode:WEB"));
  CHECK_FALSE(matches(finding, "disk-cache-mode:WEB-01"));
  CHECK_FALSE(matches(finding, "disk-cache-mode:"));
  CHECK_FALSE(matches(finding, "disk-cache"));
  CHECK_FALSE(matches(finding, "disk-cache-mode-x"));
}

TEST_CASE("findings are sorted with the worst first, each once", "[health]") {
  std::vector<Finding> findings{of(Severity::hint), of(Severity::error), of(Severity::hint)};
  sort(findings);
  REQUIRE(findings.size() == 2);
  CHECK(findings.front().severity == Severity::error);
}
