// Long because it is one table.
#include "stonith/parameters.h"

#include <array>
#include <optional>
#include <type_traits>

#include "base/log.h"
#include "options/parse.h"

namespace havc::stonith {

namespace {

using namespace std::chrono_literals;
using options::Kind;
using options::Need;
using options::ParameterDoc;

enum class In { both, fence };

/// A row of the table: `doc` in the plugin's words, or the fence agent's where it is alone.
struct Row {
  In in;
  options::Parameter<Options> parameter;
  FenceDoc fence;
  std::string_view type;
};

/// "second" is a type of fence agents' metadata alone.
template <auto member>
constexpr std::string_view type_of(options::ContentType type) {
  using Value = typename options::MemberOf<decltype(member)>::Value;
  if constexpr (std::is_same_v<Value, std::chrono::seconds>) return "second";
  constexpr std::array<std::string_view, 4> kNames{"string", "integer", "boolean", "select"};
  return kNames[static_cast<std::size_t>(type)];
}

template <auto member>
constexpr Row row(In in, ParameterDoc doc, FenceDoc fence) {
  const auto parameter = options::parameter<member>(doc);
  return {in, parameter, fence, type_of<member>(parameter.type)};
}

/// The member of Options::unused as one of Options.
template <auto member>
constexpr Row unused(ParameterDoc doc, FenceDoc fence) {
  using Value = typename options::MemberOf<decltype(member)>::Value;
  options::Parameter<Options> parameter{
      doc, options::Text<Value>::kType, options::Text<Value>::kExpected, {}, nullptr, nullptr};
  parameter.assign = [](Options& options, std::string_view text) {
    auto value = options::Text<Value>::parse(text);
    if (value) options.unused.*member = std::move(*value);
    return value.has_value();
  };
  return {In::fence, parameter, fence, type_of<member>(parameter.type)};
}

constexpr std::array kTable{
    row<&Options::action>(
        In::fence,
        {.name = "action",
         .shortdesc = "Fencing action",
         .longdesc = "on, off, reboot, status, monitor, list, list-status, validate-all, metadata "
                     "or manpage.",
         .fallback = "reboot",
         .kind = Kind::identity},
        {.letter = 'o', .argument = "action"}),
    row<&Options::modules>(
        In::both,
        {.name = "mgmt_address",
         .shortdesc = "Address of the management module",
         .longdesc = "Address or host name of the chassis management module, with :PORT when it is "
                     "not 161. IPv6 addresses may stand in brackets. The modules of one chassis "
                     "are separated by commas: the one in charge is used, as long as it answers. "
                     "Several chassis are separated by semicolons.",
         .need = Need::required,
         .kind = Kind::identity,
         .unique_group = "mgmt_address"},
        {.name = "ip",
         .aliases = "ipaddr mgmt_address",
         .letter = 'a',
         .argument = "ip",
         .need = Need::required}),
    row<&Options::port>(In::fence,
                        {.name = "ipport",
                         .shortdesc = "UDP port of the management module",
                         .longdesc = "For addresses that do not name one by themselves.",
                         .fallback = "161",
                         .kind = Kind::identity},
                        {.letter = 'u', .argument = "port"}),
    row<&Options::snmp_conf_path>(
        In::both,
        {.name = "snmp_conf_path",
         .shortdesc = "Directory of snmp.conf",
         .longdesc =
             "Directory on every node that holds the snmp.conf to use. It says which SNMP version "
             "(defVersion 1 or 3) and which community or user; see snmp.conf(5). It should be "
             "readable by root alone.",
         .need = Need::required,
         .kind = Kind::identity},
        {.argument = "directory",
         .note = "It may be left out when community or username is given."}),
    row<&Options::no_softoff>(
        In::both,
        {.name = "no_softoff",
         .shortdesc = "Never ask the operating system to shut down",
         .longdesc = "Anything but empty and 0: off cuts power at once. For blades on which the "
                     "soft-off command acts as a restart (HX5). reset always cuts power at once.",
         .fallback = "0"},
        {.note = "A fence agent cuts power at once in any case."}),
    row<&Options::soft_timeout>(
        In::both,
        {.name = "soft_timeout",
         .shortdesc = "Seconds for a soft off",
         .longdesc = "How long off waits for the operating system to shut down before power is "
                     "cut, in seconds; at most half of the deadline. 0 is as no_softoff.",
         .fallback = "15"},
        {.argument = "seconds", .note = "A fence agent cuts power at once in any case."}),
    row<&Options::deadline>(
        In::both,
        {.name = "deadline",
         .shortdesc = "Seconds for a whole action",
         .longdesc = "After this many seconds, at least 5, on, off and reset fail, whatever the "
                     "chassis does; everything else fails after 15 s, a list after 45 s, or the "
                     "deadline, whichever is sooner. Keep it a few seconds below pcmk_off_timeout and "
                     "pcmk_reboot_timeout (60 s unless set): they kill the program without a word.",
         .fallback = "55"},
        {.aliases = "power_timeout", .argument = "seconds", .note = "A delay comes before it."}),
    row<&Options::host_map>(
        In::both,
        {.name = "host_map",
         .shortdesc = "Bays of each host",
         .longdesc = "Hosts whose bays do not carry their name, as in node1:3;node2:4,5, or with "
                     "several chassis node1:1/3;node2:2/4,2/5. Hosts that are not in the map are "
                     "found by the names of the bays on the management "
                     "module. pcmk_host_map does not reach a plugin of cluster-glue.",
         .fallback = "",
         .kind = Kind::identity},
        {.argument = "map"}),
    row<&Options::verify>(
        In::both,
        {.name = "verify",
         .shortdesc = "What proves that a bay is off",
         .longdesc = "basic: it reads off twice. strict: a second table of the module has to say "
                     "so, too, and the seconds that the blade has been on may not advance.",
         .fallback = "basic"},
        {.argument = "degree"}),
    row<&Options::escalate>(
        In::both,
        {.name = "escalate",
         .shortdesc = "What to do when off is ignored",
         .longdesc = "none: go on asking until the deadline. reseat: on a Chassis Management "
                     "Module, take away auxiliary power, too, as if the node were pulled.",
         .fallback = "none"},
        {.argument = "way"}),
    row<&Options::community>(
        In::both,
        {.name = "community",
         .shortdesc = "Community of SNMPv1",
         .longdesc = "In place of the one of snmp.conf. Better kept there, where only root reads "
                     "it.",
         .kind = Kind::identity},
        {.letter = 'c', .argument = "community"}),
    row<&Options::version>(
        In::both,
        {.name = "snmp_version",
         .shortdesc = "SNMP version",
         .longdesc = "Unless set, what snmp.conf says; without one, 1 when a community is given, "
                     "else 3. The modules know no 2c.",
         .kind = Kind::identity},
        {.letter = 'd', .argument = "version"}),
    row<&Options::user>(
        In::both,
        {.name = "username",
         .shortdesc = "User of SNMPv3",
         .longdesc = "A login of the management module that may use SNMP, with write access.",
         .kind = Kind::identity},
        {.aliases = "login", .letter = 'l', .argument = "name"}),
    row<&Options::password>(
        In::both,
        {.name = "password",
         .shortdesc = "Password of that user",
         .longdesc = "The login password, which is the key of authentication. Better kept in "
                     "snmp.conf or told by password_script.",
         .kind = Kind::identity},
        {.aliases = "passwd", .letter = 'p', .argument = "password"}),
    row<&Options::password_script>(
        In::both,
        {.name = "password_script",
         .shortdesc = "Program that prints that password",
         .longdesc = "Its path and arguments, blanks between them; no shell reads it. It counts "
                     "more than password, and its time is a part of the deadline.",
         .kind = Kind::identity},
        {.aliases = "passwd_script", .letter = 'S', .argument = "script"}),
    row<&Options::auth_protocol>(
        In::both,
        {.name = "snmp_auth_prot",
         .shortdesc = "Protocol of authentication",
         .longdesc = "Of SNMPv3; what the user is set to on the management module.",
         .kind = Kind::identity},
        {.letter = 'b', .argument = "prot"}),
    row<&Options::level>(In::both,
                         {.name = "snmp_sec_level",
                          .shortdesc = "Security level",
                          .longdesc = "Of SNMPv3. Unless set, what the passwords allow.",
                          .kind = Kind::identity},
                         {.letter = 'E', .argument = "level"}),
    row<&Options::priv_protocol>(
        In::both,
        {.name = "snmp_priv_prot",
         .shortdesc = "Protocol of privacy",
         .longdesc = "Of SNMPv3; what the user is set to on the management module.",
         .kind = Kind::identity},
        {.letter = 'B', .argument = "prot"}),
    row<&Options::priv_password>(
        In::both,
        {.name = "snmp_priv_passwd",
         .shortdesc = "Password of privacy",
         .longdesc = "Of SNMPv3; the user's privacy password on the management module. Better kept "
                     "in snmp.conf or told by snmp_priv_passwd_script.",
         .kind = Kind::identity},
        {.letter = 'P', .argument = "pass"}),
    row<&Options::priv_password_script>(In::both,
                                        {.name = "snmp_priv_passwd_script",
                                         .shortdesc = "Program that prints the password of privacy",
                                         .longdesc = "As password_script.",
                                         .kind = Kind::identity},
                                        {.letter = 'R', .argument = "script"}),
    row<&Options::plug>(
        In::fence,
        {.name = "plug",
         .shortdesc = "Bay, host name, UUID or serial number",
         .longdesc = "What is switched: the number of a bay (2/3 is bay 3 of the second chassis), "
                     "the name that bays carry on the management module or in host_map, or the "
                     "UUID or serial number of a blade. "
                     "Several, with plug_separator between them, are switched together. The "
                     "cluster sets it, to the node or to what pcmk_host_map says of it.",
         .kind = Kind::identity},
        {.aliases = "port", .letter = 'n', .argument = "id"}),
    row<&Options::nodename>(
        In::fence,
        {.name = "nodename",
         .shortdesc = "Node that is fenced",
         .longdesc = "The cluster sends it. It is the plug when there is no other.",
         .kind = Kind::identity},
        {.argument = "name", .reach = Reach::unlisted}),
    row<&Options::missing_as_off>(
        In::fence,
        {.name = "missing_as_off",
         .shortdesc = "A bay without a blade counts as off",
         .longdesc = "Otherwise it is a failure: the module may have lost sight of the blade.",
         .fallback = "0"},
        {}),
    row<&Options::delay>(
        In::fence,
        {.name = "delay",
         .shortdesc = "Seconds to wait before off and reboot",
         .longdesc = "Before anything else is done, so that of two nodes that fence each other one "
                     "survives. The deadline begins after it: pcmk_off_timeout and "
                     "pcmk_reboot_timeout have to be longer than both together.",
         .fallback = "0"},
        {.argument = "seconds"}),
    row<&Options::plug_separator>(In::fence,
                                  {.name = "plug_separator",
                                   .shortdesc = "Separator of several plugs",
                                   .longdesc = "One character.",
                                   .fallback = ","},
                                  {.argument = "char"}),
    row<&Options::separator>(In::fence,
                             {.name = "separator",
                              .shortdesc = "Separator in the lines of list",
                              .longdesc = "Between bay, host and state.",
                              .fallback = ","},
                             {.letter = 'C', .argument = "char"}),
    row<&Options::quiet>(In::fence,
                         {.name = "quiet",
                          .shortdesc = "Nothing on standard error",
                          .longdesc = "Not even why it failed; the system log has it.",
                          .fallback = "0"},
                         {.letter = 'q'}),
    row<&Options::verbose>(In::fence,
                           {.name = "verbose",
                            .shortdesc = "What is done, on standard error",
                            .longdesc = "May be given several times, which changes nothing.",
                            .fallback = "0"},
                           {.letter = 'v'}),
    row<&Options::verbose_level>(In::fence,
                                 {.name = "verbose_level",
                                  .shortdesc = "Anything but 0 is verbose",
                                  .longdesc = "There is one level.",
                                  .fallback = "0"},
                                 {.argument = "level"}),
    row<&Options::debug_file>(In::fence,
                              {.name = "debug_file",
                               .shortdesc = "File for what is done",
                               .longdesc = "An absolute path. The lines are appended when the "
                                           "action is over."},
                              {.aliases = "debug", .letter = 'D', .argument = "debugfile"}),
    unused<&Unused::login_timeout>(
        {.name = "login_timeout",
         .shortdesc = "Accepted without a use: deadline bounds everything",
         .longdesc = "Nobody logs in over SNMP.",
         .fallback = "5"},
        {.argument = "seconds"}),
    unused<&Unused::shell_timeout>(
        {.name = "shell_timeout",
         .shortdesc = "Accepted without a use: deadline bounds everything",
         .longdesc = "There is no shell.",
         .fallback = "3"},
        {.argument = "seconds"}),
    unused<&Unused::power_wait>(
        {.name = "power_wait",
         .shortdesc = "Accepted without a use: power is read until it is right",
         .longdesc = "There is nothing to wait for blindly.",
         .fallback = "0"},
        {.argument = "seconds"}),
    unused<&Unused::status_sleep>(
        {.name = "stonith_status_sleep",
         .shortdesc = "Accepted without a use: power is read once a second",
         .longdesc = "More often wears out the module, less often wastes time.",
         .fallback = "1"},
        {.argument = "seconds"}),
    unused<&Unused::retry_on>(
        {.name = "retry_on",
         .shortdesc = "Accepted without a use: on is repeated until it is followed",
         .longdesc = "As long as its time lasts.",
         .fallback = "1"},
        {.argument = "attempts"}),
    unused<&Unused::disable_timeout>(
        {.name = "disable_timeout",
         .shortdesc = "Accepted without a use: deadline bounds everything",
         .longdesc = "An agent without a limit is killed by the cluster without a word."},
        {.argument = "true/false"}),
    unused<&Unused::inet4_only>(
        {.name = "inet4_only",
         .shortdesc = "Accepted without a use: give the address as a number",
         .longdesc = "A name is asked for all its addresses, and each of them may answer.",
         .fallback = "0"},
        {.letter = '4'}),
    unused<&Unused::inet6_only>(
        {.name = "inet6_only",
         .shortdesc = "Accepted without a use: give the address as a number",
         .longdesc = "As inet4_only.",
         .fallback = "0"},
        {.letter = '6'}),
    row<&Options::explain>(In::fence,
                           {.name = "explain",
                            .shortdesc = "Tell what the action would do, and do nothing",
                            .longdesc = "Of on, off and reboot: which bays would be switched, "
                                        "through which module, in what time.",
                            .fallback = "0"},
                           {.reach = Reach::person}),
    row<&Options::version_wanted>(In::fence,
                                  {.name = "version",
                                   .shortdesc = "Display version information and exit",
                                   .longdesc = "On the command line alone.",
                                   .fallback = "0"},
                                  {.letter = 'V', .reach = Reach::command_line}),
    row<&Options::help>(In::fence,
                        {.name = "help",
                         .shortdesc = "Display help and exit",
                         .longdesc = "On the command line alone.",
                         .fallback = "0"},
                        {.letter = 'h', .reach = Reach::command_line}),
};

constexpr bool well_formed() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    const ParameterDoc& doc = kTable[i].parameter.doc;
    if (doc.name.empty() || doc.shortdesc.empty() || doc.longdesc.empty()) return false;
    if (doc.need == Need::required && !doc.fallback.empty()) return false;
    for (std::size_t j = 0; j < i; ++j) {
      const Row& other = kTable[j];
      if (other.parameter.doc.name == doc.name) return false;
      if (other.fence.letter != 0 && other.fence.letter == kTable[i].fence.letter) return false;
    }
  }
  return true;
}
static_assert(well_formed());

constexpr auto kLeastDeadline =
    5s;  // less cannot work: two reads of off are a second apart, a lost packet costs two

Parameter in_face(const Row& row, Face face) {
  Parameter result{row.parameter, row.fence, row.type, {}};
  auto& doc = result.parameter.doc;
  if (face == Face::external) {
    if (row.type == "second") result.type = "integer";  // what OCF metadata knows
    return result;
  }
  result.note = row.fence.note;
  if (!row.fence.name.empty()) doc.name = row.fence.name;
  doc.aliases = row.fence.aliases;
  doc.need = row.fence.need;
  doc.unique_group = {};  // several devices of one chassis are no mistake
  return result;
}

/// What the rows by themselves cannot tell.
void check(Face face, options::Parsed<Options>& parsed) {
  Options& options = parsed.options;
  if (options.deadline < kLeastDeadline) {
    parsed.problems.push_back(
        {"deadline", "parameter 'deadline' is below 5 s", options::Kind::tuning});
    options.deadline = kLeastDeadline;
  }
  if (face == Face::fence && options.snmp_conf_path.empty() && options.community.text.empty() &&
      options.user.empty()) {
    parsed.problems.push_back({"snmp_conf_path",
                               "none of 'snmp_conf_path', 'community' and 'username' is set",
                               options::Kind::identity});
  }
}

}  // namespace

std::vector<Parameter> parameters(Face face) {
  std::vector<Parameter> result;
  for (const auto& row : kTable) {
    if (row.in == In::both || face == Face::fence) result.push_back(in_face(row, face));
  }
  return result;
}

Options parse(Face face, const Environment& values, Strictness strictness) {
  std::vector<options::Parameter<Options>> rows;
  for (const auto& row : parameters(face)) rows.push_back(row.parameter);
  auto parsed = options::parse<Options>(rows, values, "");
  check(face, parsed);
  std::vector<options::Problem> fatal;
  for (const auto& problem : parsed.problems) {
    if (problem.kind == options::Kind::identity || strictness == Strictness::refuse) {
      fatal.push_back(problem);
    } else {
      log::warn(problem.text + "; the default is used");
    }
  }
  options::refuse(fatal);
  return std::move(parsed.options);
}

}  // namespace havc::stonith
