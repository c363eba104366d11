// What the fencing programs are told, as values, and what each text may be. The names and
// descriptions are rows of parameters.cc.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "options/value.h"
#include "power/device.h"
#include "snmp/address.h"

namespace havc::stonith {

/// The management modules of each chassis.
struct Modules {
  std::vector<std::vector<snmp::Address>> chassis;
};

/// HAVC-II's flag: any text but the empty one and "0" counts as set.
struct Flag {
  bool set = false;
};

/// Never shown, not even when it is refused.
struct Secret {
  std::string text;
};

/// One of `words`, taken in any case as fencing.py does; empty: not given.
template <const auto& words>
struct Choice {
  std::string text;
};

/// The one of `words` that `text` is, whatever the case of its letters.
std::optional<std::string> choose(std::span<const std::string_view> words, std::string_view text);

inline constexpr std::array<std::string_view, 2> kVersions{"1", "3"};
inline constexpr std::array<std::string_view, 2> kAuthProtocols{"MD5", "SHA"};
inline constexpr std::array<std::string_view, 3> kLevels{"noAuthNoPriv", "authNoPriv", "authPriv"};
inline constexpr std::array<std::string_view, 2> kPrivProtocols{"DES", "AES"};

/// What other fence agents know and nothing here needs: taken, so that a configuration can be
/// moved.
struct Unused {
  std::chrono::seconds login_timeout{};
  std::chrono::seconds shell_timeout{};
  std::chrono::seconds power_wait{};
  std::chrono::seconds status_sleep{};
  int retry_on = 0;
  std::string disable_timeout;
  bool inet4_only = false;
  bool inet6_only = false;
};

struct Options {
  // the chassis
  Modules modules;
  options::Port port;
  options::AbsolutePath snmp_conf_path;
  power::HostMap host_map;
  // the way of switching
  Flag no_softoff;
  std::chrono::seconds soft_timeout{};
  std::chrono::seconds deadline{};
  power::Verify verify{};
  power::Escalate escalate{};
  // credentials
  Secret community;
  Choice<kVersions> version;
  std::string user;
  Secret password;
  std::string password_script;
  Choice<kAuthProtocols> auth_protocol;
  Choice<kLevels> level;
  Choice<kPrivProtocols> priv_protocol;
  Secret priv_password;
  std::string priv_password_script;
  // of fence agents alone
  std::string action;
  std::string plug;
  std::string nodename;
  std::string plug_separator;
  std::string separator;
  std::chrono::seconds delay{};
  bool missing_as_off = false;
  bool quiet = false;
  bool verbose = false;
  int verbose_level = 0;
  options::AbsolutePath debug_file;
  bool help = false;
  bool version_wanted = false;
  bool explain = false;
  Unused unused;
};

}  // namespace havc::stonith

namespace havc::options {

template <>
struct Text<stonith::Modules> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected =
      "an address like 10.0.0.1, amm1.example.com:161 or [fd00::1]:161, or several with commas";
  static std::optional<stonith::Modules> parse(std::string_view text);
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
struct Text<stonith::Secret> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "text without control characters";
  static std::optional<stonith::Secret> parse(std::string_view text);
  static std::string explain(std::string_view text);
};

template <const auto& words>
struct Text<stonith::Choice<words>> {
  static constexpr ContentType kType = ContentType::select;
  static constexpr const auto& kWords = words;
  static constexpr std::string_view kExpected = "one of a list";
  static std::optional<stonith::Choice<words>> parse(std::string_view text) {
    const auto word = stonith::choose(words, text);
    if (!word) return {};
    return stonith::Choice<words>{*word};
  }
};

template <>
struct Text<power::Verify> : SelectText<power::Verify, 2> {
  static constexpr Words kWords{"basic", "strict"};
  static constexpr std::string_view kExpected = "one of a list";
  static std::optional<power::Verify> parse(std::string_view text) { return find(kWords, text); }
};

template <>
struct Text<power::Escalate> : SelectText<power::Escalate, 2> {
  static constexpr Words kWords{"none", "reseat"};
  static constexpr std::string_view kExpected = "one of a list";
  static std::optional<power::Escalate> parse(std::string_view text) { return find(kWords, text); }
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
