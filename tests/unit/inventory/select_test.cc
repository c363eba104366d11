#include "inventory/select.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::inventory;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Names = std::vector<std::string>;

Vm vm(const std::string& name, const std::string& zone) {
  Vm made;
  made.name = {name};
  made.identity.zone = {zone};
  made.identity.fqn = name + "_" + zone;
  return made;
}

std::vector<Vm> vms() {
  std::vector<Vm> all{vm("DB-01", "intranet"), vm("WEB-01", "dmz"), vm("WEB-02", "intranet")};
  all[0].tags = {{"db"}};
  all[0].wanted = Wanted::stopped;
  all[0].metadata["owner"] = "R&D";
  all[1].tags = {{"web"}, {"public"}};
  all[1].nodes = {{"n1"}, {"n2"}};
  all[2].tags = {{"web"}};
  all[2].kind = Kind::local;
  all[2].metadata["owner"] = "a=b*";
  return all;
}

Names chosen(const Names& words) {
  const auto all = vms();
  Names names;
  for (const Vm* each : select(all, words, NoWords::all)) names.push_back(each->name.text);
  return names;
}

TEST_CASE("a word means virtual machines", "[inventory]") {
  const auto [word, names] = GENERATE(table<std::string, Names>({
      {"WEB-01", {"WEB-01"}},
      {"web-01", {"WEB-01"}},
      {"web-01_DMZ", {"WEB-01"}},
      {"web-*", {"WEB-01", "WEB-02"}},
      {"*_intranet", {"DB-01", "WEB-02"}},
      {"*", {"DB-01", "WEB-01", "WEB-02"}},
      {"?E?-0[13-9]", {"WEB-01"}},
      {"tag:web", {"WEB-01", "WEB-02"}},
      {"zone:dmz", {"WEB-01"}},
      {"node:n2", {"WEB-01"}},
      {"kind:local", {"WEB-02"}},
      {"wanted:stopped", {"DB-01"}},
      {"metadata.owner=R&D", {"DB-01"}},
      {"metadata.owner=a=b*", {"WEB-02"}},
      {"metadata.owner=", {"WEB-01"}},
  }));
  CAPTURE(word);
  CHECK(chosen({word}) == names);
}

TEST_CASE("several words are a union, in the order of the inventory", "[inventory]") {
  CHECK(chosen({"web-02", "tag:db", "WEB-02", "web-0*"}) == Names{"DB-01", "WEB-01", "WEB-02"});
}

TEST_CASE("no words mean all, or are refused", "[inventory]") {
  CHECK(chosen({}).size() == 3);
  CHECK_THROWS_WITH(select(vms(), {}, NoWords::refuse), StartsWith("no VM is named"));
}

TEST_CASE("a word that means none is refused, with the nearest that does", "[inventory]") {
  const auto [word, told] = GENERATE(table<std::string, std::string>({
      {"WEB-1", "'WEB-1' means no VM; did you mean 'WEB-01'?"},
      {"web-1", "did you mean 'WEB-01'?"},
      {"WEB-01_dnz", "did you mean 'WEB-01_dmz'?"},
      {"MAIL-*", "'MAIL-*' means no VM; there are: DB-01, DB-01_intranet, WEB-01, "},
      {"tag:mail-relay", "'tag:mail-relay' means no VM; there are: tag:db, tag:public, tag:web"},
      {"tag:wep", "did you mean 'tag:web'?"},
      {"tag:WEB", "did you mean 'tag:web'?"},
      {"zone:", "'zone:' means no VM"},
      {"metadata.owner=R&P", "did you mean 'metadata.owner=R&D'?"},
      {"metadata.owner", "'metadata.owner' means no VM"},
      {"tags:web", "not selected by 'tags' in 'tags:web'; write one of tag:, zone:"},
      {"", "'' means no VM"},
      {"-x", "'-x' means no VM"},
      {"../../etc/passwd", "'../../etc/passwd' means no VM"},
      {"$(reboot)", "'$(reboot)' means no VM"},
      {"WEB-01\n", "means no VM"},
      {"[", "'[' means no VM"},
      {std::string(100000, '*') + "x", "means no VM"},
  }));
  CAPTURE(word.substr(0, 100));
  CHECK_THROWS_WITH(chosen({"WEB-01", word}), Contains(told));
}

TEST_CASE("many are not named in a message", "[inventory]") {
  const std::vector<Vm> many(20, vm("WEB-01", "dmz"));
  CHECK_THROWS_WITH(select(many, {"MAIL-*"}, NoWords::all),
                    Contains("'havc list' and 'havc status' name all there are"));
}

TEST_CASE("what the cluster alone knows is found by name and pattern", "[inventory]") {
  const auto all = vms();
  const Names known{"OLD_dmz", "WEB-01_dmz", "WEB-01_lab", "strange"};
  const auto found = [&](const Names& words) {
    return select(all, known, words, NoWords::all).without_file;
  };
  CHECK(found({}) == Names{"OLD_dmz", "WEB-01_lab", "strange"});
  CHECK(found({"old"}) == Names{"OLD_dmz"});
  CHECK(found({"web-*"}) == Names{"WEB-01_lab"});
  CHECK(found({"STRANGE", "*_dmz"}) == Names{"OLD_dmz", "strange"});
  CHECK(found({"tag:web"}).empty());
}

}  // namespace
