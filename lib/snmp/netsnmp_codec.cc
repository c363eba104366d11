#include "snmp/netsnmp_codec.h"

// In this order: the library's headers need the first one, and do not include it.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/lcd_time.h>
// clang-format on

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/handle.h"
#include "snmp/framing.h"
#include "snmp/password_key.h"

namespace havc::snmp {

namespace {

using Pdu = Handle<netsnmp_pdu, snmp_free_pdu>;

// The most that fits into a datagram: what IPv4 leaves for UDP (RFC 768, RFC 791 3.1).
constexpr std::size_t kMostBytes = 65507;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string text_of(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

/// "10.0.0.1", from the four bytes of an IpAddress (RFC 2578 7.1.5).
Value address_of(const netsnmp_variable_list& variable) {
  constexpr std::size_t kBytes = 4;
  if (variable.val_len != kBytes || variable.val.string == nullptr) return Other{variable.type};
  std::string text;
  for (std::size_t i = 0; i < kBytes; ++i) {
    text += (i == 0 ? "" : ".") + std::to_string(variable.val.string[i]);
  }
  return text;
}

Value value_of(const netsnmp_variable_list& variable) {
  switch (variable.type) {
    case ASN_INTEGER:
      return static_cast<std::int64_t>(*variable.val.integer);
    case ASN_GAUGE:  // some agents send these for integers; UNSIGNED is the same tag
      return static_cast<std::int64_t>(static_cast<std::uint32_t>(*variable.val.integer));
    case ASN_OCTET_STR:
      return text_of(variable.val.string, variable.val_len);
    case ASN_IPADDRESS:
      return address_of(variable);
    case SNMP_NOSUCHOBJECT:
    case SNMP_NOSUCHINSTANCE:
    case SNMP_ENDOFMIBVIEW:
      return Absent();
    default:
      return Other{variable.type};
  }
}

Oid oid_of(const oid* ids, std::size_t count) {
  std::vector<std::uint32_t> narrow;
  for (std::size_t i = 0; i < count; ++i) narrow.push_back(static_cast<std::uint32_t>(ids[i]));
  return Oid(narrow);
}

int command_of(Request::Kind kind) {
  switch (kind) {
    case Request::Kind::get:
      return SNMP_MSG_GET;
    case Request::Kind::next:
      return SNMP_MSG_GETNEXT;
    case Request::Kind::set:
      break;
  }
  return SNMP_MSG_SET;
}

Report report_of(netsnmp_pdu& pdu) {
  switch (snmpv3_get_report_type(&pdu)) {
    case SNMPERR_UNKNOWN_ENG_ID:
      return Report::unknown_engine;
    case SNMPERR_UNKNOWN_USER_NAME:
      return Report::unknown_user;
    case SNMPERR_AUTHENTICATION_FAILURE:
      return Report::wrong_digest;
    case SNMPERR_UNSUPPORTED_SEC_LEVEL:
      return Report::unsupported_level;
    case SNMPERR_DECRYPTION_ERR:
      return Report::undecipherable;
    case SNMPERR_NOT_IN_TIME_WINDOW:
      return Report::wrong_time;
    default:
      return Report::other;
  }
}

Pdu make_pdu(const Message& message) {
  Pdu pdu(snmp_pdu_create(command_of(message.kind)));
  for (const Oid& object : message.oids) {
    const auto from = object.ids();
    std::array<oid, Oid::kMost> ids{};
    std::copy(from.begin(), from.end(), ids.begin());
    const long value = message.value;
    if (message.kind == Request::Kind::set) {
      snmp_pdu_add_variable(pdu.get(), ids.data(), from.size(), ASN_INTEGER, &value, sizeof value);
    } else {
      snmp_add_null_var(pdu.get(), ids.data(), from.size());
    }
  }
  return pdu;
}

std::string build(netsnmp_session& session, netsnmp_pdu& pdu) {
  std::size_t size = SNMP_MAX_MSG_SIZE;  // grows when it must
  auto* bytes = static_cast<unsigned char*>(std::malloc(size));
  std::size_t used = 0;
  // The library answers -1 or one of its codes, and writes from the end of the buffer.
  const int failed = snmp_build(&bytes, &size, &used, &session, &pdu);
  const Handle<unsigned char, std::free> owner(bytes);
  if (failed != 0) {
    const int code = session.s_snmp_errno != 0 ? session.s_snmp_errno : failed;
    throw Error(Fault::failed, "cannot encode a request: " + std::string(snmp_api_errstring(code)),
                "correct the credentials");
  }
  return text_of(bytes + size - used, used);
}

}  // namespace

/// The library's view of us. It borrows from the identity and owns nothing.
struct NetSnmpCodec::Session {
  netsnmp_session all{};
  bool keys = false;
  std::set<std::string> engines;  // those with a user of ours
};

namespace {

void remove_user(std::string engine, const Identity& identity) {
  usmUser* user = usm_get_user(bytes_of(engine), engine.size(), identity.user.c_str());
  if (user == nullptr) return;
  usm_remove_user(user);
  user->next = user->prev = nullptr;
  usm_free_user(user);
}

}  // namespace

NetSnmpCodec::NetSnmpCodec(Identity identity)
    : identity_(std::move(identity)), session_(std::make_unique<Session>()) {
  // Otherwise its buffers begin at the front.
  netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_REVERSE_ENCODE, 1);
  netsnmp_session& all = session_->all;
  snmp_sess_init(&all);
  all.rcvMsgMaxSize = all.sndMsgMaxSize = kMostBytes;
  switch (identity_.version) {
    case Version::v1:
      all.version = SNMP_VERSION_1;
      break;
    case Version::v2c:
      all.version = SNMP_VERSION_2c;
      break;
    case Version::v3:
      all.version = SNMP_VERSION_3;
  }
  all.community = bytes_of(identity_.community);
  all.community_len = identity_.community.size();
  all.contextName = identity_.context.data();
  all.contextNameLen = identity_.context.size();
  all.securityName = identity_.user.data();
  all.securityNameLen = identity_.user.size();
  all.securityModel = SNMP_SEC_MODEL_USM;
  all.securityLevel = static_cast<int>(identity_.level);
}

/// The library keeps users and clocks for the whole process.
NetSnmpCodec::~NetSnmpCodec() {
  for (const auto& engine : session_->engines) remove_user(engine, identity_);
  free_etimelist();
}

namespace {

/// From a beginning that nobody meets again, so that no recorded answer fits, however genuine it
/// was: net-snmp's own numbers begin with what the time of day makes of them (32 bits for both).
class Ids {
 public:
  std::int32_t next() { return static_cast<std::int32_t>((last_ += kStep) & kMost); }

 private:
  // Far apart, so that damage on the way makes no other request's id of one; odd, so that all come.
  static constexpr std::uint32_t kStep = 0x9E3779B1;
  static constexpr std::uint32_t kMost = 0x7FFFFFFF;  // RFC 3412 6, msgID
  std::uint32_t last_ = std::random_device()();
};

}  // namespace

std::int32_t NetSnmpCodec::new_request_id() {
  static Ids ids;
  return ids.next();
}

std::int32_t NetSnmpCodec::new_message_id() {
  static Ids ids;
  return ids.next();
}

std::string NetSnmpCodec::encode(const Message& message) {
  netsnmp_session session = session_->all;
  std::string engine = message.engine;
  session.securityEngineID = session.contextEngineID = bytes_of(engine);
  session.securityEngineIDLen = session.contextEngineIDLen = engine.size();
  const Pdu pdu = make_pdu(message);
  pdu->version = session.version;
  pdu->reqid = message.request_id;
  pdu->msgid = message.message_id;
  pdu->flags |= UCD_MSG_FLAG_EXPECT_RESPONSE;
  pdu->msgMaxSize = static_cast<long>(kMostBytes);
  return build(session, *pdu);
}

std::string NetSnmpCodec::encode_probe(std::int32_t request_id, std::int32_t message_id) {
  netsnmp_session session = session_->all;
  const Pdu pdu(snmp_pdu_create(SNMP_MSG_GET));
  pdu->version = SNMP_VERSION_3;
  pdu->reqid = request_id;
  pdu->msgid = message_id;
  pdu->flags |= UCD_MSG_FLAG_EXPECT_RESPONSE;
  pdu->msgMaxSize = static_cast<long>(kMostBytes);
  pdu->securityModel = SNMP_SEC_MODEL_USM;
  pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
  pdu->securityName = static_cast<char*>(std::calloc(1, 1));  // nobody; the library frees it
  return build(session, *pdu);
}

namespace {

/// From a password, else from snmp.conf's master key; a localized key is taken by the library
/// itself. Takes milliseconds: a megabyte is hashed (RFC 3414 A.2). False when it cannot be made.
bool make_key(const netsnmp_session& session, const std::string& protocol,
              const std::string& password, int master_key, unsigned char* key, std::size_t room,
              std::size_t& length) {
  length = 0;
  const std::string ready = password_key(protocol, password);
  if (!ready.empty()) {
    length = ready.copy(reinterpret_cast<char*>(key), room);
    return true;
  }
  if (!password.empty()) {
    length = room;
    return generate_Ku(session.securityAuthProto, static_cast<u_int>(session.securityAuthProtoLen),
                       reinterpret_cast<const unsigned char*>(password.data()), password.size(),
                       key, &length) == SNMPERR_SUCCESS;
  }
  const char* hex = netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, master_key);
  if (hex == nullptr) return true;
  return snmp_hex_to_binary(&key, &room, &length, 0, hex) == 1;
}

void take_protocols(netsnmp_session& session, const Identity& identity) {
  const auto name_or = [](const std::string& name, const char* otherwise) {
    return name.empty() ? otherwise : name.c_str();
  };
  // net-snmp's defaults, which snmp.conf(5) documents.
  session.securityAuthProto = sc_get_auth_oid(
      usm_lookup_auth_type(name_or(identity.auth_protocol, "MD5")), &session.securityAuthProtoLen);
  session.securityPrivProto = sc_get_priv_oid(
      usm_lookup_priv_type(name_or(identity.priv_protocol, "DES")), &session.securityPrivProtoLen);
  if (session.securityAuthProto == nullptr || session.securityPrivProto == nullptr) {
    throw Error(Fault::misconfigured, "net-snmp does not know the SNMPv3 user's protocols",
                "correct " + identity.words(Item::auth_protocol, Item::priv_protocol));
  }
}

void take_keys(netsnmp_session& session, const Identity& identity) {
  const bool auth = identity.level != Level::no_auth;
  const bool priv = identity.level == Level::auth_priv;
  if (auth && !make_key(session, identity.auth_protocol, identity.auth_password,
                        NETSNMP_DS_LIB_AUTHMASTERKEY, session.securityAuthKey,
                        sizeof session.securityAuthKey, session.securityAuthKeyLen)) {
    throw Error(Fault::misconfigured, "net-snmp can make no key of the SNMPv3 user's password",
                "correct " + identity.words(Item::auth_password, Item::auth_protocol));
  }
  if (priv && identity.priv_password == identity.auth_password && !identity.auth_password.empty()) {
    std::copy_n(session.securityAuthKey, session.securityAuthKeyLen, session.securityPrivKey);
    session.securityPrivKeyLen = session.securityAuthKeyLen;
  } else if (priv && !make_key(session, identity.auth_protocol, identity.priv_password,
                               NETSNMP_DS_LIB_PRIVMASTERKEY, session.securityPrivKey,
                               sizeof session.securityPrivKey, session.securityPrivKeyLen)) {
    throw Error(Fault::misconfigured, "net-snmp can make no key of the privacy password",
                "correct " + identity.word(Item::priv_password));
  }
}

}  // namespace

void NetSnmpCodec::adopt(const std::string& engine) {
  netsnmp_session& all = session_->all;
  if (!session_->keys) {
    take_protocols(all, identity_);
    take_keys(all, identity_);
    session_->keys = true;
  }
  netsnmp_session session = all;
  std::string id = engine;
  session.securityEngineID = bytes_of(id);
  session.securityEngineIDLen = id.size();
  remove_user(engine, identity_);  // another client may have known the user by other keys
  session_->engines.insert(engine);
  if (usm_create_user_from_session(&session) != SNMPERR_SUCCESS) {
    throw Error(Fault::misconfigured, "net-snmp can make no keys for the SNMPv3 user",
                "correct " + identity_.words(Item::auth_password, Item::priv_password));
  }
}

void NetSnmpCodec::forget_clock(const std::string& engine) {
  std::string id = engine;
  free_enginetime(bytes_of(id), id.size());
}

namespace {

Arrival arrival_of(netsnmp_pdu& pdu) {
  Arrival arrival;
  const bool v3 = pdu.version == SNMP_VERSION_3;
  arrival.id = static_cast<std::int32_t>(v3 ? pdu.msgid : pdu.reqid);
  arrival.request_id = static_cast<std::int32_t>(pdu.reqid);
  if (v3) arrival.engine = text_of(pdu.securityEngineID, pdu.securityEngineIDLen);
  return arrival;
}

/// The answer comes from the engine and the user that was asked, at the level that was asked for.
bool is_genuine(const netsnmp_pdu& pdu, const Identity& identity) {
  return pdu.securityModel == SNMP_SEC_MODEL_USM &&
         pdu.securityLevel == static_cast<int>(identity.level) &&
         text_of(pdu.securityName, pdu.securityNameLen) == identity.user &&
         text_of(pdu.contextEngineID, pdu.contextEngineIDLen) ==
             text_of(pdu.securityEngineID, pdu.securityEngineIDLen) &&
         text_of(pdu.contextName, pdu.contextNameLen) == identity.context;
}

std::vector<Binding> bindings_of(const netsnmp_pdu& pdu) {
  std::vector<Binding> bindings;
  for (const auto* one = pdu.variables; one != nullptr; one = one->next_variable) {
    bindings.push_back({oid_of(one->name, one->name_length), value_of(*one)});
  }
  return bindings;
}

}  // namespace

std::optional<Arrival> NetSnmpCodec::decode(std::string_view datagram) {
  netsnmp_session session = session_->all;
  std::string bytes(framed(datagram));  // the library writes into it
  if (bytes.empty()) return {};
  const Pdu pdu(static_cast<netsnmp_pdu*>(std::calloc(1, sizeof(netsnmp_pdu))));
  const int failed = snmp_parse(nullptr, &session, pdu.get(), bytes_of(bytes), bytes.size());
  Arrival arrival = arrival_of(*pdu);
  if (failed != 0) {
    if (failed == SNMPERR_USM_UNKNOWNSECURITYNAME) {
      arrival.kind = Arrival::Kind::stranger;
    } else if (failed == SNMPERR_USM_NOTINTIMEWINDOW) {
      arrival.kind = Arrival::Kind::clock_back;
    } else {
      return {};
    }
    return arrival;
  }
  const bool v3 = session.version == SNMP_VERSION_3;
  if (v3 && pdu->command == SNMP_MSG_REPORT) {
    arrival.kind = Arrival::Kind::report;
    arrival.report = report_of(*pdu);
    return arrival;
  }
  if (pdu->command != SNMP_MSG_RESPONSE || (v3 && !is_genuine(*pdu, identity_))) return {};
  arrival.status = pdu->errstat;
  arrival.index = pdu->errindex;
  arrival.bindings = bindings_of(*pdu);
  return arrival;
}

}  // namespace havc::snmp
