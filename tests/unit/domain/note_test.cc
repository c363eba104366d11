#include "domain/note.h"

#include <unistd.h>

#include <filesystem>

#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace havc::domain;
using havc::test::TemporaryFolder;

static const Note kNote{"vm1", {"vm1", "11111111-1111-4111-8111-111111111101"}, "/etc/vm1.xml"};

TEST_CASE("a note comes back as it was written", "[note]") {
  const TemporaryFolder folder;
  const auto name = GENERATE(as<std::string>(), "vm1", "a b", "x=y", "50%25\n\r", "\xc3\xbc");
  const Note note{"group:0", {name, ""}, "/x/" + name};
  write_note(folder / "deep", note);
  const auto read = read_note(folder / "deep", "group:0");
  REQUIRE(read);
  CHECK(read->identity.name == name);
  CHECK(read->identity.uuid.empty());
  CHECK(read->config == "/x/" + name);
}

TEST_CASE("a note is its owner's alone", "[note]") {
  const TemporaryFolder folder;
  write_note(folder.path(), kNote);
  struct stat status {};
  REQUIRE(stat((folder / "havc-vm1.note").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("a missing note is nothing, and a dropped one is missing", "[note]") {
  const TemporaryFolder folder;
  CHECK_FALSE(read_note(folder.path(), "vm1"));
  write_note(folder.path(), kNote);
  CHECK(read_note(folder.path(), "vm1"));
  drop_note(folder.path(), "vm1");
  drop_note(folder.path(), "vm1");
  CHECK_FALSE(read_note(folder.path(), "vm1"));
}

TEST_CASE("a note that cannot be renewed goes", "[note]") {
  const havc::test::TemporaryFolder folder;
  write_note(folder.path(), {"vm1", {"old", ""}, "/vm1.xml"});
  // In the way of the temporary file, as a full file system would be.
  std::filesystem::create_directory(folder / ("havc-vm1.note." + std::to_string(getpid())));
  renew_note(folder.path(), {"vm1", {"new", ""}, "/vm1.xml"});
  CHECK_FALSE(read_note(folder.path(), "vm1"));
}

TEST_CASE("a note that was cut anywhere is nothing", "[note]") {
  const TemporaryFolder folder;
  write_note(folder.path(), kNote);
  const std::string whole = havc::read_file(folder / "havc-vm1.note", 4096);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder.write("havc-vm1.note", whole.substr(0, size));
    CHECK_FALSE(read_note(folder.path(), "vm1"));
  }
}

TEST_CASE("a note of something else is nothing", "[note]") {
  const TemporaryFolder folder;
  const auto content = GENERATE(
      as<std::string>(), "havc note 2\ninstance=vm1\nname=x\nend\n", "havc note 1\nname=x\nend\n",
      "havc note 1\ninstance=vm1\nend\n", "havc note 1\ninstance=vm1\nname=%4\nend\n",
      "havc note 1\ninstance=vm1\nname=%zz\nend\n", "havc note 1\ninstance=vm2\nname=x\nend\n",
      "havc note 1\ninstance=vm1\nname\nend\n", "<xml/>");
  folder.write("havc-vm1.note", content);
  CHECK_FALSE(read_note(folder.path(), "vm1"));
}

TEST_CASE("keys of a later version are left alone", "[note]") {
  const TemporaryFolder folder;
  folder.write("havc-vm1.note", "havc note 1\ninstance=vm1\nname=x\ncolour=red\nend\n");
  CHECK(read_note(folder.path(), "vm1"));
}

TEST_CASE("all notes of a folder are listed", "[note]") {
  const TemporaryFolder folder;
  write_note(folder.path(), kNote);
  write_note(folder.path(), {"vm2", {"vm2", ""}, ""});
  folder.write("havc-vm3.note", "damaged");
  folder.write("other.state", "x");
  CHECK(read_notes(folder.path()).size() == 2);
}

TEST_CASE("a resource name that cannot be a file is refused", "[note]") {
  for (const auto& name :
       {std::string("a/b"), std::string(), std::string(300, 'x'), std::string("a\0b", 3)}) {
    CHECK_THROWS_AS(read_note("/tmp", name), havc::Error);
  }
}
