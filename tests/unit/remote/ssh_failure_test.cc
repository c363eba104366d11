#include "remote/ssh_failure.h"

#include "support/catch.h"

using havc::remote::not_reached;

static const havc::remote::Host kHost{"n1", "192.168.2.11", false};

TEST_CASE("each way not to reach a node has its cause and its remedy", "[ssh]") {
  // Words of OpenSSH 9.2.
  const auto [said, cause, remedy] = GENERATE(table<std::string, std::string, std::string>({
      {"@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key for 192.168.2.11 has changed and you have "
       "requested strict checking.\r\nHost key verification failed.\r\n",
       "host key is not the one that is known", "ssh-keygen -R 192.168.2.11"},
      {"No ED25519 host key is known for 192.168.2.11 and you have requested strict checking.\r\nHost key verification "
       "failed.\r\n",
       "host key is not known here: No ED25519", "'ssh 192.168.2.11', compare"},
      {"root@192.168.2.11: Permission denied (publickey).\r\n", "does not let this user in: root@192.168.2.11",
       "ssh-copy-id 192.168.2.11"},
      {"ssh: connect to host 192.168.2.11 port 22: Connection refused\r\n", "nobody listens", "start sshd"},
      {"ssh: connect to host 192.168.2.11 port 22: Connection timed out\r\n", "does not answer", "'ssh 192.168.2.11 true'"},
      {"Connection timed out during banner exchange\r\nConnection to 127.0.0.1 port 22 timed out\r\n",
       "does not answer: Connection timed out during banner exchange", "up"},
      {"ssh: Could not resolve hostname n1: Name or service not known\r\n", "address is not known", "cluster.toml"},
      {"ssh: connect to host 192.168.2.11 port 22: No route to host\r\n", "no way to it", "routes"},
      {"/root/.ssh/config: line 1: Bad configuration option: x\r\n/root/.ssh/config: terminating, 1 bad configuration "
       "options\r\n",
       "configuration here is wrong: /root/.ssh/config: line 1", "correct ~/.ssh/config"},
      {"setpriv: failed to execute ssh: No such file or directory\n", "not installed here", "install openssh-client"},
      {"Something new\n", "ssh failed: Something new", "see what 'ssh 192.168.2.11 true' says"},
      {"", "ssh failed", "see what"},
  }));
  const auto error = not_reached(kHost, said);
  CHECK(error.fault() == havc::Fault::unreachable);
  CHECK_THAT(error.problem(), Catch::StartsWith("node 'n1' (192.168.2.11) was not reached: "));
  CHECK_THAT(error.problem(), Catch::Contains(cause));
  CHECK_THAT(error.remedy(), Catch::Contains(remedy));
}
