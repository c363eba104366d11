#include "chassis/control_socket.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <utility>

namespace havc::chassis {
namespace {

constexpr std::size_t kLongestLine = 4096;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    throw Error(Fault::misconfigured,
                fmt::format("{} cannot be a socket's path", text::quote(path)),
                fmt::format("give one of at most {} bytes", sizeof address.sun_path - 1));
  }
  path.copy(address.sun_path, path.size());
  return address;
}

Descriptor new_socket() {
  return Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

bool left_over(const sockaddr_un& address) {
  const Descriptor caller = new_socket();
  return connect(caller.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
             0 &&
         errno == ECONNREFUSED;
}

Descriptor listen_at(const std::string& path) {
  const sockaddr_un address = address_of(path);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  Descriptor listener = new_socket();
  int result = bind(listener.number(), generic, sizeof address);
  if (result != 0 && errno == EADDRINUSE && left_over(address) && unlink(path.c_str()) == 0) {
    result = bind(listener.number(), generic, sizeof address);
  }
  if (result != 0 || listen(listener.number(), 8) != 0) {
    throw Error(Fault::unusable_here,
                fmt::format("cannot listen on {}: {}", text::quote(path), system_words(errno)),
                "give a path that is free");
  }
  return listener;
}

}  // namespace

ControlSocket::ControlSocket(std::string path, Execute execute)
    : path_(std::move(path)), execute_(std::move(execute)), listener_(listen_at(path_)) {}

ControlSocket::~ControlSocket() {
  unlink(path_.c_str());
}

void ControlSocket::add_to(std::vector<pollfd>& polled) const {
  polled.push_back({listener_.number(), POLLIN, 0});
  for (const auto& client : clients_) polled.push_back({client.connection.number(), POLLIN, 0});
}

void ControlSocket::serve() {
  clients_.remove_if([this](Client& client) { return !serve(client); });
  while (true) {
    Descriptor connection(
        accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection) return;
    clients_.push_back({std::move(connection), {}});
  }
}

// False when the client is done with.
bool ControlSocket::serve(Client& client) {
  std::array<char, 1024> buffer{};
  while (true) {
    const ssize_t length = read(client.connection.number(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return errno == EAGAIN;
    if (length == 0) return false;
    client.input.append(buffer.data(), static_cast<std::size_t>(length));
    if (!answer(client) || client.input.size() > kLongestLine) return false;
  }
}

// A client that does not read its answers loses its connection rather than stop the chassis.
bool ControlSocket::answer(Client& client) {
  for (auto end = client.input.find('\n'); end != std::string::npos;
       end = client.input.find('\n')) {
    const std::string reply = execute_(client.input.substr(0, end));
    client.input.erase(0, end + 1);
    const ssize_t sent = send(client.connection.number(), reply.data(), reply.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(reply.size())) return false;
  }
  return true;
}

}  // namespace havc::chassis
