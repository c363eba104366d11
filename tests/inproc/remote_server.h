// A real sshd on a port of its own, as a node that is reached by ssh: own keys, own configuration
// on both sides, nothing of the machine's. It goes with the object, and so do ssh's masters.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/pidfd.h"
#include "base/process.h"
#include "remote/ssh.h"
#include "support/temporary_folder.h"

namespace havc::test {

inline Deadline patience() {
  return Deadline::after(system_clock(), std::chrono::seconds(120));  // the machine may be busy
}

inline std::string must_run(const std::vector<std::string>& arguments) {
  const auto result = run_process(arguments, "", patience());
  if (result.exit_code != 0) throw Error(Fault::failed, arguments[0] + ": " + result.words());
  return result.output;
}

inline int free_port() {
  const Descriptor any(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(any.number(), reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      getsockname(any.number(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw Error(Fault::failed, "no free port");
  return ntohs(address.sin_port);
}

inline std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Of a process, by /proc; 0 when it has gone.
inline pid_t parent_of(pid_t pid) {
  const std::string stat = content("/proc/" + std::to_string(pid) + "/stat");
  const auto after = stat.rfind(") ");
  if (after == std::string::npos) return 0;
  return static_cast<pid_t>(std::strtol(stat.c_str() + after + 4, nullptr, 10));
}

inline std::set<pid_t> children_of(pid_t pid) {
  std::set<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto number =
        static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    if (number > 0 && parent_of(number) == pid) found.insert(number);
  }
  return found;
}

class SshServer {
 public:
  /// `more` are lines for sshd's configuration.
  explicit SshServer(const std::string& more = "") : more_(more) {
    constexpr int kSkipped = 77;
    if (access(kSshd, X_OK) != 0 || geteuid() != 0 ||
        find_program("ssh", "/usr/bin:/bin").empty()) {
      std::cerr << "skipped: needs root, ssh and sshd\n";
      std::exit(kSkipped);
    }
    mkdir("/run/sshd", 0755);  // as its package does at boot
    for (const auto* key : {"host", "user", "other"})
      must_run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder_ / key});
    folder_.write("authorized", content(folder_ / "user.pub"));
    for (int tries = 0; tries < 10 && !started(); ++tries) {
    }
    know(content(folder_ / "host.pub"));
    configure("");
  }
  ~SshServer() {
    for (const pid_t each : stopped_) kill(each, SIGCONT);
    end(master());
    for (const pid_t each : masters_) end(each);
    for (const pid_t each : children_of(pid_)) end(each);
    end(pid_);
  }
  SshServer(const SshServer&) = delete;
  SshServer& operator=(const SshServer&) = delete;

  /// By name; ssh's configuration has the address.
  remote::Host host() const { return {"n1", "node1.test", false}; }
  remote::Ssh ssh() const {
    return remote::Ssh({.control_folder = folder_ / "control", .config = folder_ / "config"});
  }
  remote::Ssh ssh_without_master() const { return remote::Ssh({.config = folder_ / "config"}); }
  const TemporaryFolder& folder() const { return folder_; }
  pid_t pid() const { return pid_; }

  /// Lines for ssh's configuration, before the others: the first counts.
  void configure(const std::string& lines) const {
    folder_.write("config", "Host node1.test\n" + lines + "HostName 127.0.0.1\nPort " +
                                std::to_string(port_) + "\nUser root\nIdentityFile " +
                                folder_ / "user" + "\nIdentitiesOnly yes\nUserKnownHostsFile " +
                                folder_ / "known" +
                                "\nGlobalKnownHostsFile /dev/null\nStrictHostKeyChecking yes\n"
                                "CheckHostIP no\n");
  }
  /// What ssh takes for the host's key; empty: it knows none.
  void know(const std::string& key) const {
    folder_.write("known", key.empty() ? "" : "[127.0.0.1]:" + std::to_string(port_) + " " + key);
  }

  std::string control() const { return folder_ / "control/node1.test"; }
  /// The process that keeps the connection; 0 without one.
  pid_t master() {
    const pid_t found = master_of(control());
    if (found > 0) masters_.insert(found);
    return found;
  }
  /// Those of sshd that serve connections.
  std::set<pid_t> connections() const { return children_of(pid_); }

  void stop(pid_t process) {
    stopped_.insert(process);
    kill(process, SIGSTOP);
  }
  void end(pid_t process) const {
    if (process <= 0) return;
    const Descriptor handle = open_process(process);
    kill(process, SIGKILL);
    if (handle) wait_for_end(handle, patience());
  }

 private:
  static constexpr const char* kSshd = "/usr/sbin/sshd";
  std::string more_;
  TemporaryFolder folder_;
  int port_ = 0;
  pid_t pid_ = 0;
  std::set<pid_t> stopped_, masters_;

  bool started() {
    port_ = free_port();
    const std::string config = folder_.write(
        "sshd_config",
        "ListenAddress 127.0.0.1\nPort " + std::to_string(port_) + "\nHostKey " + folder_ / "host" +
            "\nAuthorizedKeysFile " + folder_ / "authorized" + "\nPidFile " + folder_ / "pid" +
            "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPermitRootLogin yes\n"
            "MaxStartups 200\nMaxSessions 100\nPrintMotd no\n" +
            more_ + "SetEnv HOME=" + folder_.path() + "\n");  // the first SetEnv counts
    const auto result = run_process({kSshd, "-f", config, "-E", folder_ / "log"}, "", patience());
    if (result.exit_code != 0) return false;  // somebody else took the port
    const Deadline late = patience();
    while (content(folder_ / "pid").find('\n') == std::string::npos && !late.expired())
      late.pause(std::chrono::milliseconds(5));
    pid_ = static_cast<pid_t>(std::strtol(content(folder_ / "pid").c_str(), nullptr, 10));
    return pid_ > 0;
  }

  pid_t master_of(const std::string& socket) const {
    const auto result =
        run_process({"ssh", "-F", folder_ / "config", "-S", socket, "-O", "check", "node1.test"},
                    "", patience());
    const auto at = result.errors.find("pid=");
    if (result.exit_code != 0 || at == std::string::npos) return 0;
    return static_cast<pid_t>(std::strtol(result.errors.c_str() + at + 4, nullptr, 10));
  }
};

}  // namespace havc::test
