// An inventory of its own, and what libvirt and Pacemaker are given of it; ../templates_test.py has
// them read the results.
#include "inventory/render.h"

#include "base/file.h"
#include "inventory/keys.h"
#include "inventory/read.h"
#include "support/catch.h"
#include "support/golden.h"

#include <fmt/format.h>

namespace {

using namespace havc::inventory;
using havc::test::check_golden;

const std::string kSource = HAVC_SOURCE_DIR;

const Inventory& inventory() {
  static const Reading reading = read(kSource + "/tests/golden/inventory");
  for (const auto& problem : reading.problems) FAIL(problem.what());
  return reading.inventory;
}

TemplateFolders templates() {
  return TemplateFolders({kSource + "/xml/templates"});
}

std::string numbered(std::size_t index) {
  return std::to_string(index + 1) + ".xml";
}

TEST_CASE("every virtual machine has its definition", "[inventory]") {
  auto folders = templates();
  REQUIRE(inventory().vms.size() == 4);
  for (const auto& vm : inventory().vms) {
    check_golden("inventory/" + vm.identity.fqn + ".domain.xml",
                 domain_xml(vm, inventory().cluster, folders));
  }
}

TEST_CASE("those of the cluster have their pieces of its configuration", "[inventory]") {
  auto folders = templates();
  for (const auto& vm : inventory().vms) {
    const auto pieces = cib_pieces(vm, inventory().cluster, folders);
    CHECK(pieces.empty() == (vm.kind == Kind::local));
    for (std::size_t i = 0; i < pieces.size(); ++i)
      check_golden("inventory/" + vm.identity.fqn + ".cib-" + numbered(i), pieces[i]);
  }
}

TEST_CASE("the cluster has its own pieces", "[inventory]") {
  auto folders = templates();
  const auto pieces = cib_pieces(inventory().cluster, folders);
  REQUIRE(pieces.size() == 4);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    check_golden("inventory/cluster.cib-" + numbered(i), pieces[i]);
}

TEST_CASE("the keys are told as they are read", "[inventory]") {
  std::string text;
  for (const auto& table : key_tables()) {
    text += "## " + table.heading +
            "\n\n| key | type | unit | default | what it is |\n| --- | --- | --- | --- | --- |\n";
    for (const auto& [doc, type] : table.rows) {
      const std::string_view fallback =
          doc.need == havc::options::Need::required ? "required" : doc.fallback;
      text += fmt::format("| `{}` | {} | {} | {} | {} |\n", doc.name, type, doc.unit, fallback,
                          doc.doc);
    }
    text += "\n";
  }
  text.pop_back();
  check_golden("inventory/keys.md", text);
}

TEST_CASE("xml/README.md lists the macros there are", "[inventory]") {
  const std::string readme = havc::read_file(kSource + "/xml/README.md", 1 << 20);
  std::string table = "| macro | value |\n|---|---|\n";
  for (const auto& macro : macros()) {
    const bool optional = macro.need == havc::options::Need::optional;
    table += "| `" + std::string(macro.name) + "` | " + std::string(macro.doc) +
             (optional ? "; optional |\n" : " |\n");
  }
  INFO(table);
  CHECK(readme.ends_with(table));
}

TEST_CASE("the example in DESIGN.md is read without a problem", "[inventory]") {
  const std::string design = havc::read_file(kSource + "/lib/inventory/DESIGN.md", 1 << 20);
  const auto block = [&](const std::string& heading) {
    const auto begin = design.find("```toml\n", design.find(heading));
    REQUIRE(begin != std::string::npos);
    const auto first = begin + std::string("```toml\n").size();
    return design.substr(first, design.find("```", first) - first);
  };
  std::vector<havc::Error> problems;
  const auto cluster = read_cluster(block("`cluster.toml`:"), "cluster.toml", problems);
  for (const auto& problem : problems) FAIL(problem.what());
  REQUIRE(cluster);
  const auto vm = read_vm(block("`vms/WEB-01.toml`:"), "WEB-01.toml", *cluster, problems);
  for (const auto& problem : problems) FAIL(problem.what());
  CHECK(vm->identity.fqn == "WEB-01_intranet");
}

}  // namespace
