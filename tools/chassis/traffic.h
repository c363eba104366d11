// What happens to packets on their way, and how many there were: one value that the control socket
// sets and the SNMP face obeys.
#pragma once

#include <chrono>
#include <cstdint>

namespace havc::chassis {

struct Traffic {
  bool silent = false;  ///< ignores every request
  int drop = 0;         ///< ignores so many requests to come
  int lose = 0;         ///< obeys so many requests to come, but loses the answers
  std::chrono::milliseconds delay{
      0};  ///< each answer leaves so much later; what it says is from before

  std::uint64_t packets = 0;  ///< datagrams that arrived, ignored ones included
  std::uint64_t answers = 0;  ///< datagrams that left or wait for their delay
  std::uint64_t gets = 0;     ///< variables asked for by GET
  std::uint64_t nexts = 0;    ///< variables asked for by GETNEXT, and each step of a GETBULK
  std::uint64_t sets = 0;     ///< variables to be SET that reached the chassis, whatever came of it
};

}  // namespace havc::chassis
