#include "cluster/idle_probes.h"

#include <string>

#include "support/catch.h"

using namespace havc::cluster;

namespace {

const std::string kIdle =
    R"(<lrm_rsc_op id="A_last_0" operation="monitor" interval="0" rc-code="7" op-status="0" )"
    R"(transition-key="5:1:7:96ea" exec-time="46" op-digest="e067"/>)";

/// A CIB with one record of a resource on one node.
std::string cib_with(const std::string& resource, const std::string& operations) {
  return R"(<cib epoch="1"><configuration><resources><primitive id="A"/><group id="G">)"
         R"(<primitive id="B"/></group><clone id="C"><primitive id="D"/></clone></resources>)"
         R"(</configuration><status><node_state id="1" uname="n1"><lrm id="1"><lrm_resources>)"
         R"(<lrm_resource id=")" +
         resource + "\">" + operations +
         R"(</lrm_resource></lrm_resources></lrm></node_state><tickets/></status></cib>)";
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

bool mentions(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a probe that found nothing goes, and nothing else", "[idle_probes]") {
  for (const auto* resource : {"A", "B"}) {
    const std::string cib = cib_with(resource, kIdle);
    const auto record = "<lrm_resource id=\"" + std::string(resource) + "\">" + kIdle;
    const std::string left = replaced(replaced(cib, record + "</lrm_resource>", ""),
                                      "<lrm_resources></lrm_resources>", "<lrm_resources/>");
    CHECK(without_idle_probes(cib) == left);
  }
}

TEST_CASE("what is not surely a probe that found nothing stays", "[idle_probes]") {
  const auto stays = [](const std::string& cib) {
    return mentions(without_idle_probes(cib), "<lrm_resource ") &&
           mentions(with_short_idle_probes(cib), "op-digest");
  };
  const auto other = [&](const std::string& what, const std::string& with) {
    return cib_with("A", replaced(kIdle, what, with));
  };
  CHECK(stays(other(R"(rc-code="7")", R"(rc-code="0")")));
  CHECK(stays(other(R"(rc-code="7")", R"(rc-code="1")")));
  CHECK(stays(other(R"(op-status="0")", R"(op-status="-1")")));
  CHECK(stays(other(R"(interval="0")", R"(interval="10000")")));
  CHECK(stays(other(R"("monitor")", R"("stop")")));
  CHECK(stays(other("5:1:7:96ea", "5:1:0:96ea")));
  CHECK(stays(other("5:1:7:96ea", "")));
  CHECK(stays(cib_with("A", kIdle + kIdle)));
  CHECK(stays(cib_with("D", kIdle)));       // of a clone: its instances share the name
  CHECK(stays(cib_with("ORPHAN", kIdle)));  // not configured: crm_mon shows it
}

TEST_CASE("a short probe has what the scheduler looks at", "[idle_probes]") {
  const auto text = with_short_idle_probes(cib_with("A", kIdle));
  CHECK(text == replaced(cib_with("A", kIdle), R"( exec-time="46" op-digest="e067")", ""));
}

TEST_CASE("a text that cannot be read stays as it is", "[idle_probes]") {
  for (const std::string text : {"", "<cib><status>", "<cib/>", "<cib><status/></cib>",
                                 "<cib><status><node_state></status></cib>"}) {
    CHECK(without_idle_probes(text) == text);
    CHECK(with_short_idle_probes(text) == text);
  }
}
