// Generated text against a stored file under tests/golden/. HAVC_ACCEPT=1 rewrites the file instead; the change is then
// seen in review.
#pragma once

#include <string>

namespace havc::test {

/// Catch2's CHECK on equality; a missing file fails.
void check_golden(const std::string& name, const std::string& text);

}  // namespace havc::test
