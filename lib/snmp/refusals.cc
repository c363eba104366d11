#include "snmp/refusals.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>

#include "base/text.h"

namespace havc::snmp {

namespace {

enum class Sense {
  access,       ///< no right to read or write it
  value,        ///< the value is not taken
  size,         ///< the answer does not fit
  own_trouble,  ///< the module's
};

struct StatusRow {
  std::string_view name;
  Sense when_reading;
  Sense when_setting;
};

// In the order of RFC 3416 3, from 1. SNMPv1 says noSuchName to a SET by somebody without access.
constexpr std::array<StatusRow, 18> kStatuses{{
    {"tooBig", Sense::size, Sense::size},
    {"noSuchName", Sense::access, Sense::access},
    {"badValue", Sense::own_trouble, Sense::value},
    {"readOnly", Sense::access, Sense::access},
    {"genErr", Sense::own_trouble, Sense::own_trouble},
    {"noAccess", Sense::access, Sense::access},
    {"wrongType", Sense::own_trouble, Sense::value},
    {"wrongLength", Sense::own_trouble, Sense::value},
    {"wrongEncoding", Sense::own_trouble, Sense::value},
    {"wrongValue", Sense::own_trouble, Sense::value},
    {"noCreation", Sense::own_trouble, Sense::value},
    {"inconsistentValue", Sense::own_trouble, Sense::value},
    {"resourceUnavailable", Sense::own_trouble, Sense::own_trouble},
    {"commitFailed", Sense::own_trouble, Sense::own_trouble},
    {"undoFailed", Sense::own_trouble, Sense::own_trouble},
    {"authorizationError", Sense::access, Sense::access},
    {"notWritable", Sense::access, Sense::access},
    {"inconsistentName", Sense::own_trouble, Sense::value},
}};

std::string status_name(long status) {
  const auto place = static_cast<std::size_t>(status - 1);
  if (status < 1 || place >= kStatuses.size()) return "error status " + std::to_string(status);
  return std::string(kStatuses[place].name);
}

Sense sense_of(long status, bool setting) {
  const auto place = static_cast<std::size_t>(status - 1);
  if (status < 1 || place >= kStatuses.size()) return Sense::own_trouble;
  return setting ? kStatuses[place].when_setting : kStatuses[place].when_reading;
}

/// The object that the status is about, or the first when it names none.
std::string object_of(const Request& request, long index) {
  if (request.oids.empty()) return "nothing";
  const auto place = static_cast<std::size_t>(index - 1);
  return request.oids[index >= 1 && place < request.oids.size() ? place : 0].text();
}

std::string who(const Identity& identity) {
  return identity.version == Version::v3 ? "the user (" + identity.word(Item::user) + ")"
                                         : "the community (" + identity.word(Item::community) + ")";
}

// With SNMPv1 a row that has gone is refused in the same words as a user who may only read.
std::string write_access(const Identity& identity, long status) {
  constexpr long kNoSuchName = 2;
  return "give " + who(identity) + " write access on the management module" +
         (status == kNoSuchName ? ", unless the blade has been pulled" : "");
}

std::string read_access(const Identity& identity) {
  const std::string remedy = "let " + who(identity) + " see the blades on the management module";
  return identity.version == Version::v3 && identity.level != Level::auth_priv
             ? remedy + ", or use the level it asks for: " + identity.word(Item::level)
             : remedy;
}

struct ReportRow {
  std::string_view what;
  Fault fault;
  std::string_view words;  ///< RFC 3414's name or, as fenced misreads "unsupported", its number
};

// In the order of Report.
constexpr std::array<ReportRow, 7> kReports{{
    {"does not stop to change its engine", Fault::failed, "usmStatsUnknownEngineIDs"},
    {"refuses the user", Fault::permission, "usmStatsUnknownUserNames"},
    {"refuses the authentication", Fault::permission, "usmStatsWrongDigests"},
    {"refuses the security level", Fault::permission, ".1.3.6.1.6.3.15.1.1.1"},
    {"refuses the encryption", Fault::permission, "usmStatsDecryptionErrors"},
    {"does not stop to correct the clock", Fault::failed, "usmStatsNotInTimeWindows"},
    {"refuses the request without an answer", Fault::failed, "an unknown report"},
}};

std::string remedy_of(const Identity& identity, Report report) {
  switch (report) {
    case Report::unknown_user:
      return "correct " + identity.word(Item::user) +
             ", or create the user on the management module";
    case Report::wrong_digest:
      return "correct " + identity.words(Item::auth_password, Item::auth_protocol) +
             " (the password is that of the module's login)";
    case Report::unsupported_level:
      return "correct " + identity.word(Item::level) + ", or the user on the management module";
    case Report::undecipherable:
      return "correct " + identity.words(Item::priv_password, Item::priv_protocol);
    default:
      return "restart the management module's SNMP agent";
  }
}

}  // namespace

Error refusal(const Identity& identity, const Request& request, long status, long index,
              const std::string& peer) {
  const bool setting = request.kind == Request::Kind::set;
  const std::string words = object_of(request, index) + ": " + status_name(status);
  switch (sense_of(status, setting)) {
    case Sense::access:
      return {Fault::permission, text::quote(peer) + " refuses access to " + words,
              setting ? write_access(identity, status) : read_access(identity)};
    case Sense::value:
      return {Fault::failed, text::quote(peer) + " refuses the value for " + words,
              "look into the management module's event log: the blade may not support it"};
    case Sense::size:
      return {Fault::failed, text::quote(peer) + " cannot fit its answer into a packet: " + words,
              "update the management module's firmware"};
    case Sense::own_trouble:
      break;
  }
  return {Fault::failed, text::quote(peer) + " answers with an error for " + words,
          "look into the management module's event log"};
}

Error refusal(const Identity& identity, Report report, const std::string& peer) {
  const auto& row = kReports[static_cast<std::size_t>(report)];
  return {row.fault,
          text::quote(peer) + " " + std::string(row.what) + ": " + std::string(row.words),
          remedy_of(identity, report)};
}

Error silence(const Identity& identity, const Silence& known, const std::string& peer,
              Duration waited) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(waited).count();
  const std::string problem =
      "timed out: no answer from " + text::quote(peer) + " in " + std::to_string(seconds) + " s";
  if (known.trouble == ECONNREFUSED) {
    return {Fault::timed_out, problem + ": " + system_words(known.trouble),
            "enable SNMP on the management module, or correct its address and port"};
  }
  if (known.trouble != 0) {
    return {Fault::timed_out, problem + ": " + system_words(known.trouble),
            "check that it is up, its address, and this node's network"};
  }
  if (known.answered) {
    return {Fault::timed_out, problem,
            "check that the management module is up and not overloaded; a slow one needs a longer "
            "'deadline'"};
  }
  if (identity.version != Version::v3) {
    return {Fault::timed_out, problem,
            "check that it is up, its address, that it knows " + who(identity) +
                " and admits this node's address to it"};
  }
  if (known.engine && identity.level == Level::auth_priv) {
    return {Fault::timed_out, problem + " to an encrypted request",
            "correct " + identity.words(Item::priv_password, Item::priv_protocol) +
                ", unless the network loses packets"};
  }
  return {Fault::timed_out, problem,
          known.engine ? "check the user's rights and context on the management module"
                       : "check that it is up, its address, and that its SNMPv3 agent is enabled"};
}

Error cannot_send(int error, const std::string& peer) {
  return {Fault::unreachable, "cannot send to " + text::quote(peer) + ": " + system_words(error),
          "check this node's network and the management module's address"};
}

Error nonsense(const std::string& peer) {
  return {Fault::failed, text::quote(peer) + " answers something else than it was asked",
          "restart the management module's SNMP agent"};
}

}  // namespace havc::snmp
