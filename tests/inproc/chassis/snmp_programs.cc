#include "inproc/chassis/snmp_programs.h"

#include "base/clock.h"
#include "base/deadline.h"
#include "base/error.h"
#include "base/text.h"
#include "chassis/udp.h"

#include <poll.h>

using namespace std::chrono_literals;

namespace havc::test {

std::vector<std::string> simulator_arguments(std::vector<std::string> more) {
  more.insert(more.begin(), {"--community", "secret", "--read-only-community", "look", "--user",
                             "admin:SHA:authpass1:AES:privpass1", "--bay", "3=node1,latency=200"});
  return more;
}

ProcessResult ask(const ChassisProcess& chassis, const std::string& program,
                  const std::vector<std::string>& who, const std::vector<std::string>& what) {
  std::vector<std::string> words{"env",
                                 "SNMPCONFPATH=/dev/null/none",
                                 "SNMP_PERSISTENT_DIR=/dev/null/none",
                                 program,
                                 "-m",
                                 "",
                                 "-Oqv",
                                 "-t1",
                                 "-r20"};
  words.insert(words.end(), who.begin(), who.end());
  words.push_back(chassis.peer());
  words.insert(words.end(), what.begin(), what.end());
  return run_process(words, "", Deadline::after(system_clock(), 30s));
}

std::string get(const ChassisProcess& chassis, const std::string& id,
                const std::vector<std::string>& who) {
  return std::string(text::trim(ask(chassis, "snmpget", who, {id}).output));
}

std::string set(const ChassisProcess& chassis, const std::string& id, const std::string& value,
                const std::vector<std::string>& who) {
  const ProcessResult result = ask(chassis, "snmpset", who, {id, "i", value});
  return result.exit_code == 0 ? "" : result.errors + "ended badly";
}

bool becomes(const ChassisProcess& chassis, const std::string& id, const std::string& value) {
  const auto deadline = Deadline::after(system_clock(), 20s);
  while (get(chassis, id) != value) {
    if (deadline.expired()) return false;
    deadline.pause(20ms);
  }
  return true;
}

// Empty names and ids: whoever gets it has to say who it is.
std::string engine_of(const ChassisProcess& chassis) {
  const std::string question(
      "\x30\x3a\x02\x01\x03\x30\x0f\x02\x02\x11\x22\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03"
      "\x04\x10\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00"
      "\x30\x12\x04\x00\x04\x00\xa0\x0c\x02\x02\x11\x22\x02\x01\x00\x02\x01\x00\x30\x00",
      60);
  constexpr std::size_t kPlace = 26;  // of the engine id in the answer
  const Descriptor socket = chassis::connected_to(chassis::endpoint(chassis.address()));
  for (int attempt = 0; attempt < 20; ++attempt) {
    chassis::send_on(socket, question);
    pollfd polled{socket.number(), POLLIN, 0};
    std::string answer;
    chassis::Endpoint from;
    if (poll(&polled, 1, 1000) <= 0 || !chassis::receive(socket, answer, from)) continue;
    if (answer.size() > kPlace + 2 && answer[kPlace] == 0x04)
      return answer.substr(kPlace + 2, static_cast<unsigned char>(answer[kPlace + 1]));
  }
  throw Error(Fault::timed_out, "no SNMPv3 engine answers at " + chassis.address());
}

}  // namespace havc::test
