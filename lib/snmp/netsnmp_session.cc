// net-snmp's traps, and what is done about each, are in DESIGN.md beside this file. Longer than
// most files, because the library's types must not leave it.
#include "snmp/netsnmp_session.h"

// In this order: the library's headers need the first one, and do not include it.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
// clang-format on

#include <algorithm>
#include <array>
#include <utility>

#include "base/environment.h"
#include "base/handle.h"
#include "base/log.h"
#include "base/text.h"

namespace havc::snmp {

namespace {

using namespace std::chrono_literals;

// SNMPv1 repeats a request with its id, so an answer to an earlier try counts. SNMPv3 gives it a
// new one and drops late answers: a try must be longer than the module is slow, and grows to what
// OpenHPI found necessary (snmp_bc).
constexpr auto kTryV1 = 2s;
constexpr auto kTryV3 = 5s;
constexpr auto kMostTry = 15s;
constexpr int kEndlessly = 10000;

// The library's name for this program: it would read havc.conf beside snmp.conf.
constexpr const char* kApplication = "havc";
// Below a file, so that nobody can create it: the library writes its state there otherwise, in
// init_snmp already.
constexpr const char* kNoFolder = "/dev/null/havc";

int log_line(int /*major*/, int /*minor*/, void* message, void* /*unused*/) {
  log::debug("net-snmp: " + std::string(static_cast<snmp_log_message*>(message)->msg));
  return 0;
}

/// The version that snmp.conf asks for: the library leaves this to its command line programs.
long configured_version() {
  const int version = netsnmp_ds_get_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_SNMPVERSION);
  switch (version) {
    case NETSNMP_DS_SNMP_VERSION_1:
      return SNMP_VERSION_1;
    case NETSNMP_DS_SNMP_VERSION_2c:
      return SNMP_VERSION_2c;
    default:
      return SNMP_VERSION_3;  // the library's own default
  }
}

void refuse(const Credentials& credentials, const std::string& problem, const std::string& remedy) {
  throw Error(Fault::misconfigured, text::quote(credentials.folder + "/snmp.conf") + " " + problem,
              remedy);
}

/// Reads snmp.conf, once a process, because the library cannot read another one later.
long start_library(const Credentials& credentials) {
  static const std::string folder = [&] {
    check(credentials);
    // Numbers are enough, and MIB files cost milliseconds to seconds: neither load nor list them.
    export_variable("MIBS", "");
    export_variable("MIBDIRS", kNoFolder);
    export_variable("SNMPCONFPATH", credentials.folder);
    export_variable("SNMP_PERSISTENT_DIR", kNoFolder);
    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
    snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, log_line, nullptr);
    snmp_disable_stderrlog();
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    init_snmp(kApplication);
    return credentials.folder;
  }();
  if (folder != credentials.folder) {
    throw Error(Fault::unsupported,
                "net-snmp was started with " + text::quote(folder) + " in this process");
  }
  const long version = configured_version();
  const bool named =
      netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_SECNAME) != nullptr;
  const bool community =
      netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_COMMUNITY) != nullptr;
  if (version == SNMP_VERSION_3 && !named) {
    refuse(credentials, "names no user for SNMPv3",
           "add defSecurityName and its keys, or defVersion 1 and defCommunity");
  }
  if (version != SNMP_VERSION_3 && !community)
    refuse(credentials, "names no community", "add defCommunity");
  return version;
}

/// net-snmp takes "::1" for a transport's name when a port follows.
std::string peer_name(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  const std::string host = v6 ? "udp6:[" + address.host + "]" : "udp:" + address.host;
  return host + ":" + std::to_string(address.port);
}

Value value_of(const netsnmp_variable_list& variable) {
  switch (variable.type) {
    case ASN_INTEGER:
      return static_cast<std::int64_t>(*variable.val.integer);
    case ASN_GAUGE:  // some agents send these for integers; UNSIGNED is the same tag
      return static_cast<std::int64_t>(static_cast<std::uint32_t>(*variable.val.integer));
    case ASN_OCTET_STR:
      return std::string(reinterpret_cast<const char*>(variable.val.string), variable.val_len);
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

/// What the agent's or the library's security layer says; nothing for what only a further try can
/// tell.
std::optional<Error> security_error(int code, const std::string& peer) {
  struct Row {
    std::array<int, 2> codes;  // as reported by the agent, as found by the library itself
    const char* what;
    const char* remedy;
  };
  static constexpr std::array<Row, 4> kRows{{
      {{SNMPERR_AUTHENTICATION_FAILURE, SNMPERR_USM_AUTHENTICATIONFAILURE},
       "the authentication",
       "correct defAuthPassphrase and defAuthType in snmp.conf (it is the user's login password)"},
      {{SNMPERR_UNKNOWN_USER_NAME, SNMPERR_USM_UNKNOWNSECURITYNAME},
       "the user",
       "correct defSecurityName in snmp.conf, or create the user on the management module"},
      {{SNMPERR_UNSUPPORTED_SEC_LEVEL, SNMPERR_USM_UNSUPPORTEDSECURITYLEVEL},
       "the security level",
       "correct defSecurityLevel in snmp.conf"},
      {{SNMPERR_DECRYPTION_ERR, SNMPERR_USM_DECRYPTIONERROR},
       "the encryption",
       "correct defPrivPassphrase and defPrivType in snmp.conf"},
  }};
  for (const auto& row : kRows) {
    if (code != row.codes[0] && code != row.codes[1]) continue;
    return Error(Fault::permission,
                 text::quote(peer) + " refuses " + row.what + ": " + snmp_api_errstring(code),
                 row.remedy);
  }
  return {};
}

/// The error status of a reply (RFC 1157 4.1, RFC 3416 3).
Error refusal(const Request& request, long status, const std::string& peer) {
  const std::string words =
      request.oids.at(0).text() + ": " + snmp_errstring(static_cast<int>(status));
  switch (status) {
    case SNMP_ERR_NOSUCHNAME:  // SNMPv1's answer to a SET by somebody without write access
    case SNMP_ERR_READONLY:
    case SNMP_ERR_NOACCESS:
    case SNMP_ERR_AUTHORIZATIONERROR:
    case SNMP_ERR_NOTWRITABLE:
      return {
          Fault::permission, text::quote(peer) + " refuses access to " + words,
          request.kind == Request::Kind::set
              ? "give the community or user of snmp.conf write access on the management module"
              : "let the community or user of snmp.conf see the blades on the management module"};
    default:
      return {Fault::failed, text::quote(peer) + " answers with an error for " + words,
              "look into the management module's event log"};
  }
}

Error silence(const std::string& peer, long version, Duration waited) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(waited).count();
  return {
      Fault::timed_out,
      "timed out: no answer from " + text::quote(peer) + " in " + std::to_string(seconds) + " s",
      version == SNMP_VERSION_3
          ? "check that it is up, its address, and defPrivPassphrase and defPrivType in snmp.conf"
          : "check that it is up, its address, and that it admits this node's address to the "
            "community of snmp.conf"};
}

class NetSnmpSession;

/// A request on its way. It stays where it is until it is done or its session is closed, because
/// the library holds its address.
struct Pending {
  NetSnmpSession* session;
  const Request* request;
  std::vector<std::size_t>
      open;  // the objects that are still asked for; SNMPv1 makes us leave missing ones out
  Reply reply;
  int reports = 0;
  enum class Step { unsent, sent, done } step = Step::unsent;

  void finish(Error error) {
    reply = {{}, std::move(error)};
    step = Step::done;
  }
};

class NetSnmpSession : public Session {
 public:
  NetSnmpSession(const Address& address, const Credentials& credentials)
      : peer_(address.text()),
        peer_name_(peer_name(address)),
        version_(start_library(credentials)) {
    if (auto trouble = open()) throw Error(*trouble);
  }

  std::vector<Reply> exchange(const std::vector<Request>& requests, Deadline deadline) override;
  std::string peer() const override { return peer_; }

 private:
  std::optional<Error> open();
  void send_all(std::vector<Pending>& all, Deadline deadline);
  void send(Pending& pending, Deadline deadline);
  void sending_failed(Pending& pending);
  void wait(Deadline deadline);
  static int on_event(int operation, netsnmp_session* session, int id, netsnmp_pdu* pdu,
                      void* magic);
  void take(Pending& pending, netsnmp_pdu& pdu);
  void take_report(Pending& pending, netsnmp_pdu& pdu);
  void take_values(Pending& pending, const netsnmp_pdu& pdu);
  bool leave_out(Pending& pending, long index) const;

  std::string peer_;
  std::string peer_name_;
  long version_;
  Handle<void, snmp_sess_close> library_;
  Duration try_ = kTryV3;
  bool stale_ = false;
};

// The peer may have become another engine (a failover of modules) or restarted: only a new session
// asks again who it is.
std::optional<Error> NetSnmpSession::open() {
  library_.reset();
  netsnmp_session wanted;
  snmp_sess_init(&wanted);
  wanted.version = version_;
  wanted.peername = peer_name_.data();
  wanted.retries = version_ == SNMP_VERSION_3 ? 0 : kEndlessly;
  library_.reset(snmp_sess_open(&wanted));
  stale_ = false;
  if (library_) return {};
  int system = 0;
  int code = 0;
  char* words = nullptr;
  snmp_error(&wanted, &system, &code, &words);
  const Handle<char, std::free> owner(words);
  return Error(Fault::unusable_here,
               "cannot open an SNMP session to " + text::quote(peer_) + ": " +
                   (words != nullptr ? words : ""),
               "correct the address, or the credentials in snmp.conf");
}

std::vector<Reply> NetSnmpSession::exchange(const std::vector<Request>& requests,
                                            Deadline deadline) {
  std::vector<Pending> all(requests.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].session = this;
    all[i].request = &requests[i];
    for (std::size_t object = 0; object < requests[i].oids.size(); ++object)
      all[i].open.push_back(object);
    all[i].reply.bindings.resize(requests[i].oids.size());
  }
  const Instant start = deadline.now();
  const auto unfinished = [](const Pending& pending) {
    return pending.step != Pending::Step::done;
  };
  try_ = kTryV3;
  while (std::any_of(all.begin(), all.end(), unfinished) && !deadline.expired()) {
    send_all(all, deadline);
    if (!stale_ && std::any_of(all.begin(), all.end(), unfinished)) wait(deadline);
  }
  if (std::any_of(all.begin(), all.end(), unfinished)) {
    library_.reset();  // forgets what is still on its way
    stale_ = false;    // the next exchange opens anew, but begins with a short try again
  }
  std::vector<Reply> replies;
  for (auto& pending : all) {
    if (unfinished(pending)) pending.finish(silence(peer_, version_, deadline.now() - start));
    replies.push_back(std::move(pending.reply));
  }
  return replies;
}

void NetSnmpSession::send_all(std::vector<Pending>& all, Deadline deadline) {
  std::optional<Error> trouble;
  if (stale_) try_ = std::min<Duration>(2 * try_, kMostTry);
  if (stale_ || !library_) trouble = open();
  for (auto& pending : all) {
    if (pending.step != Pending::Step::unsent) continue;
    if (trouble) {
      pending.finish(*trouble);
    } else if (!stale_) {
      send(pending, deadline);
    }
  }
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

void NetSnmpSession::send(Pending& pending, Deadline deadline) {
  const Request& request = *pending.request;
  Handle<netsnmp_pdu, snmp_free_pdu> pdu(snmp_pdu_create(command_of(request.kind)));
  for (const std::size_t i : pending.open) {
    const auto from = request.oids[i].ids();
    std::array<oid, Oid::kMost> ids{};
    std::copy(from.begin(), from.end(), ids.begin());
    const long value = request.value;
    if (request.kind == Request::Kind::set) {
      snmp_pdu_add_variable(pdu.get(), ids.data(), from.size(), ASN_INTEGER, &value, sizeof value);
    } else {
      snmp_add_null_var(pdu.get(), ids.data(), from.size());
    }
  }
  // The first send of SNMPv3 asks for the peer's engine and waits for the answer itself: this
  // bounds that, too.
  const Duration most = version_ == SNMP_VERSION_3 ? try_ : Duration(kTryV1);
  const Duration time = version_ == SNMP_VERSION_3 ? std::min(most, deadline.remaining()) : most;
  snmp_sess_session(library_.get())->timeout =
      std::max<long>(1, std::chrono::ceil<std::chrono::microseconds>(time).count());
  pending.step = Pending::Step::sent;
  if (snmp_sess_async_send(library_.get(), pdu.get(), on_event, &pending) != 0) {
    static_cast<void>(pdu.release());  // the library's now
  } else {
    sending_failed(pending);
  }
}

void NetSnmpSession::sending_failed(Pending& pending) {
  int system = 0;
  int code = 0;
  char* words = nullptr;
  snmp_sess_error(library_.get(), &system, &code, &words);
  const Handle<char, std::free> owner(words);
  pending.step = Pending::Step::unsent;
  if (code == SNMPERR_TIMEOUT) {
    stale_ = true;
  } else if (auto refused = security_error(code, peer_)) {
    pending.finish(std::move(*refused));
  } else {
    pending.finish({Fault::unreachable,
                    "cannot send to " + text::quote(peer_) + ": " + (words != nullptr ? words : ""),
                    "check this node's network and the management module's address"});
  }
}

/// Until something arrives or a repetition is due, at most until the deadline.
void NetSnmpSession::wait(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline.remaining());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  timeval time{seconds.count(), (left - seconds).count()};
  netsnmp_large_fd_set sockets;
  netsnmp_large_fd_set_init(&sockets, FD_SETSIZE);
  int count = 0;
  int block = 0;  // "time" is a limit already
  snmp_sess_select_info2(library_.get(), &count, &sockets, &time, &block);
  if (netsnmp_large_fd_set_select(count, &sockets, nullptr, nullptr, &time) > 0) {
    snmp_sess_read2(library_.get(), &sockets);
  }
  netsnmp_large_fd_set_cleanup(&sockets);
  snmp_sess_timeout(library_.get());
}

int NetSnmpSession::on_event(int operation, netsnmp_session* /*session*/, int /*id*/,
                             netsnmp_pdu* pdu, void* magic) {
  auto& pending = *static_cast<Pending*>(magic);
  if (pending.step != Pending::Step::sent) return 1;
  if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE) {
    pending.session->take(pending, *pdu);
  } else if (operation ==
             NETSNMP_CALLBACK_OP_TIMED_OUT) {  // a try of SNMPv3, or the session is closed
    pending.step = Pending::Step::unsent;
    pending.session->stale_ = true;
  }
  return 1;
}

void NetSnmpSession::take(Pending& pending, netsnmp_pdu& pdu) {
  if (pdu.command == SNMP_MSG_REPORT) return take_report(pending, pdu);
  if (pdu.errstat == SNMP_ERR_NOERROR) return take_values(pending, pdu);
  const bool reading = pending.request->kind != Request::Kind::set;
  if (reading && pdu.errstat == SNMP_ERR_NOSUCHNAME && leave_out(pending, pdu.errindex)) return;
  pending.finish(refusal(*pending.request, pdu.errstat, peer_));
}

/// In SNMPv1 one missing object spoils the whole packet: it is absent, the others are asked for
/// again.
bool NetSnmpSession::leave_out(Pending& pending, long index) const {
  if (index < 1 || static_cast<std::size_t>(index) > pending.open.size()) return false;
  const auto place = pending.open.begin() + (index - 1);
  pending.reply.bindings[*place] = {pending.request->oids[*place], Absent()};
  pending.open.erase(place);
  pending.step = pending.open.empty() ? Pending::Step::done : Pending::Step::unsent;
  return true;
}

void NetSnmpSession::take_report(Pending& pending, netsnmp_pdu& pdu) {
  constexpr int kMostReports = 3;  // a restarting module sends one or two (its clock, its engine)
  const int code = snmpv3_get_report_type(&pdu);
  if (auto refused = security_error(code, peer_)) return pending.finish(std::move(*refused));
  if (++pending.reports >= kMostReports) {
    return pending.finish({Fault::failed,
                           text::quote(peer_) + " keeps reporting: " + snmp_api_errstring(code),
                           "restart the management module's SNMP agent"});
  }
  pending.step = Pending::Step::unsent;
  stale_ = true;
}

void NetSnmpSession::take_values(Pending& pending, const netsnmp_pdu& pdu) {
  const bool next = pending.request->kind == Request::Kind::next;
  std::size_t count = 0;
  const auto* variable = pdu.variables;
  for (; variable != nullptr && count < pending.open.size();
       variable = variable->next_variable, ++count) {
    const std::size_t place = pending.open[count];
    const Oid& asked = pending.request->oids[place];
    Binding binding{oid_of(variable->name, variable->name_length), value_of(*variable)};
    const bool end = std::holds_alternative<Absent>(binding.value);
    if (next ? !(binding.oid > asked || end) : binding.oid != asked) break;
    pending.reply.bindings[place] = std::move(binding);
  }
  if (variable != nullptr || count != pending.open.size()) {
    return pending.finish({Fault::failed,
                           text::quote(peer_) + " answers something else than it was asked",
                           "restart the management module's SNMP agent"});
  }
  pending.step = Pending::Step::done;
}

}  // namespace

std::unique_ptr<Session> open_netsnmp(const Address& address, const Credentials& credentials) {
  return std::make_unique<NetSnmpSession>(address, credentials);
}

}  // namespace havc::snmp
