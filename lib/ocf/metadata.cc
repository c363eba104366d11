#include "ocf/metadata.h"

#include <algorithm>

#include "base/text.h"
#include "xml/writer.h"

namespace havc::ocf {

namespace {

// Every element and attribute that metadata() writes, as the RELAX NG schema of OCF 1.1 allows them.
constexpr std::string_view kDocumentType = R"(
<!ELEMENT resource-agent (version, longdesc, shortdesc, parameters, actions)>
<!ATTLIST resource-agent name CDATA #REQUIRED version CDATA #IMPLIED>
<!ELEMENT version (#PCDATA)>
<!ELEMENT longdesc (#PCDATA)>
<!ATTLIST longdesc lang NMTOKEN #REQUIRED>
<!ELEMENT shortdesc (#PCDATA)>
<!ATTLIST shortdesc lang NMTOKEN #REQUIRED>
<!ELEMENT parameters (parameter+)>
<!ELEMENT parameter (deprecated?, longdesc, shortdesc, content)>
<!ATTLIST parameter name CDATA #REQUIRED unique-group CDATA #IMPLIED unique (0|1) "0" required (0|1) "0" reloadable (0|1) "0">
<!ELEMENT deprecated (desc)>
<!ELEMENT desc (#PCDATA)>
<!ATTLIST desc lang NMTOKEN #REQUIRED>
<!ELEMENT content (option*)>
<!ATTLIST content type (string|integer|boolean|select) #REQUIRED default CDATA #IMPLIED>
<!ELEMENT option EMPTY>
<!ATTLIST option value CDATA #REQUIRED>
<!ELEMENT actions (action+)>
<!ELEMENT action EMPTY>
<!ATTLIST action name NMTOKEN #REQUIRED timeout CDATA #REQUIRED interval CDATA #IMPLIED depth CDATA #IMPLIED>
)";

void write_descriptions(xml::Writer& writer, std::string_view longdesc, std::string_view shortdesc) {
  writer.leaf("longdesc", longdesc, {{"lang", "en"}});
  writer.leaf("shortdesc", shortdesc, {{"lang", "en"}});
}

void write_parameter(xml::Writer& writer, const options::ParameterRow& row) {
  const auto& doc = row.doc;
  const auto parameter = writer.element("parameter", {{"name", doc.name}});
  if (!doc.unique_group.empty()) {
    writer.attribute("unique-group", doc.unique_group);
    writer.attribute("unique", "1");  // what tools from before OCF 1.1 read
  }
  writer.attribute("required", doc.need == options::Need::required ? "1" : "0");
  writer.attribute("reloadable", doc.reloadable ? "1" : "0");
  if (!doc.deprecated.empty()) {
    const auto deprecated = writer.element("deprecated", {});
    writer.leaf("desc", doc.deprecated, {{"lang", "en"}});
  }
  write_descriptions(writer, doc.longdesc, doc.shortdesc);
  const auto content = writer.element("content", {{"type", options::name_of(row.type)}});
  if (doc.need == options::Need::optional) writer.attribute("default", doc.fallback);
  for (const auto& choice : row.choices) writer.empty("option", {{"value", choice}});
}

std::string seconds(std::chrono::seconds time) { return std::to_string(time.count()) + "s"; }

void write_action(xml::Writer& writer, const ActionDoc& action) {
  const auto element = writer.element("action", {{"name", action.name}, {"timeout", seconds(action.timeout)}});
  if (action.interval.count() > 0) writer.attribute("interval", seconds(action.interval));
  if (action.depth >= 0) writer.attribute("depth", std::to_string(action.depth));
}

}  // namespace

std::string metadata(const Agent& agent) {
  xml::Writer writer;
  writer.declaration();
  writer.document_type("resource-agent", kDocumentType);
  {
    const auto root = writer.element("resource-agent", {{"name", agent.doc.name}, {"version", agent.doc.version}});
    writer.leaf("version", "1.1");  // of the OCF standard: pcs refuses other values
    write_descriptions(writer, agent.doc.longdesc, agent.doc.shortdesc);
    {
      const auto parameters = writer.element("parameters");
      for (const auto& row : agent.parameters) write_parameter(writer, row);
    }
    const auto actions = writer.element("actions");
    for (const auto& action : agent.actions) {
      if (action.name != "usage") write_action(writer, action);
    }
  }
  return writer.text();
}

std::string usage(const Agent& agent) {
  std::vector<std::string> names;
  for (const auto& action : agent.actions) {
    if (names.empty() || names.back() != action.name) names.emplace_back(action.name);
  }
  std::string text = "usage: " + std::string(agent.doc.name) + " (" + text::join(names, "|") + ")\n\n" +
                     std::string(agent.doc.shortdesc) +
                     ".\nStarted by Pacemaker; parameters come as environment variables OCF_RESKEY_name:\n\n";
  std::size_t widest = 0;
  for (const auto& row : agent.parameters) widest = std::max(widest, row.doc.name.size());
  for (const auto& row : agent.parameters) {
    if (!row.doc.deprecated.empty()) continue;
    const std::string name(row.doc.name);
    text += "  " + name + std::string(widest + 2 - name.size(), ' ') + std::string(row.doc.shortdesc);
    if (row.doc.need == options::Need::required) text += " (required)";
    if (!row.doc.fallback.empty()) text += " (default: " + std::string(row.doc.fallback) + ")";
    text += "\n";
  }
  return text;
}

}  // namespace havc::ocf
