#include "havc/command_line.h"

#include <sstream>

#include "havc/output.h"
#include "support/catch.h"

using namespace havc::cli;

namespace {

constexpr OptionRow kOptions[] = {
    {"VM", "", "What is shown", Takes::many},
    {"--color", "COLOR", "A color", Takes::one, "red"},
    {"--all", "", "All of them"},
};
constexpr ColumnDoc kColumns[] = {
    {"name", "NAME", "The name"},
    {"tags", "TAGS", "The tags"},
    {"memory", "MEMORY", "In MiB", false},
};

int show(Call& call) {
  std::vector<Row> rows;
  for (const auto& name : call.texts("VM"))
    rows.push_back({name, std::vector<std::string>{call.text("--color"), "tag"},
                    std::int64_t{static_cast<std::int64_t>(name.size())}});
  if (call.flag("--all")) rows.push_back({"é", std::vector<std::string>{}, std::monostate{}});
  print_rows(call, "havc.show/1", rows);
  return kDone;
}

int fail(Call&) {
  throw havc::Error(havc::Fault::failed, "it broke", "mend it");
}

constexpr OptionRow kRest[] = {
    {"VM", "", "Which", Takes::one, {}, havc::options::Need::required},
    {"WORD", "", "For the other program", Takes::rest},
};

int pass(Call& call) {
  call.out() << call.text("VM") << ':';
  for (const auto& word : call.texts("WORD")) call.out() << ' ' << word;
  return 7;
}

const Command kShow{.name = "show",
                    .summary = "Show",
                    .description = "First.\n\nSecond.",
                    .options = kOptions,
                    .columns = kColumns,
                    .run = show};
const Command kFail{.name = "make fail", .summary = "Fail", .description = "Fails.", .run = fail};
const Command kPass{
    .name = "pass", .summary = "Pass", .description = "Passes.", .options = kRest, .run = pass};
const Command* const kAll[] = {&kShow, &kFail, &kPass};

struct Said {
  int code;
  std::string out;
  std::string err;
};

Said havc_says(const std::vector<std::string>& words) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = run(kAll, words, out, err);
  return {code, out.str(), err.str()};
}

}  // namespace

TEST_CASE("an option before the command is told as such", "[havc]") {
  const auto said = havc_says({"--config", "/srv", "show"});
  CHECK(said.code == kUsage);
  CHECK(said.err == "havc: '--config' stands where the command belongs; write options behind it\n");
}

TEST_CASE("rows become a table whose columns are as wide as they must be", "[havc]") {
  const auto said = havc_says({"show", "alpha", "b", "--color", "blue", "--all"});
  CHECK(said.code == kDone);
  CHECK(said.out ==
        "NAME   TAGS\n"
        "alpha  blue,tag\n"
        "b      blue,tag\n"
        "é      -\n");
}

TEST_CASE("columns are chosen by their keys", "[havc]") {
  CHECK(havc_says({"show", "abc", "--columns", "memory,name", "--no-headers"}).out == "3  abc\n");
  const auto wrong = havc_says({"show", "abc", "--columns", "memoy"});
  CHECK(wrong.code == kFailed);
  CHECK(wrong.err == "havc: there is no column 'memoy'; did you mean 'memory'?\n");
}

TEST_CASE("JSON has all columns, and null for what is not known", "[havc]") {
  const auto said = havc_says({"show", "--all", "--json"});
  CHECK(said.out == R"({
  "schema": "havc.show/1",
  "items": [
    {
      "name": "é",
      "tags": [],
      "memory": null
    }
  ]
}
)");
}

TEST_CASE("filters leave the rows that have all their values", "[havc]") {
  const auto said = havc_says(
      {"show", "ab", "abc", "--no-headers", "--filter", "memory=3", "--filter", "tags=red"});
  CHECK(said.out == "abc  red,tag\n");
  CHECK(havc_says({"show", "ab", "--filter", "name"}).code == kFailed);
}

TEST_CASE("what is wrong with the words is told, with the way to help", "[havc]") {
  CHECK(havc_says({}).code == kUsage);
  CHECK(havc_says({"shw"}).err == "havc: there is no command 'shw'; did you mean 'show'?\n");
  CHECK(havc_says({"make"}).err == "havc: 'make' needs a second word: 'make fail'\n");
  CHECK(havc_says({"show", "--colour", "red"}).code == kUsage);
  CHECK(havc_says({"show", "--color"}).code == kUsage);
  CHECK(havc_says({"show", "--timeout", "0"}).code == kUsage);
  CHECK(havc_says({"pass"}).err == "havc pass: VM is required; see 'havc pass --help'\n");
}

TEST_CASE("an error is told once, and as an object where JSON is wanted", "[havc]") {
  const auto said = havc_says({"make", "fail"});
  CHECK(said.code == kFailed);
  CHECK(said.err == "havc: it broke; mend it\n");
  CHECK(said.out.empty());
  CHECK(havc_says({"make", "fail", "--json"}).out ==
        "{\n  \"schema\": \"havc.error/1\",\n  \"problem\": \"it broke\",\n  \"remedy\": \"mend "
        "it\"\n}\n");
}

TEST_CASE("words for another program are not looked at", "[havc]") {
  const auto said = havc_says({"pass", "vm1", "dominfo", "--all", "-x", "--json"});
  CHECK(said.code == 7);
  CHECK(said.out == "vm1: dominfo --all -x --json");
}

TEST_CASE("help comes with and without the word", "[havc]") {
  CHECK(havc_says({"--help"}).out.find("make fail") != std::string::npos);
  CHECK(havc_says({"help", "show"}).out == havc_says({"show", "--help"}).out);
  CHECK(havc_says({"pass", "--help"}).code == kDone);
}
