#include "stonith/info.h"

#include <array>

#include "stonith/parameters.h"
#include "xml/writer.h"

namespace havc::stonith {

namespace {

/// The required ones only: `stonith -p` demands a value for each name.
std::string config_names(const power::Chassis& /*chassis*/, const Environment& /*environment*/) {
  std::string names;
  for (const auto& row : parameters(Face::external)) {
    const auto& doc = row.parameter.doc;
    if (doc.need == options::Need::required) names += std::string(doc.name) + "\n";
  }
  return names;
}

std::string device_id(const power::Chassis& chassis, const Environment& /*environment*/) {
  return std::string(chassis.product) + " chassis\n";
}

std::string device_name(const power::Chassis& chassis, const Environment& environment) {
  const std::string& path = environment.get("snmp_conf_path");
  return std::string(chassis.product) + " chassis, snmp_conf_path " +
         (path.empty() ? "not set" : path) + "\n";
}

std::string device_description(const power::Chassis& chassis, const Environment& /*environment*/) {
  return description(chassis);
}

std::string url(const power::Chassis& chassis, const Environment& /*environment*/) {
  return std::string(chassis.url) + "\n";
}

void write(xml::Writer& writer, const Parameter& row) {
  const auto& doc = row.parameter.doc;
  const auto parameter =
      writer.element("parameter", {{"name", doc.name},
                                   {"unique", doc.unique_group.empty() ? "0" : "1"},
                                   {"required", doc.need == options::Need::required ? "1" : "0"}});
  writer.leaf("longdesc", doc.longdesc, {{"lang", "en"}});
  writer.leaf("shortdesc", doc.shortdesc, {{"lang", "en"}});
  const auto content = writer.element("content", {{"type", row.type}});
  if (doc.need == options::Need::optional) writer.attribute("default", doc.fallback);
  for (const auto& choice : row.parameter.choices) writer.empty("option", {{"value", choice}});
}

/// Inserted as it is into the resource agent metadata that libstonith and Pacemaker compose.
std::string parameters_xml(const power::Chassis& /*chassis*/, const Environment& /*environment*/) {
  xml::Writer writer;
  {
    const auto all = writer.element("parameters");
    for (const auto& row : parameters(Face::external)) write(writer, row);
  }
  return writer.text();
}

struct InfoRow {
  std::string_view action;
  std::string (*answer)(const power::Chassis&, const Environment&);
};
constexpr std::array<InfoRow, 6> kInfos{{{"getconfignames", config_names},
                                         {"getinfo-devid", device_id},
                                         {"getinfo-devname", device_name},
                                         {"getinfo-devdescr", device_description},
                                         {"getinfo-devurl", url},
                                         {"getinfo-xml", parameters_xml}}};

}  // namespace

std::string description(const power::Chassis& chassis) {
  return "Power fencing of the blades in an " + std::string(chassis.product) +
         " chassis through its " + std::string(chassis.module) +
         " over SNMP.\n"
         "A host is the bay that carries its name on the management module, or what host_map says. "
         "Success is\n"
         "only reported for a power state that was read back from every bay of the host; unknown, "
         "standby and\n"
         "hibernate never count as off.\n";
}

std::optional<std::string> info(std::string_view action, const power::Chassis& chassis,
                                const Environment& environment) {
  for (const auto& row : kInfos) {
    if (row.action == action) return row.answer(chassis, environment);
  }
  return {};
}

std::string usage(const power::Chassis& chassis) {
  std::string text = "usage: " + std::string(chassis.plugin) +
                     " status | gethosts | on HOST | off HOST | reset HOST | query HOST\n"
                     "       " +
                     std::string(chassis.plugin) +
                     " getconfignames | getinfo-devid | getinfo-devname | getinfo-devdescr | "
                     "getinfo-devurl | getinfo-xml\n"
                     "       " +
                     std::string(chassis.plugin) +
                     " --explain on|off|reset HOST\n"
                     "A STONITH plugin for cluster-glue: stonith -t external/" +
                     std::string(chassis.plugin) + " -h\nParameters, from the environment:\n";
  for (const auto& row : parameters(Face::external)) {
    const auto& doc = row.parameter.doc;
    text += "  " + std::string(doc.name) + ": " + std::string(doc.shortdesc);
    if (!doc.fallback.empty()) text += " (" + std::string(doc.fallback) + ")";
    text += "\n";
  }
  return text;
}

}  // namespace havc::stonith
