// The parameters of the fencing programs: one table, from which parsing and every description are
// made.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "options/parameter.h"
#include "power/host_map.h"
#include "snmp/address.h"

namespace havc::stonith {

struct Addresses {
  std::vector<snmp::Address> list;
};

/// HAVC-II's flag: any text but the empty one and "0" counts as set.
struct Flag {
  bool set = false;
};

struct Options {
  Addresses mgmt_address;
  options::AbsolutePath snmp_conf_path;
  Flag no_softoff;
  std::chrono::seconds soft_timeout{};
  std::chrono::seconds deadline{};
  power::HostMap host_map;
};

}  // namespace havc::stonith

namespace havc::options {

template <>
struct Text<stonith::Addresses> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected =
      "an address like 10.0.0.1, amm1.example.com:161 or [fd00::1]:161, or several with commas";
  static std::optional<stonith::Addresses> parse(std::string_view text) {
    auto list = snmp::parse_addresses(text);
    if (!list) return {};
    return stonith::Addresses{std::move(*list)};
  }
};

template <>
struct Text<stonith::Flag> {
  static constexpr ContentType kType = ContentType::boolean;
  static constexpr std::string_view kExpected = "a flag";
  static std::optional<stonith::Flag> parse(std::string_view text) {
    return stonith::Flag{!text.empty() && text != "0"};
  }
};

template <>
struct Text<power::HostMap> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected =
      "a map like node1:3;node2:4,5 that names each host and bay once";
  static std::optional<power::HostMap> parse(std::string_view text) {
    return power::parse_host_map(text);
  }
};

}  // namespace havc::options

namespace havc::stonith {

/// In the order of `stonith -p`: getconfignames prints the required ones.
inline constexpr std::array kParameters{
    options::parameter<&Options::mgmt_address>(
        {.name = "mgmt_address",
         .shortdesc = "Address of the management module",
         .longdesc = "Address or host name of the chassis management module, with :PORT when it is "
                     "not 161. IPv6 addresses may "
                     "stand in brackets. Of several addresses, separated by commas, the first that "
                     "answers is used.",
         .need = options::Need::required,
         .kind = options::Kind::identity,
         .unique_group = "mgmt_address"}),
    options::parameter<&Options::snmp_conf_path>(
        {.name = "snmp_conf_path",
         .shortdesc = "Directory of snmp.conf",
         .longdesc =
             "Directory on every node that holds the snmp.conf to use. It says which SNMP version "
             "(defVersion 1 or 3) and "
             "which community or user; see snmp.conf(5). It should be readable by root alone.",
         .need = options::Need::required,
         .kind = options::Kind::identity}),
    options::parameter<&Options::no_softoff>(
        {.name = "no_softoff",
         .shortdesc = "Never ask the operating system to shut down",
         .longdesc = "Anything but empty and 0: off cuts power at once. For blades on which the "
                     "soft-off command acts as a "
                     "restart (HX5). reset always cuts power at once.",
         .fallback = "0"}),
    options::parameter<&Options::soft_timeout>(
        {.name = "soft_timeout",
         .shortdesc = "Seconds for a soft off",
         .longdesc = "How long off waits for the operating system to shut down before power is "
                     "cut, in seconds; at most half of "
                     "the deadline. 0 is as no_softoff.",
         .fallback = "15"}),
    options::parameter<&Options::deadline>(
        {.name = "deadline",
         .shortdesc = "Seconds for a whole action",
         .longdesc = "After this many seconds on, off and reset fail, whatever the chassis does; "
                     "everything else fails after 15 s or the "
                     "deadline, whichever is sooner. Keep it a few seconds below pcmk_off_timeout "
                     "and pcmk_reboot_timeout (60 s "
                     "unless set): they kill the plugin without a word.",
         .fallback = "55"}),
    options::parameter<&Options::host_map>(
        {.name = "host_map",
         .shortdesc = "Bays of each host",
         .longdesc = "Hosts whose bays do not carry their name, as in node1:3;node2:4,5. Hosts "
                     "that are not in the map are found "
                     "by the names of the bays on the management module. pcmk_host_map does not "
                     "reach this plugin.",
         .fallback = "",
         .kind = options::Kind::identity}),
};
static_assert(options::well_formed(kParameters));

}  // namespace havc::stonith
