#include "remote/quoting.h"

#include "base/error.h"
#include "base/process.h"
#include "support/catch.h"

#include <chrono>
#include <random>

using namespace std::chrono_literals;
using havc::Deadline;
using havc::remote::command_line;

/// What a shell makes of a command line, each word ended by a NUL.
static std::string by_shell(const std::string& shell, const std::string& line) {
  const auto result = havc::run_process({shell, "-c", "printf '%s\\0' " + line}, "",
                                        Deadline::after(havc::system_clock(), 30s));
  CHECK(result.errors == "");
  return result.output;
}

static std::string ended(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words) result += word + std::string(1, '\0');
  return result;
}

TEST_CASE("a shell gives back every byte but NUL", "[quoting]") {
  std::vector<std::string> words;
  std::string all;
  for (int i = 1; i < 256; ++i) {
    words.emplace_back(1, static_cast<char>(i));
    all += static_cast<char>(i);
  }
  words.push_back(all);
  const auto shell = GENERATE("sh", "bash");
  CHECK(by_shell(shell, command_line(words)) == ended(words));
}

TEST_CASE("a shell gives back words at random", "[quoting]") {
  std::mt19937 random(20240711);
  const std::string favourites = "'\"\\$`!*?[]{}()<>|&;#~= \t\n\r-a";
  std::vector<std::string> words;
  for (int i = 0; i < 3000; ++i) {
    std::string word;
    for (auto left = random() % 12; left > 0; --left)
      word += random() % 4 == 0 ? static_cast<char>(1 + random() % 255)
                                : favourites[random() % favourites.size()];
    words.push_back(std::move(word));
  }
  CHECK(by_shell("sh", command_line(words)) == ended(words));
}

TEST_CASE("a shell gives back what would be an option, a comment or nothing", "[quoting]") {
  const auto word = GENERATE("", "-n", "--", "#", "~", "*", "$(reboot)", "a b", "\n", "'", "''");
  CHECK(by_shell("sh", command_line({word, word})) == ended({word, word}));
}

TEST_CASE("a word with a NUL is refused", "[quoting]") {
  CHECK_THROWS_AS(havc::remote::quoted(std::string("a\0b", 3)), havc::Error);
}
