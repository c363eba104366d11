#include "chassis/proxy.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "chassis/lines.h"
#include "chassis/scenarios.h"

#include <fmt/format.h>

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace havc::chassis {
namespace {

// Each run of an SNMP client is a new one, with a port of its own; the longest silent one goes.
constexpr std::size_t kMostClients = 64;
constexpr std::size_t kLongestScript = 1 << 20;

Instant now() {
  return std::chrono::steady_clock::now();
}

std::vector<Endpoint> endpoints(const std::vector<std::string>& texts) {
  std::vector<Endpoint> endpoints;
  endpoints.reserve(texts.size());
  for (const auto& text : texts) endpoints.push_back(endpoint(text));
  return endpoints;
}

}  // namespace

Proxy::Proxy(const ProxyOptions& options)
    : ending_(options.until_eof),
      backends_(endpoints(options.backends)),
      listener_(bound_to(endpoint(options.listen))),
      other_port_(bound_to(with_port(endpoint(options.listen), 0))),
      faults_(options.seed) {
  for (const auto& name : options.scenarios) obey("scenario " + name);
  for (const auto& line : options.lines) obey(line);
  if (!options.script.empty()) {
    each_line(read_file(options.script, kLongestScript),
              [this](std::string_view line) { obey(line); });
  }
  if (!options.control.empty())
    control_.emplace(options.control, [this](const std::string& line) { return execute(line); });
}

std::string Proxy::address() const {
  return text_of(own_endpoint(listener_));
}

std::string Proxy::execute(std::string_view line) {
  return reply([&] { return obey(line); });
}

std::string Proxy::obey(std::string_view line) {
  const auto [verb, rest] = first_word(line);
  if (Faults::is_rule(verb)) {
    faults_.add(line, now());
  } else if (verb == "backend") {
    use_backend(rest);
  } else if (verb == "at" || verb == "after") {
    plan(verb, rest);
  } else if (verb == "scenario") {
    for (const auto& each : lines_of(find_scenario(rest, Stage::proxy))) obey(each);
  } else if (verb == "clear") {
    faults_.clear();
    triggers_.clear();
  } else if (verb == "dump") {
    return dump();
  } else if (verb == "quit") {
    end_ = true;
  } else {
    throw Error(Fault::unsupported, fmt::format("there is no command {}", text::quote(verb)),
                fmt::format("use {}, backend, at, after, scenario, clear, dump or quit",
                            Faults::rule_words()));
  }
  return {};
}

void Proxy::use_backend(std::string_view word) {
  const int number = line_number("backend", word);
  if (number < 1 || static_cast<std::size_t>(number) > backends_.size()) {
    throw Error(Fault::misconfigured, fmt::format("there is no backend {}", number),
                fmt::format("give one from 1 to {}", backends_.size()));
  }
  backend_ = static_cast<std::size_t>(number - 1);
}

void Proxy::plan(std::string_view verb, std::string_view rest) {
  const auto [word, line] = first_word(rest);
  const int number = line_number(verb, word);
  if (line.empty()) throw Error(Fault::misconfigured, "nothing is to be done", "give a line");
  if (verb == "at") {
    triggers_.at(now() + std::chrono::milliseconds(number), std::string(line));
  } else {
    triggers_.on(Event::read, 0, number, std::string(line));  // a request passes: there are no bays
  }
}

void Proxy::run_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const std::string answer = execute(line);
    if (!answer.ends_with("ok\n")) std::fputs(fmt::format("{}: {}", line, answer).c_str(), stderr);
  }
}

std::string Proxy::dump() const {
  return faults_.dump() + fmt::format("backend {} of {} clients={} triggers={}\n", backend_ + 1,
                                      backends_.size(), clients_.size(), triggers_.size());
}

void Proxy::run() {
  while (!end_) {
    settle();
    auto waiting = polled();
    if (poll(waiting.data(), waiting.size(), patience()) < 0 && errno != EINTR)
      throw Error(Fault::failed, "poll: " + system_words(errno));
    serve(waiting);
  }
}

// The entries are as polled() made them; who is to be served is found out before anything changes.
void Proxy::serve(const std::vector<pollfd>& polled) {
  const auto ready = [](const pollfd& each) { return each.revents != 0; };
  if (ending_.told(polled, 0)) end_ = true;
  auto next = polled.begin() + Ending::kPolled;
  const bool requested = ready(*next++);
  std::vector<int> answered;
  for (const auto& [number, client] : clients_) {
    if (ready(*next++)) answered.push_back(number);
  }
  const bool controlled = std::any_of(next, polled.end(), ready);
  for (const int number : answered) take_answers(number);
  if (requested) take_requests();
  if (controlled) control_->serve();
}

void Proxy::settle() {
  run_lines(triggers_.take_due(now()));
  for (const Packet& packet : faults_.take_due(now())) deliver(packet);
}

std::vector<pollfd> Proxy::polled() const {
  std::vector<pollfd> polled;
  ending_.add_to(polled);
  polled.push_back({listener_.number(), POLLIN, 0});
  for (const auto& [number, client] : clients_)
    polled.push_back({client.upstream.number(), POLLIN, 0});
  if (control_) control_->add_to(polled);
  return polled;
}

int Proxy::patience() const {
  auto next = faults_.next_event();
  if (const auto planned = triggers_.next_event(); planned && (!next || *planned < *next))
    next = planned;
  if (!next) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now());
  return static_cast<int>(std::clamp<long>(left.count(), 0, 60'000));
}

void Proxy::take_requests() {
  Packet packet;
  Endpoint from;
  while (receive(listener_, packet.data, from)) {
    packet.client = client_at(from).number;
    faults_.enter(packet, now());
    for (const Packet& each : faults_.take_due(now())) deliver(each);
    run_lines(triggers_.fire(Event::read, 0));
  }
}

void Proxy::take_answers(int client) {
  Packet packet{Direction::answer, client, {}, false};
  Endpoint from;
  while (receive(clients_.at(client).upstream, packet.data, from)) faults_.enter(packet, now());
}

Proxy::Client& Proxy::client_at(const Endpoint& address) {
  for (auto& [number, client] : clients_) {
    if (client.address != address) continue;
    client.last = now();
    return client;
  }
  if (clients_.size() == kMostClients) {
    clients_.erase(std::min_element(
        clients_.begin(), clients_.end(),
        [](const auto& left, const auto& right) { return left.second.last < right.second.last; }));
  }
  const int number = ++numbers_;
  Client made{number, address, backend_, connected_to(backends_[backend_]), now()};
  return clients_.emplace(number, std::move(made)).first->second;
}

// A backend that has lost the address loses with it what it had not yet answered.
void Proxy::deliver(const Packet& packet) {
  const auto found = clients_.find(packet.client);
  if (found == clients_.end()) return;
  Client& client = found->second;
  if (packet.direction == Direction::answer) {
    send_to(packet.other_port ? other_port_ : listener_, packet.data, client.address);
    return;
  }
  if (client.backend != backend_) {
    client.backend = backend_;
    client.upstream = connected_to(backends_[backend_]);
  }
  send_on(client.upstream, packet.data);
}

}  // namespace havc::chassis
