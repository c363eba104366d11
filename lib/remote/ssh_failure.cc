#include "remote/ssh_failure.h"

#include <fmt/format.h>

#include "base/text.h"

namespace havc::remote {

namespace {

struct Row {
  std::string_view word;    // of OpenSSH 8.0 to 9.9, in one of its lines
  std::string_view cause;   // before that line
  std::string_view remedy;  // {} is the address
};

// The first that is found counts: ssh ends with a general word after the special one.
constexpr Row kRows[] = {
    {"HOST IDENTIFICATION HAS CHANGED", "its host key is not the one that is known",
     "if the node was installed anew, run 'ssh-keygen -R {0}' and then 'ssh {0}'; if not, another "
     "machine answers in its place"},
    {"host key is known for", "its host key is not known here",
     "run 'ssh {}', compare the fingerprint with the node's own, and accept it"},
    {"Host key verification failed", "its host key is not known here",
     "run 'ssh {}', compare the fingerprint with the node's own, and accept it"},
    {"Too many authentication failures", "too many keys were offered",
     "name the one for it in ~/.ssh/config, with IdentityFile and IdentitiesOnly"},
    {"Permission denied", "it does not let this user in",
     "run 'ssh-copy-id {}'; a key with a passphrase needs 'ssh-add' first"},
    {"Could not resolve hostname", "its address is not known",
     "correct the node's address in cluster.toml, or the name in DNS"},
    {"Connection refused", "nobody listens there",
     "start sshd on the node, or correct its address or port"},
    {"No route to host", "there is no way to it",
     "see whether the node is up, and the routes and firewalls on the way"},
    {"Network is unreachable", "there is no way to it",
     "see whether the node is up, and the routes and firewalls on the way"},
    {"timed out", "it does not answer", "see whether the node and its sshd are up: 'ssh {} true'"},
    {"not responding", "it does not answer",
     "see whether the node and its sshd are up: 'ssh {} true'"},
    {"Unable to negotiate", "it has no cipher or key type in common with this machine",
     "update ssh on the older side"},
    {"Bad configuration option", "ssh's configuration here is wrong", "correct ~/.ssh/config"},
    {"Bad owner or permissions", "ssh's configuration here is refused",
     "let nobody else write to ~/.ssh/config"},
    {"failed to execute", "ssh is not installed here", "install openssh-client on this machine"},
    {"Connection closed by", "it turned the connection away",
     "look for the reason in sshd's log on the node"},
    {"Connection reset by", "it turned the connection away",
     "look for the reason in sshd's log on the node"},
    {"", "ssh failed", "see what 'ssh {} true' says"},
};

std::string line_with(std::string_view word, std::string_view said) {
  for (const auto& line : text::split(said, "\r\n")) {
    if (line.find(word) != std::string::npos) return line;
  }
  return {};
}

}  // namespace

std::string named(const Host& host) {
  if (host.here) return "this machine, node " + text::quote(host.name);
  return fmt::format("node {} ({})", text::quote(host.name), host.address);
}

Error not_reached(const Host& host, std::string_view ssh_said) {
  constexpr std::size_t kLongest = 160;
  const Row* row = kRows;
  while (ssh_said.find(row->word) == std::string_view::npos) ++row;  // the last is always found
  const std::string words =
      text::one_line(row->word.empty() ? ssh_said : line_with(row->word, ssh_said), kLongest);
  return {Fault::unreachable,
          fmt::format("{} was not reached: {}{}{}", named(host), row->cause,
                      words.empty() ? "" : ": ", words),
          fmt::format(fmt::runtime(row->remedy), host.address)};
}

}  // namespace havc::remote
