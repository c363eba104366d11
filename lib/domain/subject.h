// The domain an action is about: the resource it belongs to, how its hypervisor is reached, and
// which one it is there.
#pragma once

#include <string>

#include "domain/identity.h"

namespace havc::domain {

struct Subject {
  std::string instance;  ///< the resource's name in the cluster; may contain ':'
  std::string uri;       ///< libvirt's connection URI on this host
  std::string config;    ///< path of the definition; it need not be readable
  Identity identity;     ///< as whereabouts.h found it
};

}  // namespace havc::domain
