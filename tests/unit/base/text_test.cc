#include "base/text.h"

#include "support/catch.h"

namespace text = havc::text;

TEST_CASE("trim and split drop what separates", "[text]") {
  CHECK(text::trim(" \ta b\r\n") == "a b");
  CHECK(text::trim(" \n").empty());
  CHECK(text::split(" a, b,,c ", " ,") == std::vector<std::string>{"a", "b", "c"});
  CHECK(text::split("", ",").empty());
}

TEST_CASE("a number is decimal digits and nothing else", "[text]") {
  CHECK(text::number("0") == 0);
  CHECK(text::number("120") == 120);
  for (const auto* bad : {"", " 1", "1 ", "-1", "+1", "0x1", "1.5", "99999999999999999999"}) {
    CHECK_FALSE(text::number(bad));
  }
  CHECK_FALSE(text::number("11", 10));
}

TEST_CASE("a line for a reader that cuts is printable ASCII in one line", "[text]") {
  CHECK(text::one_line("a\nb\t\tc  d", 100) == "a b c d");
  CHECK(text::one_line("caf\xc3\xa9", 100) == "caf??");
  CHECK(text::one_line("abcdefghij", 8) == "abcde...");
  CHECK(text::one_line("abcdefgh", 8) == "abcdefgh");
}

TEST_CASE("the nearest name is at most two edits away", "[text]") {
  const std::vector<std::string> names{"config", "hypervisor", "force_stop"};
  CHECK(text::nearest("confg", names) == "config");
  CHECK(text::nearest("force-stop", names) == "force_stop");
  CHECK_FALSE(text::nearest("colour", names));
}

TEST_CASE("the password of a URI is hidden, whatever is in it or before it", "[text]") {
  CHECK(text::without_password("smtp://me:pass@relay:25") == "smtp://me:(hidden)@relay:25");
  CHECK(text::without_password("smtp://me:p@ss@relay") == "smtp://me:(hidden)@relay");
  CHECK(text::without_password("smtp://me@example.org:pass@relay") == "smtp://me@example.org:(hidden)@relay");
  CHECK(text::without_password("qemu+ssh://root@n2:22/system").find("n2") != std::string::npos);
  CHECK(text::without_password("smtp://relay:25") == "smtp://relay:25");
  CHECK(text::without_password("a:b@c") == "a:b@c");
}
