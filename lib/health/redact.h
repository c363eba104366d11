// Takes secrets out of texts that are given to others: configurations, logs, command lines. Rather
// too much than too little; not a proof that none is left, hence those that are known go by value.
#pragma once

#include <string>
#include <string_view>

namespace havc::health {

inline constexpr std::string_view kHidden = "(hidden)";

/// Whether what has this name is a secret: "passwd", "snmp_community", "authPassphrase".
bool is_secret_name(std::string_view name);

/// The text with "(hidden)" in the place of values of secrets: of attributes and nvpairs in XML, in
/// <secret> and <password>, of assignments (=, :), words of snmp.conf and of SNMP's, IPMI's and
/// virsh's command lines, in URIs, headers of authorization, private keys. The
/// same text again is not changed any more.
std::string redacted(std::string_view text);

}  // namespace havc::health
