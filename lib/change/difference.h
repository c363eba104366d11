// What changes, in the administrator's words: from values of Pacemaker's configuration and from two
// definitions of a domain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"

namespace havc::change {

/// "memory 1024 -> 2048 MiB", "email none -> ops@example.org". `set` is the element that holds the
/// pair. What may be a secret is not shown.
std::string pair_words(std::string_view set, const std::string& name,
                       const std::optional<std::string>& before,
                       const std::optional<std::string>& after);

/// "failure-timeout=60", or without its value when that may be a secret.
std::string shown_pair(const std::string& name, const std::string& value);

/// "a -> b", "none -> b", "a -> none".
std::string transition(const std::optional<std::string>& before,
                       const std::optional<std::string>& after);

/// What a guest would notice: "cpus 1 -> 2", "disks none -> /srv/a", "the rest of the definition".
/// Empty when both say the same, whatever their indentation and comments. What libvirt and the
/// agent add by themselves to the XML of a domain that runs does not count when `live`: compared is
/// then what has a name here (kind of machine, CPUs, memory, disks, cards), and a machine "pc" or
/// "q35" is whatever version of it runs: which it would be at the next start, the node's QEMU
/// decides (lint's machine-alias). Throws Error(unusable_here).
std::vector<std::string> domain_differences(const std::string& before, const std::string& after,
                                            bool live = false);

/// A unified diff of two texts, for people; empty when they are the same. `before` and `after` name
/// them. Throws Error(not_installed, failed, timed_out).
std::string unified_diff(const std::string& old_text, const std::string& new_text,
                         const std::string& before, const std::string& after, Deadline deadline);

}  // namespace havc::change
