// Files onto a node: what may come where, all or none, and nothing half.

#include "node/receive.h"

#include "base/error.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "node/sha256.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sys/stat.h>

#include <filesystem>

using namespace havc;
using namespace havc::node;
namespace fs = std::filesystem;

namespace {

const std::string kDomains = kDomainFolder;
const std::string kInventory = kInventoryFolder;

ParcelFile file(const std::string& path, const std::string& content) {
  return {path, content, sha256(content), 0600};
}

struct Stage {
  test::TemporaryFolder root;

  std::vector<Receipt> receive(const Parcel& parcel) {
    return node::receive(parcel, {root.path(), "/lock"},
                         Deadline::after(system_clock(), std::chrono::minutes(1)));
  }
  std::string content(const std::string& path) { return recall_file(root.path() + path, 1 << 20); }
  std::size_t files() {
    const auto all = fs::recursive_directory_iterator(root.path());
    return static_cast<std::size_t>(std::count_if(
        begin(all), end(all), [](const auto& entry) { return !entry.is_directory(); }));
  }
};

std::vector<Outcome> outcomes_of(const std::vector<Receipt>& receipts) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(receipts.size());
  for (const auto& each : receipts) outcomes.push_back(each.outcome);
  return outcomes;
}

using Outcomes = std::vector<Outcome>;

}  // namespace

TEST_CASE("files are there afterwards, with their modes, and the same again changes nothing",
          "[node]") {
  Stage stage;
  const Parcel parcel{
      {file(kDomains + "/a.xml", "<domain/>"), file(kInventory + "/vms/A.toml", "")}, {}};
  CHECK(outcomes_of(stage.receive(parcel)) == Outcomes{Outcome::written, Outcome::written});
  CHECK(stage.content(kDomains + "/a.xml") == "<domain/>");
  CHECK(fs::exists(stage.root.path() + kInventory + "/vms/A.toml"));
  struct stat status {};
  REQUIRE(stat((stage.root.path() + kDomains + "/a.xml").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
  const auto inode = status.st_ino;
  CHECK(outcomes_of(stage.receive(parcel)) == Outcomes{Outcome::unchanged, Outcome::unchanged});
  REQUIRE(stat((stage.root.path() + kDomains + "/a.xml").c_str(), &status) == 0);
  CHECK(status.st_ino == inode);
}

TEST_CASE("another mode is put right", "[node]") {
  Stage stage;
  const Parcel parcel{{file(kDomains + "/a.xml", "x")}, {}};
  stage.receive(parcel);
  chmod((stage.root.path() + kDomains + "/a.xml").c_str(), 0644);
  CHECK(outcomes_of(stage.receive(parcel)) == Outcomes{Outcome::written});
}

TEST_CASE("what is to go goes, and what is not there is told", "[node]") {
  Stage stage;
  stage.receive({{file(kDomains + "/a.xml", "x")}, {}});
  const auto receipts = stage.receive(
      {{}, {kDomains + "/a.xml", kDomains + "/b.xml", kInventory + "/vms/none/C.toml"}});
  CHECK(outcomes_of(receipts) == Outcomes{Outcome::removed, Outcome::absent, Outcome::absent});
  CHECK(stage.files() == 1);  // the lock
}

TEST_CASE("paths that lead elsewhere are refused", "[node]") {
  Stage stage;
  const std::string path =
      GENERATE(as<std::string>(), "", "a.xml", "/etc/passwd", kDomains, kDomains + "/",
               kDomains + "/../passwd", kDomains + "/a/../b", kDomains + "//a", kDomains + "/./a",
               kDomains + "x/a", kDomains + "/.hidden", kDomains + "/a\nb",
               kDomains + std::string("/a\0b", 4), kDomains + "/" + std::string(201, 'x'),
               kDomains + "/a/b/c/d/e");
  const auto receipts = stage.receive({{file(path, "x")}, {path}});
  CHECK(outcomes_of(receipts) == Outcomes{Outcome::failed, Outcome::failed});
  CHECK_THAT(receipts[0].problem, Catch::Contains("is refused: "));
  CHECK(stage.files() == 1);
}

TEST_CASE("links are never followed, and a link in a file's place is replaced", "[node]") {
  Stage stage;
  const std::string outside = stage.root.write("outside", "precious");
  const std::string folder = stage.root.path() + kInventory;
  fs::create_directories(folder);
  fs::create_symlink(outside, folder + "/cluster.toml");
  fs::create_directory_symlink(stage.root.path(), folder + "/vms");
  const auto receipts =
      stage.receive({{file(kInventory + "/vms/outside", "x")}, {kInventory + "/vms/outside"}});
  CHECK(outcomes_of(receipts) == Outcomes{Outcome::failed, Outcome::failed});
  CHECK(outcomes_of(stage.receive({{file(kInventory + "/cluster.toml", "x")}, {}})) ==
        Outcomes{Outcome::written});
  CHECK_FALSE(fs::is_symlink(folder + "/cluster.toml"));
  CHECK(stage.content("/outside") == "precious");
}

TEST_CASE("when one file cannot be written, nothing changes", "[node]") {
  Stage stage;
  stage.receive({{file(kDomains + "/a.xml", "old"), file(kDomains + "/b.xml", "old")}, {}});
  fs::create_directories(stage.root.path() + kDomains + "/blocked");
  const auto receipts = stage.receive(
      {{file(kDomains + "/a.xml", "new"), {kDomains + "/c.xml", "damaged", sha256("whole"), 0600}},
       {kDomains + "/b.xml"}});
  CHECK(outcomes_of(receipts) == Outcomes(3, Outcome::failed));
  CHECK(receipts[0].problem == "left as it was, because of another file");
  CHECK_THAT(receipts[1].problem, Catch::Contains("came damaged"));
  CHECK(stage.content(kDomains + "/a.xml") == "old");
  CHECK(stage.content(kDomains + "/b.xml") == "old");
  CHECK(stage.files() == 3);
}

TEST_CASE("a folder in a file's place stays, and is told", "[node]") {
  Stage stage;
  fs::create_directories(stage.root.path() + kDomains + "/a.xml");
  const auto receipts = stage.receive({{file(kDomains + "/a.xml", "x")}, {}});
  CHECK(outcomes_of(receipts) == Outcomes{Outcome::failed});
  CHECK_THAT(receipts[0].problem, Catch::Contains("Is a directory"));
  CHECK(stage.files() == 1);
}

TEST_CASE("modes that give more than reading are refused", "[node]") {
  Stage stage;
  ParcelFile odd = file(kDomains + "/a.xml", "x");
  odd.mode = GENERATE(0666U, 0700U, 04600U, 0602U);
  CHECK(outcomes_of(stage.receive({{odd}, {}})) == Outcomes{Outcome::failed});
}

TEST_CASE("what a killed run has left is replaced", "[node]") {
  Stage stage;
  fs::create_directories(stage.root.path() + kDomains);
  stage.root.write(kDomains.substr(1) + "/.a.xml.havc-new", "half");
  CHECK(outcomes_of(stage.receive({{file(kDomains + "/a.xml", "x")}, {}})) ==
        Outcomes{Outcome::written});
  CHECK(stage.files() == 2);
}

TEST_CASE("two do not meet", "[node]") {
  Stage stage;
  const FileLock other(stage.root / "lock",
                       Deadline::after(system_clock(), std::chrono::minutes(1)));
  try {
    node::receive({}, {stage.root.path(), "/lock"},
                  Deadline::after(system_clock(), std::chrono::milliseconds(1)));
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::timed_out);
    CHECK_THAT(error.problem(), Catch::Contains("still running"));
  }
}

TEST_CASE("a parcel and its receipts say the same after their way", "[node]") {
  const Parcel parcel{{file(kDomains + "/a.xml", "<domain name='ü'/>\n")}, {kDomains + "/b.xml"}};
  const Parcel came = parse_parcel(to_json(parcel), "standard input");
  CHECK(came.files == parcel.files);
  CHECK(came.remove == parcel.remove);
  const std::vector<Receipt> receipts{{"a", Outcome::failed, "no"}, {"b", Outcome::absent, ""}};
  CHECK(parse_receipts(to_json(receipts), "node 'n1'") == receipts);
  CHECK_THROWS_AS(parse_parcel("{}", "standard input"), Error);
}
