#include "stonith/info.h"

#include <array>

#include "options/parse.h"
#include "stonith/parameters.h"
#include "xml/writer.h"

namespace havc::stonith {

namespace {

/// The required ones only: `stonith -p` demands a value for each name.
std::string config_names(const power::Chassis& /*chassis*/, const Environment& /*environment*/) {
  std::string names;
  for (const auto& parameter : kParameters) {
    if (parameter.doc.need == options::Need::required)
      names += std::string(parameter.doc.name) + "\n";
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

std::string description(const power::Chassis& chassis, const Environment& /*environment*/) {
  return "Power fencing of the blades in an " + std::string(chassis.product) +
         " chassis through its " + std::string(chassis.module) +
         " over SNMP.\n"
         "A host is the bay that carries its name on the management module, or what host_map says. "
         "Success is\n"
         "only reported for a power state that was read back from every bay of the host; unknown, "
         "standby and\n"
         "hibernate never count as off.\n";
}

std::string url(const power::Chassis& chassis, const Environment& /*environment*/) {
  return std::string(chassis.url) + "\n";
}

void write(xml::Writer& writer, const options::ParameterRow& row) {
  const auto& doc = row.doc;
  const auto parameter =
      writer.element("parameter", {{"name", doc.name},
                                   {"unique", doc.unique_group.empty() ? "0" : "1"},
                                   {"required", doc.need == options::Need::required ? "1" : "0"}});
  writer.leaf("longdesc", doc.longdesc, {{"lang", "en"}});
  writer.leaf("shortdesc", doc.shortdesc, {{"lang", "en"}});
  const auto type = options::name_of(row.type);
  if (doc.need == options::Need::required) {
    writer.empty("content", {{"type", type}});
  } else {
    writer.empty("content", {{"type", type}, {"default", doc.fallback}});
  }
}

/// Inserted as it is into the resource agent metadata that libstonith and Pacemaker compose.
std::string parameters_xml(const power::Chassis& /*chassis*/, const Environment& /*environment*/) {
  xml::Writer writer;
  {
    const auto parameters = writer.element("parameters");
    for (const auto& row : options::rows_of(kParameters)) write(writer, row);
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
                                         {"getinfo-devdescr", description},
                                         {"getinfo-devurl", url},
                                         {"getinfo-xml", parameters_xml}}};

}  // namespace

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
                     "A STONITH plugin for cluster-glue: stonith -t external/" +
                     std::string(chassis.plugin) + " -h\nParameters, from the environment:\n";
  for (const auto& parameter : kParameters) {
    text += "  " + std::string(parameter.doc.name) + ": " + std::string(parameter.doc.shortdesc);
    if (!parameter.doc.fallback.empty()) text += " (" + std::string(parameter.doc.fallback) + ")";
    text += "\n";
  }
  return text;
}

}  // namespace havc::stonith
