// Stands between clients and backends, and lets Faults have its way with what passes. For each
// client it has a socket of its own towards the backend, so that answers find back.
#pragma once

#include "chassis/control_socket.h"
#include "chassis/ending.h"
#include "chassis/faults.h"
#include "chassis/option_docs.h"
#include "chassis/triggers.h"
#include "chassis/udp.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace havc::chassis {

struct ProxyOptions {
  std::string listen = "udp:127.0.0.1:0";
  std::vector<std::string> backends;
  std::vector<std::string> scenarios;
  std::vector<std::string> lines;  ///< as for the control socket
  std::string script;              ///< path of a file of such lines; empty: none
  std::string control;             ///< path of the control socket; empty: none
  std::uint64_t seed = 1;
  bool until_eof = false;
};

/// Nothing: everything has been said (help or an error), and the program is to end with
/// `exit_code`.
std::optional<ProxyOptions> parse_proxy_options(int argc, const char* const* argv, int& exit_code);
std::vector<OptionDoc> proxy_option_docs();

class Proxy {
 public:
  /// Needs signals blocked. Throws Error.
  explicit Proxy(const ProxyOptions& options);

  std::string address() const;
  /// Until SIGTERM, SIGINT, `quit`, or the end of standard input if that was asked for.
  void run();
  /// Obeys one control line; README.md has them.
  std::string execute(std::string_view line);

 private:
  struct Client {
    int number;
    Endpoint address;
    std::size_t backend;
    Descriptor upstream;
    Instant last;
  };

  std::string obey(std::string_view line);
  void use_backend(std::string_view word);
  void plan(std::string_view verb, std::string_view rest);
  void run_lines(const std::vector<std::string>& lines);
  std::string dump() const;
  void settle();
  std::vector<pollfd> polled() const;
  int patience() const;
  void serve(const std::vector<pollfd>& polled);
  void take_requests();
  void take_answers(int client);
  Client& client_at(const Endpoint& address);
  void deliver(const Packet& packet);

  Ending ending_;
  std::vector<Endpoint> backends_;
  std::size_t backend_ = 0;
  Descriptor listener_;
  Descriptor other_port_;
  std::map<int, Client> clients_;
  int numbers_ = 0;
  Faults faults_;
  Triggers triggers_;
  std::optional<ControlSocket> control_;
  bool end_ = false;
};

}  // namespace havc::chassis
