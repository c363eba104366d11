// New VMs as an administrator lists them: one, a row of them that count up, or a file. Pure; what a
// name in DNS means is asked through a function.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/inventory.h"

namespace havc::cli {

/// Keys of its file and their values, as texts.
using Addition = std::vector<std::pair<std::string, std::string>>;

/// `count` VMs: numbers at the end of the name, of the host name's first label, and the address
/// count up. Throws Error(misconfigured) when the name has no number.
std::vector<Addition> counted(const Addition& first, int count);

/// A list: each line a VM, the first line their keys; separated by commas, values with commas in
/// "…", where "" is one quotation mark. Empty values are none. `file` is for messages. Throws
/// Error(misconfigured) with the line.
std::vector<Addition> from_csv(std::string_view text, const std::string& file);

/// A list: tables [NAME] with the keys of a VM's file. Throws likewise.
std::vector<Addition> from_toml(std::string_view text, const std::string& file);

/// What a name in DNS is: an address, and the name that the server gives.
struct Answer {
  inventory::Address address;
  std::string name = {};
};
using Lookup = std::function<Answer(const std::string& host)>;

/// The text of its file, vms/NAME.toml. Without "address", "zone" and "mac", the host name is
/// looked up; what else is worth knowing is added to `notes`. Throws Error(misconfigured) as
/// with_change does, for a key that is missing, and what `lookup` throws.
std::string file_of(const Addition& addition, const Lookup& lookup,
                    std::vector<std::string>& notes);

/// The value of a key; empty when there is none.
std::string value_of(const Addition& addition, std::string_view key);

/// What 'getent ahosts' said of `host`: the first IPv4 address, else the first IPv6 address. Throws
/// Error(misconfigured) when there is none.
Answer read_hosts(std::string_view output, const std::string& host);

}  // namespace havc::cli
