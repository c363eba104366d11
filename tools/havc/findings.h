// What havc health and havc lint share: how findings are chosen (--only, --ignore, lint_ignore),
// told and made an exit code. Not how anything is found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/configuration.h"
#include "havc/call.h"
#include "havc/command.h"
#include "health/finding.h"

namespace havc::cli {

inline constexpr OptionRow kVmsFound{
    "VM", "", "What is found of these VMs alone, as for 'havc status'; without one, everything",
    Takes::many};
inline constexpr OptionRow kOnlyOption{
    "--only", "CODE", "Find this alone: a code, or CODE:OBJECT; may be given several times",
    Takes::many};
inline constexpr OptionRow kIgnoreOption{
    "--ignore", "CODE",
    "Do not find this: a code, or CODE:OBJECT; may be given several times. For good: the key "
    "lint_ignore of cluster.toml",
    Takes::many};
inline constexpr OptionRow kListOption{"--list", "", "Tell the rules, and look at nothing"};

inline constexpr ColumnDoc kFindingColumns[] = {
    {"severity", "SEVERITY", "error, warning or hint"},
    {"type", "TYPE", "What the object is: cluster, node, vm, chassis or network", false},
    {"code", "CODE", "The rule's name; it never changes"},
    {"object", "OBJECT", "Whose it is; none: the cluster's"},
    {"message", "MESSAGE", "What was found"},
    {"remedy", "REMEDY", "What to do about it", false},
};

inline constexpr std::string_view kFindingExitStatus =
    "As monitoring systems want it. 0: nothing but hints was found. 1: warnings. 2: errors. 3: no "
    "error, but not everything could be looked at.";

struct Looked {
  std::vector<health::Finding> findings = {};  ///< the worst first
  std::vector<std::string> missed = {};        ///< what could not be looked at, and why
};

/// Of findings, those about the VMs that the call's words mean; all of them without words. `known`
/// are ids that the cluster knows. Throws as inventory::select does.
void keep_meant(Call& call, const std::vector<cluster::Primitive>& known,
                std::vector<health::Finding>& findings);

/// A command that finds: with --list its rules, else what `look` gives, without what nobody wants
/// to be told. Gives the exit code: what `look` throws leaves the verdict unknown; a code that
/// neither command has is refused with kUsage, because 1 would be warnings.
int tell_findings(Call& call, std::string_view schema, const std::vector<health::Rule>& rules,
                  Looked (*look)(Call& call));

}  // namespace havc::cli
