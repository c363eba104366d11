#include "support/scripted_module.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <thread>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "snmp/udp_socket.h"

namespace havc::test {

namespace {

using Clock = std::chrono::steady_clock;

Descriptor bound_socket(int family) {
  Descriptor result(socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_storage address{};
  address.ss_family = static_cast<sa_family_t>(family);
  socklen_t size = sizeof(sockaddr_in);
  if (family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr = in6addr_loopback;
    size = sizeof(sockaddr_in6);
  } else {
    reinterpret_cast<sockaddr_in*>(&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  if (!result || bind(result.number(), reinterpret_cast<sockaddr*>(&address), size) != 0) {
    throw Error(Fault::failed, "no loopback socket: " + system_words(errno));
  }
  return result;
}

}  // namespace

struct ScriptedModule::State {
  struct Waiting {
    Clock::time_point due;
    Datagram datagram;
    sockaddr_storage to;
    socklen_t size;
  };

  State(Script chosen, int family)
      : script(std::move(chosen)),
        own(bound_socket(family)),
        another(bound_socket(family)),
        end(eventfd(0, EFD_CLOEXEC)),
        thread([this] { run(); }) {}

  void run();
  void receive();
  void send_due();

  Script script;
  Descriptor own;
  Descriptor another;
  Descriptor end;
  std::vector<Waiting> waiting;
  std::atomic<int> arrived{0};
  std::thread thread;
};

void ScriptedModule::State::run() {
  for (;;) {
    auto time = std::chrono::milliseconds(1000);
    for (const auto& one : waiting) {
      time = std::min(time, std::chrono::ceil<std::chrono::milliseconds>(
                                std::max(one.due - Clock::now(), Clock::duration::zero())));
    }
    std::array<pollfd, 2> polled{{{own.number(), POLLIN, 0}, {end.number(), POLLIN, 0}}};
    poll(polled.data(), polled.size(), static_cast<int>(time.count()));
    if (polled[1].revents != 0) return;
    receive();
    send_due();
  }
}

void ScriptedModule::State::receive() {
  std::array<char, 65536> bytes;
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const ssize_t length = recvfrom(own.number(), bytes.data(), bytes.size(), MSG_DONTWAIT,
                                  reinterpret_cast<sockaddr*>(&from), &size);
  if (length < 0) return;
  ++arrived;
  for (auto& datagram : script(std::string(bytes.data(), static_cast<std::size_t>(length)))) {
    waiting.push_back({Clock::now() + datagram.after, std::move(datagram), from, size});
  }
}

void ScriptedModule::State::send_due() {
  const auto now = Clock::now();
  for (const auto& one : waiting) {
    if (one.due > now) continue;
    const auto& socket = one.datagram.from_another_port ? another : own;
    sendto(socket.number(), one.datagram.bytes.data(), one.datagram.bytes.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&one.to), one.size);
  }
  std::erase_if(waiting, [&](const Waiting& one) { return one.due <= now; });
}

ScriptedModule::ScriptedModule(Script script, const std::string& address)
    : state_(std::make_unique<State>(std::move(script), address == "::1" ? AF_INET6 : AF_INET)) {}

ScriptedModule::~ScriptedModule() {
  eventfd_write(state_->end.number(), 1);
  state_->thread.join();
}

std::string ScriptedModule::peer() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(state_->own.number(), reinterpret_cast<sockaddr*>(&address), &size);
  if (address.ss_family == AF_INET6) {
    return "[::1]:" + std::to_string(ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port));
  }
  return "127.0.0.1:" + std::to_string(ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port));
}

int ScriptedModule::arrived() const {
  return state_->arrived;
}

std::optional<std::string> ask(const std::string& peer, const std::string& datagram) {
  snmp::UdpSocket socket(snmp::parse_address(peer).value());
  socket.send(datagram);
  pollfd polled{socket.number(), POLLIN, 0};
  constexpr int kPatience = 2000;
  if (poll(&polled, 1, kPatience) <= 0) return {};
  return socket.receive();
}

}  // namespace havc::test
