// Which domain is meant. Names are unique on one host only; the UUID tells a namesake from the real one.
#pragma once

#include <string>

namespace havc::domain {

struct Identity {
  std::string name;
  std::string uuid;  ///< lower case with hyphens; empty when it is not known
};

}  // namespace havc::domain
