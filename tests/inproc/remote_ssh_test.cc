// Nodes by a real ssh and a real sshd: what comes back, and how each way not to reach one is told.

#include "remote_server.h"
#include "support/catch.h"

#include <csignal>

using namespace std::chrono_literals;
using havc::Deadline;
using havc::Error;
using havc::Fault;
using havc::ProcessResult;
using havc::test::patience;
using havc::test::SshServer;

static Deadline in(havc::Duration time) {
  return Deadline::after(havc::system_clock(), time);
}

static Error error_of(const havc::remote::Ssh& ssh, const havc::remote::Host& host,
                      const havc::remote::Command& command, Deadline deadline) {
  try {
    ssh.run(host, command, deadline);
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("no error");
}

TEST_CASE("outputs, input and exit code pass, cold and warm", "[ssh]") {
  SshServer node;
  const auto ssh = node.ssh();
  for (const int code : {0, 1, 127, 255}) {
    const auto result = ssh.run(
        node.host(), {{"sh", "-c", "cat; echo two >&2; exit " + std::to_string(code)}, "one"},
        patience());
    CHECK(result.exit_code == code);
    CHECK(result.output == "one");
    CHECK(result.errors == "two\n");
  }
}

TEST_CASE("arguments with everything a shell knows reach the program", "[ssh]") {
  SshServer node;
  std::string all;
  for (int i = 1; i < 256; ++i) all += static_cast<char>(i);
  const std::vector<std::string> words{all, "",  "$(reboot)", "a b", "-n",
                                       "~", "*", "\n",        "'",   "\\"};
  std::vector<std::string> arguments{"printf", "%s|"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::string expected;
  for (const auto& word : words) expected += word + "|";
  CHECK(node.ssh_without_master().run(node.host(), {arguments}, patience()).output == expected);
}

TEST_CASE("five megabytes come and go, cold and warm", "[ssh]") {
  SshServer node;
  const auto ssh = node.ssh();
  std::string much;
  for (int i = 0; much.size() < 5'000'000; ++i) much += std::to_string(i) + "\n";
  for (int i = 0; i < 2; ++i) {
    CHECK(ssh.run(node.host(), {{"cat"}, much}, patience()).output == much);
    CHECK(ssh.run(node.host(), {{"sh", "-c", "cat >&2"}, much}, patience()).errors == much);
  }
}

TEST_CASE("an output that is too long is no answer", "[ssh]") {
  SshServer node;
  const auto size = GENERATE(1000, 3000000);
  const auto error =
      error_of(node.ssh(), node.host(),
               {.arguments = {"head", "-c", std::to_string(size), "/dev/zero"}, .most_output = 999},
               patience());
  CHECK(error.fault() == Fault::failed);
  CHECK(error.problem() == "'head' on node 'n1' (node1.test) said more than 999 bytes");
}

TEST_CASE("a program that is missing there is not installed", "[ssh]") {
  SshServer node;
  const auto error = error_of(node.ssh(), node.host(), {{"havc-no-such-program"}}, patience());
  CHECK(error.fault() == Fault::not_installed);
  CHECK(error.problem() == "node 'n1' (node1.test) has no program 'havc-no-such-program'");
}

TEST_CASE("what login scripts say is no part of an answer", "[ssh]") {
  SshServer node("ForceCommand echo hello; echo hello >&2; eval \"$SSH_ORIGINAL_COMMAND\"\n");
  const auto result = node.ssh().run(node.host(), {{"echo", "said"}}, patience());
  CHECK(result.output == "said\n");
  CHECK(result.errors == "");
}

TEST_CASE("Pacemaker's programs are found and speak English, whatever the user's environment",
          "[ssh]") {
  SshServer node("SetEnv HOME=/nonexistent PATH=/usr/bin:/bin LC_ALL=C.UTF-8\n");
  CHECK(node.ssh().run(node.host(), {{"sh", "-c", "echo $PATH $LC_ALL"}}, patience()).output ==
        "/usr/bin:/bin:/usr/sbin:/sbin C\n");
}

TEST_CASE("a connection stays open, for later runs and after our end", "[ssh]") {
  SshServer node;
  const auto run = [&] { node.ssh().run(node.host(), {{"true"}}, patience()); };
  run();
  const pid_t master = node.master();
  REQUIRE(master > 0);
  const auto connections = node.connections();
  CHECK(connections.size() == 1);
  run();
  CHECK(node.master() == master);
  CHECK(node.connections() == connections);

  const auto of_master = "/proc/" + std::to_string(master);
  for (const auto* each : {"0", "1", "2"})
    CHECK(std::filesystem::read_symlink(of_master + "/fd/" + each) == "/dev/null");
  CHECK(std::filesystem::read_symlink(of_master + "/cwd") == "/");
  CHECK(getsid(master) != getsid(0));
}

TEST_CASE("without a folder for it no connection is kept", "[ssh]") {
  SshServer node;
  CHECK(node.ssh_without_master().run(node.host(), {{"true"}}, patience()).exit_code == 0);
  CHECK(node.master() == 0);
}

TEST_CASE("a folder that others can look into is refused", "[ssh]") {
  SshServer node;
  std::filesystem::create_directory(node.folder() / "control");
  REQUIRE(chmod((node.folder() / "control").c_str(), 0755) == 0);
  CHECK(error_of(node.ssh(), node.host(), {{"true"}}, patience()).fault() == Fault::permission);
}

TEST_CASE("an old socket without anybody behind it is in nobody's way", "[ssh]") {
  SshServer node;
  const auto ssh = node.ssh();
  ssh.run(node.host(), {{"true"}}, patience());
  node.end(node.master());
  REQUIRE(std::filesystem::exists(node.control()));
  CHECK(ssh.run(node.host(), {{"echo", "said"}}, patience()).output == "said\n");
  CHECK(node.master() > 0);
}

TEST_CASE("a master that hangs costs half of the time, once", "[ssh]") {
  SshServer node;
  const auto ssh = node.ssh();
  ssh.run(node.host(), {{"true"}}, patience());
  const pid_t hanging = node.master();
  node.stop(hanging);
  CHECK(ssh.run(node.host(), {{"echo", "said"}}, patience()).output == "said\n");
  CHECK(node.master() != hanging);
  CHECK(node.master() > 0);
}

TEST_CASE("a connection that hangs costs half of the time, and the program runs once", "[ssh]") {
  SshServer node;
  const auto ssh = node.ssh();
  ssh.run(node.host(), {{"true"}}, patience());
  const auto connections = node.connections();
  for (const pid_t each : connections) node.stop(each);
  const std::string trace = node.folder() / "trace";
  const havc::remote::Command command{{"sh", "-c", "echo run >>" + trace}};
  CHECK(ssh.run(node.host(), command, patience()).exit_code == 0);
  for (const pid_t each : connections) kill(each, SIGCONT);
  CHECK(ssh.run(node.host(), {{"true"}}, patience()).exit_code == 0);
  for (const pid_t each : connections) node.end(each);  // whatever it was still to begin has begun
  CHECK(havc::test::content(trace) == "run\n");
}

TEST_CASE("an sshd that does not answer is told at the deadline", "[ssh]") {
  SshServer node;
  node.stop(node.pid());
  const Deadline late = in(60s);
  const auto error = error_of(node.ssh(), node.host(), {{"true"}}, in(3s));
  CHECK(error.fault() == Fault::unreachable);
  CHECK_THAT(error.problem(),
             Catch::StartsWith("node 'n1' (node1.test) was not reached: it does not answer"));
  CHECK_FALSE(late.expired());
}

TEST_CASE("a program that does not end in time may have been at work", "[ssh]") {
  SshServer node;
  const auto ssh = node.ssh();
  ssh.run(node.host(), {{"true"}}, patience());  // so that a login takes no time of it
  const std::string pid = node.folder() / "program";
  const auto error =
      error_of(ssh, node.host(), {{"sh", "-c", "echo $$ >" + pid + "; exec sleep 1000"}}, in(5s));
  CHECK(error.fault() == Fault::timed_out);
  CHECK(error.problem() == "'sh' on node 'n1' (node1.test) did not end in time");
  node.end(static_cast<pid_t>(std::strtol(havc::test::content(pid).c_str(), nullptr, 10)));
}

TEST_CASE("a connection that breaks is not taken for the program's end", "[ssh]") {
  SshServer node;
  const auto ssh = GENERATE(false, true) ? node.ssh() : node.ssh_without_master();
  const std::string end = "kill -9 $(ps -o ppid= -p $PPID)";  // the sshd of the shell around it
  const auto error =
      error_of(ssh, node.host(), {{"sh", "-c", end + "; sleep 2; exit 0"}}, patience());
  CHECK(error.fault() == Fault::failed);
  CHECK_THAT(error.problem(),
             Catch::StartsWith("the connection to node 'n1' (node1.test) broke while 'sh' ran"));
}

TEST_CASE("each way not to reach a node is told with its cause", "[ssh]") {
  SshServer node;
  const auto ssh = node.ssh();
  std::string cause;
  SECTION("another host key") {
    node.know(havc::test::content(node.folder() / "other.pub"));
    cause = "its host key is not the one that is known";
  }
  SECTION("an unknown host key") {
    node.know("");
    cause = "its host key is not known here";
  }
  SECTION("another user's key") {
    node.configure("IdentityFile " + node.folder() / "other\n");
    node.folder().write("authorized", "");
    cause = "it does not let this user in";
  }
  SECTION("a port without sshd") {
    node.configure("Port " + std::to_string(havc::test::free_port()) + "\n");
    cause = "nobody listens there";
  }
  SECTION("a name that nobody knows") {
    node.configure("HostName havc.invalid\n");
    cause = "its address is not known";
  }
  SECTION("a configuration of ssh that is wrong") {
    node.configure("NoSuchOption yes\n");
    cause = "ssh's configuration here is wrong";
  }
  const auto error = error_of(ssh, node.host(), {{"true"}}, patience());
  CHECK(error.fault() == Fault::unreachable);
  CHECK_THAT(error.problem(),
             Catch::StartsWith("node 'n1' (node1.test) was not reached: " + cause));
  CHECK_FALSE(error.remedy().empty());
}

TEST_CASE("the user's configuration cannot make ssh do something else", "[ssh]") {
  SshServer node;
  node.configure(
      "RemoteCommand echo else\nLocalForward 1 127.0.0.1:1\nRequestTTY force\n"
      "LogLevel DEBUG\nControlPath none\n");
  const auto result = node.ssh().run(node.host(), {{"echo", "said"}}, patience());
  CHECK(result.output == "said\n");
  CHECK(result.errors == "");
}

TEST_CASE("this machine is reached without ssh", "[ssh]") {
  const havc::remote::Ssh ssh({.program = "/nonexistent/ssh"});
  const havc::remote::Host here{"n1", "", true};
  CHECK(ssh.run(here, {{"sh", "-c", "cat; exit 255"}, "one"}, patience()).exit_code == 255);
  CHECK(error_of(ssh, here, {{"havc-no-such-program"}}, patience()).problem() ==
        "this machine, node 'n1' has no program 'havc-no-such-program': cannot run "
        "'havc-no-such-program': No such file or directory");
  CHECK(error_of(ssh, here, {{"sleep", "1000"}}, in(100ms)).fault() == Fault::timed_out);
  CHECK(error_of(ssh, here, {.arguments = {"yes"}, .most_output = 10}, in(1s)).fault() ==
        Fault::timed_out);
  CHECK(error_of(ssh, here, {.arguments = {"echo", "long"}, .most_output = 3}, in(100s)).fault() ==
        Fault::failed);
}

TEST_CASE("ssh that is missing here is told", "[ssh]") {
  const havc::remote::Ssh ssh({.program = "/nonexistent/ssh"});
  CHECK_THAT(
      error_of(ssh, {"n1", "127.0.0.1", false}, {{"true"}}, patience()).what(),
      Catch::Contains("ssh is not installed here") && Catch::Contains("install openssh-client"));
}

TEST_CASE("ssh does not outlive us, however we end, and its master does", "[ssh]") {
  SshServer node;
  const int signal = GENERATE(SIGKILL, SIGINT);
  node.ssh().run(node.host(), {{"true"}}, patience());
  const std::string pid = node.folder() / "program";
  const pid_t us = fork();
  if (us == 0) {
    std::signal(SIGINT, SIG_DFL);  // Catch's own would end the tests
    node.ssh().run(node.host(), {{"sh", "-c", "echo $$ >" + pid + "; exec sleep 1000"}},
                   patience());
    _exit(1);
  }
  const Deadline late = patience();
  while (!havc::test::content(pid).ends_with("\n") && !late.expired()) late.pause(10ms);
  const auto clients = havc::test::children_of(us);
  REQUIRE(clients.size() == 1);
  const auto client = havc::open_process(*clients.begin());
  kill(us, signal);
  CHECK(havc::wait_for_end(client, late));
  CHECK(node.master() > 0);
  waitpid(us, nullptr, 0);
  node.end(static_cast<pid_t>(std::strtol(havc::test::content(pid).c_str(), nullptr, 10)));
}
