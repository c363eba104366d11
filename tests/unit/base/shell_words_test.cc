#include "base/shell_words.h"

#include "base/error.h"
#include "support/catch.h"

using havc::shell_words;
using Words = std::vector<std::string>;

TEST_CASE("words end at blanks, unless they are quoted as in a shell", "[shell_words]") {
  CHECK(shell_words("").empty());
  CHECK(shell_words("  a\tb \n c ") == Words{"a", "b", "c"});
  CHECK(shell_words(R"('a b' "c d" e\ f)") == Words{"a b", "c d", "e f"});
  CHECK(shell_words(R"(x='1 2'"3"4)") == Words{"x=1 234"});
  CHECK(shell_words(R"("a\"b" "a\b" 'a\b')") == Words{"a\"b", "a\\b", "a\\b"});
  CHECK(shell_words(R"('' "")") == Words{"", ""});
}

TEST_CASE("nothing is expanded", "[shell_words]") {
  CHECK(shell_words("$HOME `id` $(id) * ~ a;b|c") ==
        Words{"$HOME", "`id`", "$(id)", "*", "~", "a;b|c"});
}

TEST_CASE("a quotation that has no end is refused", "[shell_words]") {
  for (const char* text : {"'a", "\"a", "a\\", "a '"}) {
    CHECK_THROWS_AS(shell_words(text), havc::Error);
  }
}
