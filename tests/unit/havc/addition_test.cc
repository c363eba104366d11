#include "havc/addition.h"

#include "base/error.h"
#include "support/catch.h"

namespace {

using namespace havc::cli;
using Catch::Matchers::Contains;
using havc::inventory::parse_address;

Answer nobody(const std::string& host) {
  throw havc::Error(havc::Fault::failed, "asked for " + host);
}

TEST_CASE("names, hosts and addresses count up", "[havc]") {
  const auto all = counted(
      {{"name", "WEB-08"}, {"host", "web8.example.org"}, {"address", "10.0.0.254"}, {"cpus", "2"}},
      3);
  REQUIRE(all.size() == 3);
  CHECK(all[0] == Addition{{"name", "WEB-08"},
                           {"host", "web8.example.org"},
                           {"address", "10.0.0.254"},
                           {"cpus", "2"}});
  CHECK(all[2] == Addition{{"name", "WEB-10"},
                           {"host", "web10.example.org"},
                           {"address", "10.0.1.0"},
                           {"cpus", "2"}});
}

TEST_CASE("what has no number cannot count up", "[havc]") {
  CHECK_THROWS_WITH(counted({{"name", "WEB"}}, 2), Contains("no number at its end"));
  CHECK_THROWS_WITH(counted({{"name", "W1"}, {"host", "web.x1"}}, 2),
                    Contains("no number at the end of its first label"));
  CHECK(counted({{"name", "WEB"}}, 1).size() == 1);
}

TEST_CASE("a list has keys in its first line and a machine in each other", "[havc]") {
  const auto all = from_csv(
      "# ours\nname, host,tags,email\r\nW1,w1,\"a,b\",\n\nW2,w2,,\"say \"\"x\"\"\"", "l.csv");
  REQUIRE(all.size() == 2);
  CHECK(all[0] == Addition{{"name", "W1"}, {"host", "w1"}, {"tags", "a,b"}});
  CHECK(all[1] == Addition{{"name", "W2"}, {"host", "w2"}, {"email", "say \"x\""}});
}

TEST_CASE("what is wrong in a list is told with its line", "[havc]") {
  CHECK_THROWS_WITH(from_csv("name\nW1,w1\n", "l.csv"), Contains("l.csv:2: it has more values"));
  CHECK_THROWS_WITH(from_csv("name\n\n\"W1\n", "l.csv"), Contains("l.csv:3: a quotation mark"));
  CHECK_THROWS_WITH(from_csv("name\n", "l.csv"), Contains("lists no VM"));
  CHECK_THROWS_WITH(from_toml("name = 'W1'\n", "l.toml"), Contains("l.toml:1: key 'name'"));
  CHECK_THROWS_WITH(from_toml("", "l.toml"), Contains("lists no VM"));
}

TEST_CASE("a list may be tables", "[havc]") {
  const auto all = from_toml(
      "[W1]\nhost = 'w1'\nmemory = 5\nnodes = ['a', 'b']\n[W1.metadata]\nowner = 'x'\n", "l.toml");
  REQUIRE(all.size() == 1);
  CHECK(all[0] == Addition{{"name", "W1"},
                           {"host", "w1"},
                           {"memory", "5"},
                           {"metadata.owner", "x"},
                           {"nodes", "a,b"}});
}

TEST_CASE("an addition becomes a file, whatever its texts are", "[havc]") {
  std::vector<std::string> notes;
  CHECK(file_of({{"name", "web-01"},
                 {"cpus", "02"},
                 {"host", "web"},
                 {"address", "10.0.0.1"},
                 {"metadata.owner", "$(id) \" = [x]"}},
                nobody, notes) ==
        "name = \"WEB-01\"\nhost = \"web\"\naddress = \"10.0.0.1\"\ncpus = 2\n\n[metadata]\n"
        "owner = \"$(id) \\\" = [x]\"\n");
  CHECK_THROWS_WITH(file_of({{"name", "../x"}, {"host", "w"}}, nobody, notes),
                    Contains("is no name for a virtual machine"));
}

TEST_CASE("DNS is asked when neither address nor zone and MAC address are given", "[havc]") {
  std::vector<std::string> notes;
  const Lookup dns = [](const std::string&) {
    return Answer{*parse_address("10.0.0.7"), "real.example.org"};
  };
  CHECK(file_of({{"name", "WEB"}, {"host", "web.example.org"}}, dns, notes) ==
        "name = \"WEB\"\nhost = \"web.example.org\"\naddress = \"10.0.0.7\"\n");
  CHECK(notes ==
        std::vector<std::string>{"'web.example.org' is another name of 'real.example.org'"});
  const Addition known{{"name", "WEB"}, {"host", "w"}, {"zone", "a"}, {"mac", "02:00:00:00:00:01"}};
  CHECK_NOTHROW(file_of(known, nobody, notes));
  CHECK_THROWS_WITH(file_of({{"name", "WEB"}, {"host", "w"}}, nobody, notes),
                    Contains("asked for w"));
  CHECK_THROWS_WITH(file_of({{"name", "WEB"}}, nobody, notes), Contains("give --host"));
}

TEST_CASE("of a name's addresses the first of IPv4 is taken", "[havc]") {
  const auto answer = read_hosts(
      "2001:db8::5     STREAM real.example.org\n2001:db8::5     DGRAM  \n"
      "10.0.0.7        STREAM \n10.0.0.8        STREAM \n",
      "web");
  CHECK(text_of(answer.address) == "10.0.0.7");
  CHECK(answer.name == "real.example.org");
  CHECK(text_of(read_hosts("2001:db8::5 STREAM r\n", "web").address) == "2001:db8::5");
  CHECK_THROWS_WITH(read_hosts("", "web"), Contains("'web' has no address in DNS"));
}

}  // namespace
