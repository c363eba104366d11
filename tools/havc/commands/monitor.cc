// havc monitor: QEMU's own monitor (HMP), through libvirt on the node where a VM runs.

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "base/text.h"
#include "havc/commands.h"
#include "havc/place.h"

namespace havc::cli {

namespace {

constexpr OptionRow kOptions[] = {
    kOneVm,
    {"WORD", "", "A command of QEMU's monitor; without one, each line that is typed is one",
     Takes::rest},
    kOn,
};

constexpr Example kExamples[] = {
    {"Whether it runs, to QEMU's mind:", "havc monitor DB-01 info status"},
    {"Its block devices:", "havc monitor DB-01 info block"},
};

/// HMP's "quit" ends QEMU at once, where everybody who types it means the monitor.
bool means_quit(const std::string& line) {
  const auto words = text::split(line, " \t");
  return !words.empty() && (words[0] == "quit" || words[0] == "q");
}

ProcessResult hmp(const Reach& reach, const Place& place, const std::string& line,
                  Deadline deadline) {
  return reach.run()(
      place.host,
      {virsh({"qemu-monitor-command", "--hmp", "--domain", place.domain, "--cmd", line})},
      deadline);
}

int say(Call& call, const ProcessResult& result) {
  call.out() << result.output << std::flush;
  call.err() << result.errors << std::flush;
  return result.exit_code;
}

int talk(Call& call, const Reach& reach, const Place& place) {
  const bool terminal = isatty(STDIN_FILENO) == 1;
  if (terminal)
    call.err() << fmt::format("QEMU's monitor of {} on node {}; 'quit' leaves it\n", place.domain,
                              place.host.name);
  int last = kDone;
  std::string line;
  while (true) {
    if (terminal) call.err() << "(qemu) " << std::flush;
    if (!std::getline(std::cin, line) || means_quit(line)) return last;
    if (text::trim(line).empty()) continue;
    try {
      last = say(call,
                 hmp(reach, place, line, Deadline::after(system_clock(), call.common().timeout)));
    } catch (const Error& error) {
      if (!terminal) throw;
      call.err() << "havc: " << error.what() << '\n';
      last = kFailed;
    }
  }
}

int monitor(Call& call) {
  const Reach reach(call);
  const std::string line = text::join(call.texts("WORD"), " ");
  if (means_quit(line))
    throw Error(Fault::misconfigured, "'quit' would end the virtual machine at once",
                "use 'havc stop'");
  const Place place = place_of(call, reach, call.text("VM"));
  if (line.empty()) return talk(call, reach, place);
  return say(call, hmp(reach, place, line, call.deadline()));
}

}  // namespace

const Command kMonitor{
    .name = "monitor",
    .group = Group::reach,
    .summary = "QEMU's monitor of a VM",
    .description =
        "Finds the node where the VM runs and gives commands to QEMU's human monitor, through "
        "libvirt. Without a command it reads them line by line, until 'quit' or the end of input. "
        "What is changed there neither libvirt nor Pacemaker knows of.",
    .options = kOptions,
    .examples = kExamples,
    .exit_status = "That of virsh; of several commands, the last.",
    .run = monitor,
};

}  // namespace havc::cli
