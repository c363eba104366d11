#include "libvirt_qemu/utilization.h"

#include "base/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using havc::domain::Size;
using namespace havc::libvirt_qemu;

namespace {

constexpr Size kSize{4, 2097152};

Options all() {
  Options options;
  options.autoset_utilization_cpu = options.autoset_utilization_host_memory = options.autoset_utilization_hv_memory = true;
  return options;
}

std::string in_words(const UtilizationAttributes& wanted) {
  std::string words;
  for (const auto& each : wanted) words += std::string(each.name) + "=" + each.value.value_or("-") + " ";
  return words;
}

std::string primitive(const std::string& content) { return "<primitive id='vm1' class='ocf'>" + content + "</primitive>"; }

/// A node with a cibadmin of its own, found in PATH, which records its calls.
struct Node {
  havc::test::TemporaryFolder folder;
  Options options = all();
  std::string path = std::getenv("PATH");
  Node() {
    std::signal(SIGPIPE, SIG_IGN);  // as main() has it: a cibadmin need not read what it is given
    cibadmin("echo \"<primitive id='vm1'/>\"");
    setenv("PATH", ((folder / "bin") + ":" + path).c_str(), 1);
  }
  ~Node() { setenv("PATH", path.c_str(), 1); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void cibadmin(const std::string& then) const {
    const auto program = folder.write("bin/cibadmin", "#!/bin/sh\necho \"$1\" >>" + (folder / "calls") + "\n" + then + "\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }
  void update(UtilizationCheck check, const Size& size = kSize, havc::Duration time = 60s) const {
    update_utilization(options, "vm1", size, folder.path(), check, havc::Deadline::after(havc::system_clock(), time));
  }
  /// Since the last time.
  std::string calls() const {
    if (!std::filesystem::exists(folder / "calls")) return "";
    auto text = havc::read_file(folder / "calls", 10000);
    havc::remove_file(folder / "calls");
    return text;
  }
};

}  // namespace

TEST_CASE("what is wanted follows from parameters and the domain's size", "[utilization]") {
  Options options;
  CHECK_FALSE(concerns_utilization(options));
  CHECK(in_words(wanted_utilization(options, kSize)).empty());
  options.autoset_utilization_cpu = true;
  options.unset_utilization_cpu = true;
  options.autoset_utilization_host_memory = true;
  options.unset_utilization_hv_memory = true;
  CHECK(in_words(wanted_utilization(options, kSize)) == "cpu=4 host_memory=2048 hv_memory=- ");
  CHECK(in_words(wanted_utilization(options, {})) == "hv_memory=- ");
}

TEST_CASE("clones of a resource share its attributes", "[utilization]") {
  CHECK(primitive_of("vm1:12") == "vm1");
  CHECK(primitive_of("vm1") == "vm1");
  CHECK(primitive_of("a:b") == "a:b");
}

TEST_CASE("a resource without a set gets one", "[utilization]") {
  const auto change = utilization_change(primitive(""), {{"cpu", "4"}, {"host_memory", "2048"}});
  CHECK_THAT(change.update, Contains("<primitive id=\"vm1\">") && Contains("<utilization id=\"vm1-utilization\">") &&
                                Contains("<nvpair id=\"vm1-utilization-cpu\" name=\"cpu\" value=\"4\"/>") && Contains("value=\"2048\""));
  CHECK(change.removals.empty());
}

TEST_CASE("values are changed where they are, and others are not touched", "[utilization]") {
  const auto change = utilization_change(
      primitive("<utilization id='s'><nvpair id='d' name='disk' value='7'/><nvpair id='odd' name='cpu' value='1'/></utilization>"),
      {{"cpu", "4"}, {"host_memory", "2048"}});
  CHECK_THAT(change.update, Contains("<utilization id=\"s\">") && Contains("<nvpair id=\"odd\" name=\"cpu\" value=\"4\"/>") &&
                                Contains("<nvpair id=\"s-host_memory\"") && !Contains("disk"));
}

TEST_CASE("a resource that has the right values needs no change", "[utilization]") {
  const auto change = utilization_change(primitive("<utilization id='s'><nvpair id='c' name='cpu' value='4'/></utilization>"),
                                         {{"cpu", "4"}, {"hv_memory", std::nullopt}});
  CHECK(change.update.empty());
  CHECK(change.removals.empty());
}

TEST_CASE("attributes go only if they are there", "[utilization]") {
  const auto change = utilization_change(primitive("<utilization id='s'><nvpair id='c' name='hv_memory' value='4'/></utilization>"),
                                         {{"cpu", std::nullopt}, {"hv_memory", std::nullopt}});
  CHECK(change.update.empty());
  CHECK(change.removals == std::vector<std::string_view>{"hv_memory"});
}

TEST_CASE("the CIB is asked once, and by monitors only when the size has changed", "[utilization]") {
  const Node node;
  node.update(UtilizationCheck::always);
  CHECK(node.calls() == "--query\n--modify\n");
  node.update(UtilizationCheck::when_changed);
  CHECK(node.calls().empty());
  node.update(UtilizationCheck::when_changed, {8, kSize.memory_kib});
  CHECK(node.calls() == "--query\n--modify\n");
}

TEST_CASE("without a parameter that wants it nothing is done", "[utilization]") {
  Node node;
  node.options = {};
  node.update(UtilizationCheck::always);
  CHECK(node.calls().empty());
  CHECK(std::distance(std::filesystem::directory_iterator(node.folder.path()), {}) == 1);
}

TEST_CASE("a CIB that cannot be reached is left alone by the next monitors, not by a start", "[utilization]") {
  const Node node;
  node.cibadmin("echo 'Transport endpoint is not connected' >&2; exit 107");
  node.update(UtilizationCheck::always);
  CHECK(node.calls() == "--query\n");
  node.update(UtilizationCheck::when_changed);
  CHECK(node.calls().empty());
  node.update(UtilizationCheck::always);
  CHECK(node.calls() == "--query\n");
}

TEST_CASE("a CIB that hangs costs a quarter of the time at most", "[utilization]") {
  const Node node;
  node.cibadmin("trap '' TERM; sleep 1000");
  const auto begin = havc::system_clock().now();
  node.update(UtilizationCheck::always, kSize, 8s);
  CHECK(havc::system_clock().now() - begin < 7s);
}

TEST_CASE("without the CIB's tools there is a warning and no more", "[utilization]") {
  const Node node;
  setenv("PATH", "/nonexistent", 1);
  CHECK_NOTHROW(node.update(UtilizationCheck::always));
}
