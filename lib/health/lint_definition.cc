// What rules ask of a definition, beside what moving and starting it depends on.
#include "base/error.h"
#include "base/text.h"
#include "health/lint_rule.h"
#include "xml/document.h"

namespace havc::health {

namespace {

std::string of_child(const xml::Element& parent, std::string_view child, std::string_view name) {
  const auto found = parent.child(child);
  return found ? found->attribute(name).value_or("") : "";
}

/// libvirt's defaults are those of its documentation, "Events configuration".
std::string action(const xml::Element& root, std::string_view name, std::string_view otherwise) {
  const auto found = root.child(name);
  return std::string(found ? text::trim(found->text()) : otherwise);
}

bool is_loopback(const std::string& address) {
  return address.empty() || address == "localhost" || address == "::1" ||
         address.starts_with("127.");
}

/// Without an address libvirt listens on the loopback interface (qemu.conf, vnc_listen).
bool is_open(const xml::Element& graphics) {
  if (graphics.attribute("passwd")) return false;
  std::string address = graphics.attribute("listen").value_or("");
  if (const auto listen = graphics.child("listen")) {
    if (listen->attribute("type") == "none" || listen->attribute("type") == "socket") return false;
    address = listen->attribute("address").value_or(address);
  }
  const std::string type = graphics.attribute("type").value_or("");
  return (type == "vnc" || type == "spice") && !is_loopback(address);
}

void read_devices(const xml::Element& devices, Definition& definition) {
  for (const auto& each : devices.children()) {
    if (each.name() == "disk") {
      definition.drivers.push_back({of_child(each, "driver", "type"),
                                    of_child(each, "driver", "error_policy"),
                                    of_child(each, "target", "bus")});
    } else if (each.name() == "interface") {
      if (each.attribute("type") != "hostdev")
        definition.card_models.push_back(of_child(each, "model", "type"));
    } else if (each.name() == "graphics" && is_open(each)) {
      definition.open_graphics.push_back(each.attribute("type").value_or(""));
    }
  }
}

}  // namespace

Definition read_definition(const DefinitionText& text) {
  const std::string origin =
      text.vm + (text.node.empty() ? std::string() : " on node '" + text.node + "'");
  const auto document = xml::Document::parse(text.xml, origin);
  const auto root = document.root();
  if (root.name() != "domain")
    throw Error(Fault::unusable_here, text::quote(origin) + " has no <domain>");
  Definition definition{.vm = text.vm, .node = text.node};
  definition.devices = domain::parse_devices(text.xml, origin);
  definition.on_poweroff = action(root, "on_poweroff", "destroy");
  definition.on_reboot = action(root, "on_reboot", "restart");
  definition.on_crash = action(root, "on_crash", "destroy");
  const auto features = root.child("features");
  definition.acpi = features && features->child("acpi");
  if (const auto devices = root.child("devices")) read_devices(*devices, definition);
  return definition;
}

}  // namespace havc::health
