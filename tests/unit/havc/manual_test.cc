#include "havc/manual.h"

#include "base/process.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace havc::cli;
using Catch::Matchers::Contains;

namespace {

constexpr OptionRow kOptions[] = {
    {"VM", "", "Which", Takes::many},
    {"--from", "FILE", "Where from", Takes::one, "~/.x-y"},
    {"--all", "", "All of them"},
};
constexpr ColumnDoc kColumns[] = {
    {"name", "NAME", "The name"},
    {"memory", "MEMORY", "In MiB", false},
};
constexpr Example kExamples[] = {{"All:", "havc show --all\nhavc show -x"}};

const Command kShow{.name = "show",
                    .summary = "Show what's there",
                    .description = "First.\n\n.Second \\n.",
                    .options = kOptions,
                    .examples = kExamples,
                    .columns = kColumns,
                    .exit_status = "7 is odd."};
const Command kOne{.name = "import one", .summary = "VMs from one", .description = "One."};
const Command kTwo{.name = "import two", .summary = "From two", .description = "Two."};
const Command kHidden{.name = "inner", .summary = "Inner", .description = "Inner.", .hidden = true};
const Command* const kAll[] = {&kShow, &kOne, &kTwo, &kHidden};

std::string section(const std::string& page, const std::string& title) {
  const auto from = page.find(".SH " + title + "\n");
  REQUIRE(from != std::string::npos);
  return page.substr(from, page.find("\n.SH ", from + 1) - from + 1);
}

using Words = std::vector<std::string>;

/// What bash completes the last of `words` to, with a havc that knows some VMs.
Words completed(const Words& words) {
  const havc::test::TemporaryFolder folder;
  Words arguments{"bash", "-c",
                  "havc() { printf '%s\\n' WEB-01 WEB-02 '$(touch /nowhere)' \"FROM-${*: -1}\"; }; "
                  "source \"$0\"; COMP_WORDS=(havc \"$@\"); COMP_CWORD=$#; _havc; "
                  "printf '%s\\n' \"${COMPREPLY[@]}\"",
                  folder.write("completion", bash_completion(kAll))};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const auto result = havc::run_process(
      arguments, {}, havc::Deadline::after(havc::system_clock(), std::chrono::minutes(1)));
  CHECK(result.errors.empty());
  return havc::text::split(result.output, "\n");
}

}  // namespace

TEST_CASE("the page of havc lists the keys of both files", "[havc]") {
  const std::string keys = section(manual(kAll, "2026-01-01"), "KEYS");
  CHECK_THAT(keys, Contains(".SS cluster.toml, [zones.NAME]") && Contains("ranges"));
  CHECK_THAT(keys,
             Contains("The bridge of its guests, of this name on every node (text). Required."));
  CHECK_THAT(keys, Contains("snmp_conf_path") && Contains("Default: 600."));
}

TEST_CASE("a command's page tells what its rows say", "[havc]") {
  const auto page = manual(kShow, "2026-01-31");
  CHECK_THAT(page, Contains(".TH HAVC\\-SHOW 1 2026-01-31") &&
                       Contains("havc\\-show \\- show what\\(aqs there\n"));
  CHECK(section(page, "SYNOPSIS") == ".SH SYNOPSIS\n.B havc show\n[\\fIoption\\fR ...] [VM ...]\n");
  CHECK(section(page, "DESCRIPTION") == ".SH DESCRIPTION\nFirst.\n.PP\n\\&.Second \\en.\n");
  CHECK_THAT(section(page, "OPTIONS"),
             Contains(".TP\n.B VM\nWhich.\n.TP\n.B \\-\\-from FILE\nWhere from. (default "
                      "\\(ti/.x\\-y)\n.TP\n.B \\-\\-all\nAll of them.\n") &&
                 Contains(".B \\-\\-columns KEYS\n") && Contains(".B \\-\\-json\n"));
  CHECK_THAT(section(page, "COLUMNS"), Contains(".B name\nThe name.\n.TP\n.B memory *\nIn MiB.\n"));
  CHECK(section(page, "EXIT STATUS") == ".SH EXIT STATUS\n7 is odd.\n.PP\nElse as havc(1) says.\n");
  CHECK_THAT(section(page, "EXAMPLES"), Contains("\nhavc show \\-\\-all\nhavc show \\-x\n"));
}

TEST_CASE("a command without columns has no section of them, and VMs stay VMs", "[havc]") {
  const auto page = manual(kOne, "2026-01-31");
  CHECK_THAT(page, Contains("havc\\-import\\-one \\- VMs from one\n") && !Contains(".SH COLUMNS") &&
                       !Contains(".SH EXAMPLES"));
}

TEST_CASE("the program's page has all commands but those for itself", "[havc]") {
  const auto page = manual(kAll, "2026-01-31");
  CHECK_THAT(section(page, "COMMANDS"),
             Contains(".B import one\nVMs from one; see havc\\-import\\-one(1).\n"));
  CHECK_THAT(section(page, "SEE ALSO"), Contains(".BR havc\\-import\\-two (1),\n"));
  CHECK_THAT(page, !Contains("inner"));
}

TEST_CASE("bash completes commands, their second words and options", "[havc]") {
  CHECK(completed({"s"}) == Words{"show"});
  CHECK(completed({""}) == Words{"--help", "--version", "help", "import", "show"});
  CHECK(completed({"import", "t"}) == Words{"two"});
  CHECK(completed({"import", "two", "--js"}) == Words{"--json"});
  CHECK(completed({"show", "--fr"}) == Words{"--from"});
  CHECK(completed({"show", "--columns", ""}) == Words{"name", "memory", "all"});
  CHECK(completed({"show", "--timeout", ""}).empty());
  CHECK(completed({"import", "one", "x"}).empty());
  CHECK(completed({"no-command", ""}).empty());
}

TEST_CASE("bash completes names of VMs in any case, and expands none of them", "[havc]") {
  CHECK(completed({"show", "web"}) == Words{"WEB-01", "WEB-02"});
  CHECK(completed({"show", "--all", "$"}) == Words{"$(touch /nowhere)"});
  CHECK(completed({"show", "--config", "DIR", "from"}) == Words{"FROM-DIR"});
}
