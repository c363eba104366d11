#include "change/record.h"

#include <filesystem>

#include "base/file.h"
#include "change/rollback.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace {

using namespace havc;
using namespace havc::change;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

Copy inventory(const std::string& vm) {
  return {{"cluster.toml", "# a cluster\n"}, {"vms/" + vm + ".toml", "name = \"" + vm + "\"\n"}};
}

Record begun(const Records& records, const Copy& copy) {
  return records.begin({.user = "ann", .machine = "admin1", .command = "apply", .serial = 3},
                       {"<cib/>", "{}", copy});
}

TEST_CASE("a record says who, what and how it ended", "[change]") {
  const TemporaryFolder folder;
  const Records records(folder / "applied");
  auto record = begun(records, inventory("WEB-01"));
  record.result = Record::Result::failed;
  record.problem = "'n3' is full";
  records.finish(record, "<cib epoch=\"8\"/>");
  const auto listing = records.list();
  REQUIRE(listing.records.size() == 1);
  const auto& read = listing.records.front();
  CHECK(read.number == 1);
  CHECK(read.user == "ann");
  CHECK(read.result == Record::Result::failed);
  CHECK(read.problem == "'n3' is full");
  CHECK(read.serial == 3);
  CHECK(read_file(folder / "applied/1/cib-after.xml", 100) == "<cib epoch=\"8\"/>");
  CHECK(records.inventory_of(read) == inventory("WEB-01"));
}

TEST_CASE("a record of an apply that was killed says that it was begun", "[change]") {
  const TemporaryFolder folder;
  const Records records(folder.path());
  begun(records, inventory("WEB-01"));
  CHECK(records.list().records.at(0).result == Record::Result::begun);
}

TEST_CASE("only root reads records", "[change]") {
  const TemporaryFolder folder;
  begun(Records(folder / "applied"), inventory("WEB-01"));
  using std::filesystem::perms;
  CHECK(std::filesystem::status(folder / "applied").permissions() == perms::owner_all);
  CHECK(std::filesystem::status(folder / "applied/1").permissions() == perms::owner_all);
}

TEST_CASE("the last 50 records are kept, and numbers go on", "[change]") {
  const TemporaryFolder folder;
  const Records records(folder.path());
  for (int i = 0; i < 53; ++i) begun(records, inventory("WEB-01"));
  const auto listing = records.list();
  CHECK(listing.records.size() == 50);
  CHECK(listing.records.front().number == 4);
  CHECK(listing.records.back().number == 53);
}

TEST_CASE("a broken record is named, and the others are read", "[change]") {
  const TemporaryFolder folder;
  const Records records(folder.path());
  begun(records, inventory("WEB-01"));
  begun(records, inventory("WEB-02"));
  folder.write("1/record.json", "{\"schema\": \"hav");
  const auto listing = records.list();
  REQUIRE(listing.broken.size() == 1);
  CHECK_THAT(listing.broken.front().problem(), Contains(folder / "1"));
  CHECK(listing.records.size() == 1);
}

TEST_CASE("an inventory in a record that somebody has edited is not put back", "[change]") {
  const TemporaryFolder folder;
  const Records records(folder.path());
  const auto record = begun(records, inventory("WEB-01"));
  folder.write("1/inventory/cluster.toml", "# another\n");
  CHECK_THROWS_WITH(records.inventory_of(record), Contains("is not the one that was applied"));
}

TEST_CASE("two applies at once are refused in the second one's words", "[change]") {
  const TemporaryFolder folder;
  const Records records(folder.path());
  const auto held = records.lock(Deadline::after(system_clock(), std::chrono::seconds(9)));
  CHECK_THROWS_WITH(records.lock(Deadline::after(system_clock(), std::chrono::milliseconds(10))),
                    Contains("another havc on this machine"));
}

TEST_CASE("a copy has what is the inventory's, and nothing else", "[change]") {
  const TemporaryFolder folder;
  put_back({{"cluster.toml", "a"}, {"vms/WEB-01.toml", "b"}, {"templates/x.xml", "c"}},
           folder.path());
  folder.write("vms/notes.txt", "mine");
  folder.write("vms/.hidden.toml", "mine");
  CHECK(copy_of(folder.path()) ==
        Copy{{"cluster.toml", "a"}, {"vms/WEB-01.toml", "b"}, {"templates/x.xml", "c"}});
}

TEST_CASE("putting a copy back removes what is not in it, and leaves strangers alone", "[change]") {
  const TemporaryFolder folder;
  put_back({{"cluster.toml", "a"}, {"vms/WEB-01.toml", "b"}}, folder.path());
  folder.write("vms/notes.txt", "mine");
  put_back({{"cluster.toml", "a2"}, {"vms/WEB-02.toml", "d"}}, folder.path());
  CHECK(copy_of(folder.path()) == Copy{{"cluster.toml", "a2"}, {"vms/WEB-02.toml", "d"}});
  CHECK(std::filesystem::exists(folder / "vms/notes.txt"));
}

TEST_CASE("the same files in another place are another inventory", "[change]") {
  CHECK(digest_of({{"ab", "c"}}) != digest_of({{"a", "bc"}}));
  CHECK(digest_of({{"a", "b"}}) == digest_of({{"a", "b"}}));
}

/// Three applies: of WEB-01, of WEB-02, of the latter once more.
struct Applied {
  TemporaryFolder folder = {};
  Records records = Records(folder / "applied");
  std::string inventory_folder = folder / "etc";
  Applied() {
    begun(records, inventory("WEB-01"));
    begun(records, inventory("WEB-02"));
    begun(records, inventory("WEB-02"));
    put_back(inventory("WEB-02"), inventory_folder);
  }
};

TEST_CASE("a rollback goes to the last inventory that was another", "[change]") {
  const Applied test;
  const auto rollback = rollback_of(test.records, 0, test.inventory_folder);
  CHECK(rollback.from.number == 3);
  CHECK(rollback.to.number == 1);
  CHECK(rollback.inventory == inventory("WEB-01"));
  CHECK_FALSE(rollback.edited);
}

TEST_CASE("a rollback sees that the inventory was edited since", "[change]") {
  const Applied test;
  put_back(inventory("WEB-03"), test.inventory_folder);
  CHECK(rollback_of(test.records, 0, test.inventory_folder).edited);
}

TEST_CASE("a rollback undoes what came since, also when one before was not finished", "[change]") {
  const Applied test;
  begun(test.records, inventory("WEB-01"));
  put_back(inventory("WEB-01"), test.inventory_folder);
  const auto rollback = rollback_of(test.records, 1, test.inventory_folder);
  CHECK_FALSE(rollback.edited);
  REQUIRE(rollback.undone.size() == 3);
  CHECK(rollback.undone.front() == test.records.inventory_folder(2));
}

TEST_CASE("a rollback to what is not recorded is refused", "[change]") {
  const Applied test;
  CHECK_THROWS_WITH(rollback_of(test.records, 7, test.inventory_folder),
                    Contains("no record of apply 7"));
  CHECK_THROWS_WITH(rollback_of(Records(test.folder / "none"), 0, test.inventory_folder),
                    Contains("nothing was applied"));
}

}  // namespace
