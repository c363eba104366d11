#include "base/error.h"
#include "importer/assignments.h"
#include "importer/fragment.h"
#include "importer/qemu_arguments.h"
#include "support/catch.h"

namespace {

using namespace havc::importer;
using Catch::Matchers::Contains;

TEST_CASE("assignments are read as a shell reads them", "[importer]") {
  const Assignments file(
      "# comment\nA=1\n B=\"two words\" # c\nexport C='$(id) `x`'\nD=\nE=\"a\\\"b\"\r\nF=a#b\nA=2",
      "f");
  CHECK(file.value("A") == "2");
  CHECK(file.value("B") == "two words");
  CHECK(file.value("C") == "$(id) `x`");
  CHECK(file.value("D").empty());
  CHECK(file.value("E") == "a\"b");
  CHECK(file.value("F") == "a#b");
  CHECK(file.value("G").empty());
  CHECK(file.all().at("B").line == 3);
}

TEST_CASE("what a shell would work out is refused with its line", "[importer]") {
  const auto [text, reason] = GENERATE(table<std::string, std::string>({
      {"A=1\nB=$(id)\n", "f:2: the value of B is worked out by a shell"},
      {"A=\"`id`\"\n", "f:1: the value of A is worked out"},
      {"A=${B}\n", "worked out"},
      {"A=\"x\n", "f:1: a quotation mark is not closed"},
      {"A=1 B=2\n", "behind the value of A stands something else"},
      {"A=1; rm -rf /\n", "behind the value of A"},
      {"rm -rf /\n", "f:1: this is no assignment"},
      {"if [ -e x ]; then\n", "this is no assignment"},
      {"1A=x\n", "this is no assignment"},
      {". /etc/passwd\n", "this is no assignment"},
      {std::string("A\0=x\n", 5), "this is no assignment"},
  }));
  CAPTURE(text);
  CHECK_THROWS_WITH(Assignments(text, "f"), Contains(reason));
}

TEST_CASE("times have units", "[importer]") {
  CHECK(seconds("60") == 60);
  CHECK(seconds("60s") == 60);
  CHECK(seconds(" 2 min ") == 120);
  CHECK(seconds("1500ms") == 2);
  CHECK(seconds("1h") == 3600);
  CHECK(!seconds("soon"));
  CHECK(!seconds("-1"));
  CHECK(!seconds(""));
}

TEST_CASE("a network card is found however QEMU was given it", "[importer]") {
  const auto* const text =
      GENERATE("-netdev bridge,id=n,br=br3 -device virtio-net-pci,netdev=n,mac=52:54:00:00:00:01",
               "-net nic,model=virtio,macaddr=52:54:00:00:00:01 -net bridge,br=br3",
               "-nic bridge,br=br3,model=virtio-net-pci,mac=52:54:00:00:00:01");
  CAPTURE(text);
  const auto arguments = read_qemu_arguments(text);
  REQUIRE(arguments.cards.size() == 1);
  CHECK(arguments.cards[0].model == "virtio");
  CHECK(arguments.cards[0].mac == "52:54:00:00:00:01");
  CHECK(arguments.cards[0].bridge == "br3");
  CHECK(arguments.others.empty());
}

TEST_CASE("what libvirt has no words for is left as it is", "[importer]") {
  const auto arguments = read_qemu_arguments("-device 'x,y=z w' -enable-kvm -vnc :1 -foo bar");
  CHECK(arguments.others == std::vector<std::string>{"-device", "x,y=z w", "-foo", "bar"});
  CHECK(arguments.dropped == std::vector<std::string>{"-enable-kvm", "-vnc :1"});
}

TEST_CASE("arguments that contradict the keys or themselves are refused", "[importer]") {
  const auto [text, reason] = GENERATE(table<std::string, std::string>({
      {"-m 5", "'-m' contradicts the machine's keys"},
      {"--drive file=/dev/sda", "'-drive' contradicts"},
      {"-netdev", "nothing follows '-netdev'"},
      {"-netdev bridge,id=a,br=b", "-netdev 'a' has no -device"},
      {"-device e1000,netdev=x", "which no -netdev before it is"},
      {"-x 'y", "not closed"},
  }));
  CAPTURE(text);
  CHECK_THROWS_WITH(read_qemu_arguments(text), Contains(reason));
}

}  // namespace
