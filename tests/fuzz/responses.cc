// Answers of a management module, over the real client and a loopback socket in this thread: what
// the input holds is sent to whatever asks, with its ids corrected so that it is listened to. Its
// first byte chooses the question; messages follow each other, each as long as its BER header says.

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/log.h"
#include "power/bay.h"
#include "snmp/netsnmp_client.h"
#include "targets.h"

namespace {

using namespace havc;
using snmp::Request;
using snmp::operator""_oid;

/// Walks BER as far as it is well-formed.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  /// Into the element here: what follows is its content.
  bool enter() { return header().has_value(); }
  bool skip() {
    const auto size = header();
    if (!size || *size > text_.size() - at_) return false;
    at_ += *size;
    return true;
  }
  /// Where the content of the element here is.
  std::optional<std::pair<std::size_t, std::size_t>> content() {
    const auto size = header();
    if (!size || *size > text_.size() - at_) return {};
    return std::pair(at_, *size);
  }

 private:
  std::optional<std::size_t> header() {
    if (at_ + 2 > text_.size()) return {};
    const auto first = static_cast<unsigned char>(text_[at_ + 1]);
    at_ += 2;
    if (first < 0x80) return first;
    std::size_t size = 0;
    for (std::size_t more = first - 0x80U; more > 0; --more, ++at_) {
      if (at_ >= text_.size() || size > 0xFFFFFF) return {};
      size = size << 8U | static_cast<unsigned char>(text_[at_]);
    }
    return size;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

using Place = std::optional<std::pair<std::size_t, std::size_t>>;

/// Where a message keeps the id of its request.
Place request_id(std::string_view message, bool v3) {
  Walk walk(message);
  const bool found = v3 ? walk.enter() && walk.skip() && walk.skip() && walk.skip() &&
                              walk.enter() && walk.skip() && walk.skip() && walk.enter()
                        : walk.enter() && walk.skip() && walk.skip() && walk.enter();
  return found ? walk.content() : Place();
}

/// Where SNMPv3 keeps the id of the message.
Place message_id(std::string_view message) {
  Walk walk(message);
  return walk.enter() && walk.skip() && walk.enter() ? walk.content() : Place();
}

/// The number at `from` of one message, in place of that at `to` of another.
void copy_number(std::string_view source, Place from, std::string& target, Place to) {
  if (!from || !to) return;
  for (std::size_t i = 0; i < to->second; ++i) {
    const bool there = i < from->second;
    target[to->first + to->second - 1 - i] =
        there ? source[from->first + from->second - 1 - i] : '\0';
  }
}

std::string next_message(std::string_view& input) {
  Walk walk(input);
  const auto content = walk.content();
  const std::size_t size = content ? content->first + content->second : input.size();
  std::string message(input.substr(0, size));
  input.remove_prefix(size);
  return message;
}

snmp::Credentials credentials(bool v3) {
  snmp::Credentials result;
  result.version = v3 ? "3" : "1";
  result.community = "secret";
  result.user = "admin";
  result.level = "noAuthNoPriv";
  return result;
}

/// The real client, whose every wait lets the module answer what it was asked.
class Answered : public snmp::Client {
 public:
  Answered(bool v3, std::string_view input)
      : v3_(v3), input_(input), real_(snmp::open_netsnmp_client(credentials(v3))) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(module_.number(), generic, size) != 0 ||
        getsockname(module_.number(), generic, &size) != 0) {
      __builtin_trap();
    }
    real_->open({"127.0.0.1", ntohs(address.sin_port)});
  }

  snmp::Peer open(const snmp::Address& /*address*/) override { return 0; }
  snmp::Ticket send(snmp::Peer peer, Request request) override {
    return real_->send(peer, std::move(request));
  }
  std::string name(snmp::Peer peer) const override { return real_->name(peer); }
  Error silence(snmp::Peer peer, Duration waited) const override {
    return real_->silence(peer, waited);
  }

 protected:
  void cancel(snmp::Ticket ticket) override { real_->forget(ticket); }
  std::vector<snmp::Answer> receive(Deadline deadline) override {
    while (answer_one()) {
      auto answers = real_->wait({deadline.clock(), Instant()});
      if (!answers.empty()) return answers;
    }
    return {};
  }

 private:
  bool answer_one() {
    std::array<char, 4096> bytes;
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    auto* generic = reinterpret_cast<sockaddr*>(&from);
    const ssize_t length =
        recvfrom(module_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT, generic, &size);
    if (length <= 0 || input_.empty()) return false;
    const std::string_view asked(bytes.data(), static_cast<std::size_t>(length));
    std::string answer = next_message(input_);
    copy_number(asked, request_id(asked, v3_), answer, request_id(answer, v3_));
    if (v3_) copy_number(asked, message_id(asked), answer, message_id(answer));
    sendto(module_.number(), answer.data(), answer.size(), 0, generic, size);
    return true;
  }

  bool v3_;
  std::string_view input_;
  Descriptor module_{socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  std::unique_ptr<snmp::Client> real_;
};

void ask(const snmp::Contact& contact, unsigned question, Deadline deadline) {
  const auto& chassis = power::kBladeCenter;
  switch (question) {
    case 0:
      for (const auto& row : rows(contact, power::columns(chassis), deadline)) {
        const auto bay = power::decode(chassis, row.index, row.values);
        if (bay.state.word.empty()) __builtin_trap();
      }
      break;
    case 1: {
      const auto values = get(contact, power::objects(chassis, 3), deadline);
      // "off" is nothing but the integer 0 in its place.
      const bool off = power::decode(chassis, 3, values).state.power == power::Power::off;
      if (off != (values.at(2) == snmp::Value(std::int64_t(0)))) __builtin_trap();
      break;
    }
    case 2:
      exchange(contact, {{Request::Kind::set, {chassis.columns.command / 3}, 0}}, deadline)
          .at(0)
          .value();
      break;
    default:
      get(contact, {chassis.type_object, ".1.3.6.1.2.1.1.1.0"_oid, chassis.columns.bay / 99},
          deadline);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  if (size == 0) return 0;
  static const bool quiet = [] {
    log::configure({.on_stderr = log::OnStderr::none});
    return true;
  }();
  static_cast<void>(quiet);
  const unsigned question = data[0] & 3U;
  const bool v3 = (data[0] & 4U) != 0;
  return fuzz::refused_or_done([&] {
    const std::string input = fuzz::text_of(data + 1, size - 1);
    Answered client(v3, input);
    ask({&client, 0}, question, Deadline::after(system_clock(), std::chrono::seconds(5)));
  });
}
