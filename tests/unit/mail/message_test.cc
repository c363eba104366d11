#include "mail/message.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "mail/route.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using Strings = std::vector<std::string>;

TEST_CASE("addresses stand between commas and blanks", "[mail]") {
  CHECK(havc::mail::addresses_in(" a@example.org,root\tb@example.org, ").good == Strings{"a@example.org", "root", "b@example.org"});
}

TEST_CASE("what could be a header, an option or a program is no address", "[mail]") {
  const Strings bad{"-oQ/tmp", "<a@b>", "|sh", "a@b@c", "@b", "a@", "\"x\"@y", "bü@x"};
  for (const auto& each : bad) CHECK(havc::mail::addresses_in(each).refused == Strings{each});
}

TEST_CASE("a message says that no person wrote it, and when", "[mail]") {
  havc::mail::Job job;
  job.facts.domain = "vm1";
  const std::string text = havc::mail::compose(job, "root@n1", {"a@example.org"});
  CHECK(text.find("Auto-Submitted: auto-generated\r\n") != std::string::npos);
  CHECK(text.find("\r\nDate: ") != std::string::npos);
  CHECK(text.find("\r\nMessage-I") != std::string::npos);
}

TEST_CASE("a login is read from a file of its owner alone", "[mail]") {
  const havc::test::TemporaryFolder folder;
  const std::string path = folder.path() + "/auth";
  havc::write_file(path, "user\npass word\n", 0600);
  const auto login = havc::mail::read_login(path);
  CHECK(login.user == "user");
  CHECK(login.password == "pass word");
  chmod(path.c_str(), 0640);
  CHECK_THROWS_AS(havc::mail::read_login(path), havc::Error);
}

TEST_CASE("a login of one line is refused", "[mail]") {
  const havc::test::TemporaryFolder folder;
  havc::write_file(folder.path() + "/auth", "user\n", 0600);
  CHECK_THROWS_AS(havc::mail::read_login(folder.path() + "/auth"), havc::Error);
}
