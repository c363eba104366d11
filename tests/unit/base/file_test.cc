#include "base/file.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

#include <sys/stat.h>

#include <filesystem>

using havc::Error;
using havc::test::TemporaryFolder;
using Catch::Matchers::Contains;

TEST_CASE("what is written is read back, with tight modes", "[file]") {
  const TemporaryFolder folder;
  havc::write_file(folder / "note", "old", 0600);
  havc::write_file(folder / "note", "new", 0600);
  CHECK(havc::read_file(folder / "note", 100) == "new");
  struct stat status {};
  REQUIRE(stat((folder / "note").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("what is not a small regular file is refused, without waiting", "[file]") {
  const TemporaryFolder folder;
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(havc::read_file(folder / "fifo", 100), Contains("not a regular file"));
  CHECK_THROWS_WITH(havc::read_file(folder.path(), 100), Contains("not a regular file"));
  CHECK_THROWS_WITH(havc::read_file(folder / "missing", 100), Contains("No such file"));
  folder.write("large", std::string(101, 'x'));
  CHECK_THROWS_WITH(havc::read_file(folder / "large", 100), Contains("larger than 100 bytes"));
}

TEST_CASE("what cannot be recalled is nothing", "[file]") {
  const TemporaryFolder folder;
  folder.write("file", "content\n");
  CHECK(havc::recall_file(folder / "file", 100) == "content\n");
  CHECK(havc::recall_file(folder / "file", 1).empty());
  CHECK(havc::recall_file(folder / "missing", 100).empty());
}

TEST_CASE("a file that cannot be replaced leaves nothing behind", "[file]") {
  const TemporaryFolder folder;
  havc::make_folder(folder / "target/x", 0700);
  CHECK_THROWS_AS(havc::write_file(folder / "target", "x", 0600), Error);  // a folder that is not empty stands there
  CHECK_THROWS_AS(havc::write_file("/nonexistent/file", "x", 0600), Error);
}

TEST_CASE("a mode counts whatever the umask is", "[file]") {
  const TemporaryFolder folder;
  const auto before = umask(0077);
  havc::write_file(folder / "open", "x", 0644);
  umask(before);
  struct stat status {};
  REQUIRE(stat((folder / "open").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0644);
}

TEST_CASE("a replaced file keeps its mode and its place behind a link", "[file]") {
  const TemporaryFolder folder;
  folder.write("real/vm1.xml", "old");
  REQUIRE(chmod((folder / "real/vm1.xml").c_str(), 0640) == 0);
  std::filesystem::create_symlink("real/vm1.xml", folder / "link.xml");
  havc::replace_file(folder / "link.xml", "new");
  CHECK(std::filesystem::is_symlink(folder / "link.xml"));
  CHECK(havc::read_file(folder / "real/vm1.xml", 100) == "new");
  struct stat status {};
  REQUIRE(stat((folder / "real/vm1.xml").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "real"), {}) == 1);
}

TEST_CASE("only a regular file that is there can be replaced", "[file]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(havc::replace_file(folder / "missing", "x"), Contains("No such file"));
  CHECK_THROWS_WITH(havc::replace_file(folder.path(), "x"), Contains("not a regular file"));
}

TEST_CASE("a new file takes no other's place", "[file]") {
  const TemporaryFolder folder;
  const auto before = umask(0077);
  havc::new_file(folder / "vm1.toml", "first", 0644);
  umask(before);
  CHECK_THROWS_WITH(havc::new_file(folder / "vm1.toml", "second", 0644), Contains("File exists"));
  std::filesystem::create_symlink("nowhere", folder / "link");
  CHECK_THROWS_WITH(havc::new_file(folder / "link", "second", 0644), Contains("File exists"));
  CHECK(havc::read_file(folder / "vm1.toml", 100) == "first");
  struct stat status {};
  REQUIRE(stat((folder / "vm1.toml").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0644);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}
