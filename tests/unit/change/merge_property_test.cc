// Random sequences of wishes: what was planned and done leaves nothing to do, and what is somebody
// else's is never lost.
#include "change/merge.h"

#include "change/cib.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <random>

namespace {

using namespace havc::change;

constexpr int kSequences = 60;
constexpr int kSteps = 12;
constexpr int kMachines = 4;

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  int below(int end) { return static_cast<int>(engine_() % static_cast<unsigned>(end)); }
  bool half() { return below(2) == 0; }

 private:
  std::mt19937 engine_;
};

std::string id_of(int machine) {
  return fmt::format("VM-{}_a", machine);
}

std::string piece(const std::string& section, const std::string& element) {
  return fmt::format("<cib><configuration><{0}>{1}</{0}></configuration></cib>", section, element);
}

std::string pair(const std::string& id, const std::string& name, int value) {
  return fmt::format("<nvpair id=\"{}-{}\" name=\"{}\" value=\"{}\"/>", id, name, name, value);
}

std::string resource(const std::string& id, const std::string& pairs, int timeout) {
  return piece("resources",
               fmt::format("<primitive id=\"{0}\" class=\"ocf\" provider=\"havc\" "
                           "type=\"LibvirtQemu\"><meta_attributes id=\"{0}-meta\">{1}"
                           "</meta_attributes><operations><op id=\"{0}-stop\" name=\"stop\" "
                           "interval=\"0\" timeout=\"{2}s\"/></operations></primitive>",
                           id, pairs, timeout));
}

std::string location(const std::string& id, const std::string& what, int node) {
  return fmt::format("<rsc_location id=\"{0}-{1}\" rsc=\"{0}\" node=\"n{2}\" score=\"1000\"/>", id,
                     what, node);
}

VmPieces wish(const std::string& id, Chance& chance) {
  const std::string priority = chance.half() ? pair(id, "priority", chance.below(3)) : "";
  const std::string email = chance.half() ? pair(id, "email", chance.below(3)) : "";
  const std::string first = chance.half() ? location(id, "p", chance.below(3)) : "";
  VmPieces vm{.id = id};
  vm.pieces = {
      resource(id, pair(id, "role", chance.below(2)) + priority + email, 60 + chance.below(2)),
      piece("constraints", first)};
  vm.full = {resource(id, pair(id, "role", 0) + pair(id, "priority", 0) + pair(id, "email", 0), 0),
             piece("constraints", location(id, "p", 0))};
  for (const auto* tag : {"web", "db"})
    if (chance.half()) vm.tags.insert(tag);
  return vm;
}

Request request(Chance& chance) {
  Request result;
  for (int i = 0; i < kMachines; ++i) {
    const int what = chance.below(4);
    if (what == 0) result.remove.insert(id_of(i));
    if (what == 1) result.stop.insert(id_of(i));
    if (what > 1) result.vms.push_back(wish(id_of(i), chance));
  }
  return result;
}

/// What somebody else does between two applies; gives the ids that have to stay.
void by_hand(Cib& cib, Chance& chance, int step, std::set<std::string>& theirs) {
  const std::string id = id_of(chance.below(kMachines));
  const auto found = cib.by_id(id);
  if (!found) return;
  const auto set = found->child("meta_attributes");
  if (!set) return;
  const std::string mine = fmt::format("{}-meta-by-hand-{}", id, step);
  cib.set(cib.add(*set, "nvpair", mine), "name", fmt::format("by-hand-{}", step));
  cib.set(*cib.by_id(mine), "value", "1");
  theirs.insert(mine);
}

std::string start() {
  return "<cib admin_epoch=\"0\" epoch=\"1\" num_updates=\"0\"><configuration><crm_config/><nodes/>"
         "<resources><primitive id=\"theirs\" class=\"ocf\" provider=\"x\" type=\"Dummy\"/>"
         "</resources><constraints><rsc_location id=\"their-place\" rsc=\"theirs\" node=\"n1\" "
         "score=\"1\"/></constraints><tags><tag id=\"web\"><obj_ref id=\"theirs\"/></tag></tags>"
         "</configuration><status/></cib>";
}

bool is_of(const std::string& id, const std::string& machine) {
  return id.starts_with(machine + "-");
}

TEST_CASE("what was done leaves nothing to do, and nothing of others is lost", "[change]") {
  const auto seed = GENERATE(range(0U, static_cast<unsigned>(kSequences)));
  INFO("seed " << seed);
  Chance chance(seed);
  std::string text = start();
  std::set<std::string> theirs{"theirs", "their-place"};
  for (int step = 0; step < kSteps; ++step) {
    const Request wanted = request(chance);
    const auto done = merge(text, "test", wanted);
    REQUIRE(done.problems.empty());
    CHECK(merge(done.cib, "test", wanted).cib == done.cib);
    for (const auto& gone : wanted.remove)
      std::erase_if(theirs, [&](const std::string& each) { return is_of(each, gone); });
    Cib cib(done.cib, "test");
    for (const auto& each : theirs) CHECK(cib.by_id(each));
    for (const auto& gone : wanted.remove) CHECK(done.cib.find("\"" + gone) == std::string::npos);
    CHECK(cib.tags_of("theirs").count("web") == 1);
    by_hand(cib, chance, step, theirs);
    text = cib.text();
  }
}

}  // namespace
