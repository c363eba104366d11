// A virtual machine as libvirt's and Pacemaker's XML, and the cluster's own pieces. Texts alone:
// nothing is written or asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inventory/inventory.h"
#include "inventory/template.h"

namespace havc::inventory {

/// Of <inventory:vm> below <metadata>: <inventory:tag name=…/> and <inventory:value
/// name=…>…</inventory:value>.
inline constexpr std::string_view kMetadataNamespace = "urn:havc:inventory:1";

/// The values of all macros for a virtual machine with identity and disks, as read() gives it.
Values values_of(const Vm& vm, const Cluster& cluster);

/// Its definition. Throws Error(misconfigured) as templates do, when there is no such template
/// (which names those there are) or it is of no domain, and when it has no place for one of the
/// disks.
std::string domain_xml(const Vm& vm, const Cluster& cluster, TemplateFolders& templates);

/// What domain_xml would throw; nothing when there is a definition.
std::optional<Error> why_no_domain(const Vm& vm, const Cluster& cluster,
                                   TemplateFolders& templates);

/// Pieces of Pacemaker's configuration, in the order in which they are loaded: resource,
/// constraints, tags. None for a machine that is local or disabled. Throws as templates do.
std::vector<std::string> cib_pieces(const Vm& vm, const Cluster& cluster,
                                    TemplateFolders& templates);

/// The same with a value for every macro: whatever the templates can make for this machine. Meant for
/// its ids and names alone.
std::vector<std::string> full_cib_pieces(const Vm& vm, const Cluster& cluster,
                                         TemplateFolders& templates);

/// The same of the cluster: options, each chassis, ping, the admin address.
std::vector<std::string> cib_pieces(const Cluster& cluster, TemplateFolders& templates);

}  // namespace havc::inventory
