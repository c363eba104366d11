#include "chassis/snmp_agent.h"

#include "base/error.h"
#include "base/text.h"
#include "chassis/controls.h"

#include <fmt/format.h>

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/library/large_fd_set.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <set>
#include <utility>
#include <vector>

namespace havc::chassis {

// The library's callbacks carry no pointer that would be ours everywhere, so there is one agent,
// and this is it.
namespace {
SnmpAgent* the_agent = nullptr;
}

struct SnmpAgent::State {
  struct Late {
    Instant due;
    std::vector<char> data;
    std::vector<char> opaque;  // the library's idea of the receiver
  };

  State(World& its_world, Grants shown_grants, Fire its_fire)
      : world(its_world), grants(std::move(shown_grants)), fire(std::move(its_fire)) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  World& world;
  const Grants grants;
  const Fire fire;
  netsnmp_transport* transport = nullptr;  // the library's, once registered
  decltype(netsnmp_transport::f_recv) receive = nullptr;
  decltype(netsnmp_transport::f_send) send = nullptr;
  std::string address;
  std::deque<Late> late;
  Objects shown;
  unsigned shown_version = 0;

  // Of the packet that is being dealt with.
  std::set<int> read_bays;
  std::set<int> set_bays;
  bool swallow = false;

  const Objects& objects() {
    if (shown_version != world.version()) {
      shown = havc::chassis::objects(world.module, grants, world.chassis);
      shown_version = world.version();
    }
    return shown;
  }

  static State& current() { return *the_agent->state_; }
  static int receive_packet(netsnmp_transport* transport, void* data, int size, void** opaque,
                            int* opaque_size);
  static int send_packet(netsnmp_transport* transport, const void* data, int size, void** opaque,
                         int* opaque_size);
  static int handle(netsnmp_mib_handler* handler, netsnmp_handler_registration* registration,
                    netsnmp_agent_request_info* info, netsnmp_request_info* requests);
  void listen(const std::string& wanted);
  void get(netsnmp_request_info* request);
  void get_next(netsnmp_request_info* request);
  void show(netsnmp_variable_list* variable, const Object& object);
  int judge(const netsnmp_variable_list& variable);
  int judge(const Control& control, std::optional<Command> command, Instant now);
  void commit(const netsnmp_variable_list& variable);
  void note(const Control& control, std::optional<Command> command, Answer answer, Instant now);
};

namespace {

ObjectId id_of(const netsnmp_variable_list& variable) {
  ObjectId id;
  for (std::size_t i = 0; i < variable.name_length; ++i) {
    id.push_back(static_cast<std::uint32_t>(variable.name[i]));
  }
  return id;
}

std::vector<oid> library_id(const ObjectId& id) {
  return {id.begin(), id.end()};
}

void put(netsnmp_variable_list* variable, const Value& value, Instant now) {
  if (const auto* number = std::get_if<int>(&value)) {
    snmp_set_var_typed_integer(variable, ASN_INTEGER, *number);
  } else if (const auto* gauge = std::get_if<Unsigned>(&value)) {
    snmp_set_var_typed_integer(variable, ASN_GAUGE, static_cast<long>(gauge->number));
  } else if (const auto* address = std::get_if<Address>(&value)) {
    snmp_set_var_typed_value(variable, ASN_IPADDRESS, address->data(), address->size());
  } else if (const auto* uptime = std::get_if<Uptime>(&value)) {
    snmp_set_var_typed_integer(variable, ASN_INTEGER, static_cast<long>(uptime->at(now).count()));
  } else {
    const auto& text = std::get<std::string>(value);
    snmp_set_var_typed_value(variable, ASN_OCTET_STR, text.data(), text.size());
  }
}

Instant now() {
  return std::chrono::steady_clock::now();
}

std::string_view word(Control::Kind kind) {
  return kind == Control::Kind::boots     ? "reset-boots"
         : kind == Control::Kind::seconds ? "reset-seconds"
                                          : "nothing";
}

// The address with the port that was chosen in place of 0.
std::string with_port(const std::string& wanted, int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    throw Error(Fault::failed, fmt::format("{}: {}", text::quote(wanted), system_words(errno)));
  }
  // The port lies at the same place in both families.
  const int port = ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
  return wanted.substr(0, wanted.rfind(':') + 1) + std::to_string(port);
}

}  // namespace

int SnmpAgent::State::receive_packet(netsnmp_transport* transport, void* data, int size,
                                     void** opaque, int* opaque_size) {
  State& state = current();
  const int length = state.receive(transport, data, size, opaque, opaque_size);
  if (length < 0) return length;
  Traffic& traffic = state.world.traffic;
  ++traffic.packets;
  if (!traffic.silent && traffic.drop == 0) return length;
  if (!traffic.silent) --traffic.drop;
  std::free(*opaque);
  *opaque = nullptr;
  *opaque_size = 0;
  return -1;
}

int SnmpAgent::State::send_packet(netsnmp_transport* transport, const void* data, int size,
                                  void** opaque, int* opaque_size) {
  State& state = current();
  Traffic& traffic = state.world.traffic;
  if (state.swallow) return size;
  if (traffic.lose > 0) {
    --traffic.lose;
    return size;
  }
  ++traffic.answers;
  if (traffic.delay.count() == 0) return state.send(transport, data, size, opaque, opaque_size);
  const auto* bytes = static_cast<const char*>(data);
  const auto* receiver = static_cast<const char*>(*opaque);
  state.late.push_back(
      {now() + traffic.delay, {bytes, bytes + size}, {receiver, receiver + *opaque_size}});
  return size;
}

void SnmpAgent::State::show(netsnmp_variable_list* variable, const Object& object) {
  put(variable, object.value, now());
  if (object.bay == 0) return;
  read_bays.insert(object.bay);
  if (world.chassis.bay(object.bay).silent) swallow = true;
}

void SnmpAgent::State::get(netsnmp_request_info* request) {
  ++world.traffic.gets;
  const auto found = objects().find(id_of(*request->requestvb));
  if (found == objects().end()) {
    netsnmp_set_request_error(nullptr, request, SNMP_NOSUCHINSTANCE);
  } else {
    show(request->requestvb, found->second);
  }
}

// Left alone, the request goes on to what is registered behind, in the end to the end of the view.
void SnmpAgent::State::get_next(netsnmp_request_info* request) {
  ++world.traffic.nexts;
  const ObjectId asked = id_of(*request->requestvb);
  const auto next =
      request->inclusive != 0 ? objects().lower_bound(asked) : objects().upper_bound(asked);
  if (next == objects().end()) return;
  const auto id = library_id(next->first);
  if (snmp_oid_compare(id.data(), id.size(), request->range_end, request->range_end_len) >= 0)
    return;
  snmp_set_var_objid(request->requestvb, id.data(), id.size());
  show(request->requestvb, next->second);
}

int SnmpAgent::State::judge(const netsnmp_variable_list& variable) {
  const ObjectId id = id_of(variable);
  const auto control = havc::chassis::control(id, world.module, world.chassis);
  if (!control) {
    return objects().count(id) != 0 ? SNMP_ERR_NOTWRITABLE : SNMP_ERR_NOCREATION;
  }
  if (set_bays.insert(control->bay).second) fire(Event::set, control->bay);
  if (world.chassis.bay(control->bay).silent) {
    swallow = true;
    return SNMP_ERR_GENERR;  // which nobody will hear
  }
  if (variable.type != ASN_INTEGER) return SNMP_ERR_WRONGTYPE;
  if (!defined(*control, *variable.val.integer)) return SNMP_ERR_WRONGVALUE;
  return judge(*control, command_of(*control, *variable.val.integer), now());
}

// No later phase will follow a refusal, so that it is counted and noted here.
int SnmpAgent::State::judge(const Control& control, std::optional<Command> command, Instant now) {
  const Module& module = world.module;
  const bool refused =
      module.sets == Sets::refuse || (module.sets == Sets::as_role && module.standby());
  if (refused || module.sets == Sets::gen_error) {
    note(control, command, Answer::refused, now);
    return refused ? SNMP_ERR_NOACCESS : SNMP_ERR_GENERR;
  }
  if (!command || module.sets == Sets::ignore) return SNMP_ERR_NOERROR;
  const Answer answer = world.chassis.judge(control.bay, *command);
  if (answer != Answer::accepted) {
    world.chassis.command(control.bay, *command, now);
    note(control, command, answer, now);
  }
  switch (answer) {
    case Answer::accepted:
      return SNMP_ERR_NOERROR;
    case Answer::refused:
      return SNMP_ERR_NOTWRITABLE;
    case Answer::unsupported:
      return SNMP_ERR_WRONGVALUE;
    case Answer::absent:
      return SNMP_ERR_NOCREATION;
    case Answer::maintenance:
      return SNMP_ERR_INCONSISTENTVALUE;
  }
  return SNMP_ERR_GENERR;
}

void SnmpAgent::State::commit(const netsnmp_variable_list& variable) {
  const auto control = havc::chassis::control(id_of(variable), world.module, world.chassis);
  if (!control) return;  // judged before
  const auto command = command_of(*control, *variable.val.integer);
  const Instant time = now();
  note(*control, command, Answer::accepted, time);
  if (world.module.sets == Sets::ignore) return;
  if (command) world.chassis.command(control->bay, *command, time);
  if (control->kind == Control::Kind::boots) world.chassis.reset_boots(control->bay);
  if (control->kind == Control::Kind::seconds) world.chassis.reset_seconds(control->bay, time);
}

void SnmpAgent::State::note(const Control& control, std::optional<Command> command, Answer answer,
                            Instant now) {
  constexpr std::size_t kMost = 1000;
  if (world.log.size() == kMost) world.log.pop_front();
  world.log.push_back(
      {now, control.bay, std::string(command ? name(*command) : word(control.kind)), answer});
}

int SnmpAgent::State::handle(netsnmp_mib_handler*, netsnmp_handler_registration*,
                             netsnmp_agent_request_info* info, netsnmp_request_info* requests) {
  State& state = current();
  for (auto* request = requests; request != nullptr; request = request->next) {
    if (request->processed != 0) continue;
    switch (info->mode) {
      case MODE_GET:
        state.get(request);
        break;
      case MODE_GETNEXT:
        state.get_next(request);
        break;
      case MODE_SET_RESERVE1: {
        ++state.world.traffic.sets;
        const int verdict = state.judge(*request->requestvb);
        if (verdict != SNMP_ERR_NOERROR) netsnmp_set_request_error(info, request, verdict);
        break;
      }
      case MODE_SET_COMMIT:
        state.commit(*request->requestvb);
        break;
      default:  // the other phases of a SET: nothing is reserved, so nothing has to be freed or
                // undone
        break;
    }
  }
  return SNMP_ERR_NOERROR;
}

SnmpAgent::State::~State() {
  snmp_shutdown("havc-chassis");  // first: closing the sessions needs what the agent holds
  shutdown_agent();
  the_agent = nullptr;
}

void SnmpAgent::State::listen(const std::string& wanted) {
  transport = netsnmp_transport_open_server("snmp", wanted.c_str());
  if (transport == nullptr) {
    throw Error(Fault::unusable_here, fmt::format("cannot listen on {}", text::quote(wanted)),
                "give a free address of this machine, as in udp:127.0.0.1:0");
  }
  fcntl(transport->sock, F_SETFD, FD_CLOEXEC);  // what a hook leaves behind must not keep the port
  address = with_port(wanted, transport->sock);
  receive = transport->f_recv;
  send = transport->f_send;
  transport->f_recv = receive_packet;
  transport->f_send = send_packet;
  if (netsnmp_register_agent_nsap(transport) == 0) {
    throw Error(Fault::failed, "net-snmp refuses to serve " + text::quote(wanted));
  }
}

SnmpAgent::SnmpAgent(const std::string& address, const Access& access, World& world, Fire fire)
    : state_(std::make_unique<State>(world, chassis::grants(access), std::move(fire))) {
  the_agent = this;
  isolate_library(access);
  if (init_agent("havc-chassis") != 0)
    throw Error(Fault::failed, "net-snmp's agent does not start");
  grant(access);
  init_snmp("havc-chassis");
  create_users(access);
  for (const auto& root : roots()) {
    const auto id = library_id(root);
    auto* registration = netsnmp_create_handler_registration("chassis", State::handle, id.data(),
                                                             id.size(), HANDLER_CAN_RWRITE);
    if (registration == nullptr || netsnmp_register_handler(registration) != MIB_REGISTERED_OK) {
      throw Error(Fault::failed, "net-snmp does not register the chassis' objects");
    }
  }
  state_->listen(address);
}

SnmpAgent::~SnmpAgent() = default;

const std::string& SnmpAgent::address() const {
  return state_->address;
}

int SnmpAgent::descriptor() const {
  return state_->transport->sock;
}

void SnmpAgent::receive() {
  state_->read_bays.clear();
  state_->set_bays.clear();
  state_->swallow = false;
  netsnmp_large_fd_set ready;
  netsnmp_large_fd_set_init(&ready, FD_SETSIZE);
  netsnmp_large_fd_setfd(descriptor(), &ready);
  snmp_read2(&ready);
  netsnmp_large_fd_set_cleanup(&ready);
  netsnmp_check_outstanding_agent_requests();
  run_alarms();
  state_->swallow = false;
  for (const int bay : state_->read_bays) state_->fire(Event::read, bay);
  for (const int bay : state_->set_bays) state_->fire(Event::after, bay);
}

void SnmpAgent::send_due(Instant now) {
  auto& late = state_->late;
  while (const auto next = next_event()) {
    if (now < *next) return;
    for (auto it = late.begin(); it != late.end(); ++it) {
      if (it->due != *next) continue;
      void* opaque = it->opaque.data();
      int opaque_size = static_cast<int>(it->opaque.size());
      state_->send(state_->transport, it->data.data(), static_cast<int>(it->data.size()), &opaque,
                   &opaque_size);
      late.erase(it);
      break;
    }
  }
}

std::optional<Instant> SnmpAgent::next_event() const {
  std::optional<Instant> next;
  for (const auto& answer : state_->late) {
    if (!next || answer.due < *next) next = answer.due;
  }
  return next;
}

}  // namespace havc::chassis
