#include "stonith/parameters.h"

#include <set>

#include "base/text.h"
#include "support/catch.h"

namespace {

using havc::Environment;
using havc::stonith::Face;
using havc::stonith::parameters;
using havc::stonith::parse;
using havc::stonith::Strictness;

TEST_CASE("no name of a fence agent's parameter means two things", "[stonith]") {
  std::set<std::string> names;
  for (const auto& row : parameters(Face::fence)) {
    CHECK(names.emplace(row.parameter.doc.name).second);
    for (const auto& alias : havc::text::split(row.parameter.doc.aliases, " "))
      CHECK(names.insert(alias).second);
  }
}

TEST_CASE("each default is a value of its parameter", "[stonith]") {
  const auto face = GENERATE(Face::external, Face::fence);
  for (const auto& row : parameters(face)) {
    CAPTURE(row.parameter.doc.name);
    havc::stonith::Options options;
    if (!row.parameter.doc.fallback.empty())
      CHECK(row.parameter.assign(options, row.parameter.doc.fallback));
  }
}

TEST_CASE("the plugin's required parameters come first, as `stonith -p` takes them", "[stonith]") {
  const auto rows = parameters(Face::external);
  for (std::size_t i = 0; i < rows.size(); ++i)
    CHECK((rows[i].parameter.doc.need == havc::options::Need::required) == (i < 2));
}

TEST_CASE("a switch of the command line is a boolean", "[stonith]") {
  for (const auto& row : parameters(Face::fence)) {
    CAPTURE(row.parameter.doc.name);
    CHECK(row.fence.argument.empty() == (row.type == "boolean"));
  }
}

TEST_CASE("a secret that is refused is not shown", "[stonith]") {
  const auto* name = GENERATE("community", "password", "snmp_priv_passwd");
  Environment values({{"ip", "h"}, {"community", "c"}});
  values.set(name, "secret\x01");
  CHECK_THROWS_WITH(parse(Face::fence, values, Strictness::warn),
                    Catch::Matchers::Contains(name) && !Catch::Matchers::Contains("secret"));
}

}  // namespace
