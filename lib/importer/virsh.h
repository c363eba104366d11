// The domains of nodes, asked of virsh there: lists of names and definitions alone, nothing that is
// written for people.
#pragma once

#include <string>
#include <vector>

#include "importer/libvirt.h"
#include "remote/run.h"

namespace havc::importer {

/// What a node's libvirt has, without the definitions.
struct Listed {
  std::string name = {};
  LibvirtDomain domain = {};
};

/// All domains of the node. Throws what `run` throws, Error(failed) with virsh's words.
std::vector<Listed> list_domains(const remote::Host& host, const remote::Run& run,
                                 Deadline deadline);

/// The definition as it will be at the next start, with its secrets. Throws likewise.
std::string definition_of(const std::string& name, const remote::Host& host, const remote::Run& run,
                          Deadline deadline);

}  // namespace havc::importer
