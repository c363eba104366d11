#include "domain/resources.h"

#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

namespace havc::domain {

namespace {

std::string words_of(const Resource& resource) {
  const char* kind = resource.kind == ResourceKind::network ? "network " : "pool ";
  return kind + text::quote(resource.name);
}

void start_one(const Resource& resource, Hypervisor& host, const std::string& where,
               Deadline deadline) {
  try {
    if (host.activate(resource, deadline)) log::info("started " + words_of(resource) + where);
  } catch (const Error& error) {
    if (error.fault() != Fault::timed_out) throw;
    throw Error(Fault::timed_out, words_of(resource) + " does not start: " + error.problem(),
                "look at its storage or network, then start it by hand");
  }
}

}  // namespace

void start_resources(const Devices& devices, Hypervisor& host, const std::string& where,
                     Deadline deadline) {
  std::vector<Resource> resources;
  for (const std::string& name : devices.networks()) {
    resources.push_back({ResourceKind::network, name});
  }
  for (const std::string& name : devices.pools()) resources.push_back({ResourceKind::pool, name});
  for (const Resource& resource : resources) start_one(resource, host, where, deadline);
}

}  // namespace havc::domain
