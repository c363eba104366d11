// An agent's meta-data: OCF 1.1 XML, made from its rows.
#pragma once

#include <string>

#include "ocf/agent.h"

namespace havc::ocf {

/// With a document type that stands inside the document itself: ocf-tester wants one to validate against, and the public DTD
/// knows neither unique-group nor reloadable. See DESIGN.md.
std::string metadata(const Agent& agent);

std::string usage(const Agent& agent);

}  // namespace havc::ocf
