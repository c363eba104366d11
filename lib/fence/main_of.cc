#include "fence/main_of.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/input.h"
#include "base/log.h"
#include "base/worker.h"
#include "fence/run.h"
#include "stonith/run.h"

namespace havc::fence {

namespace {

using namespace std::chrono_literals;

// A cluster writes its few lines at once. A person at a terminal may take as long as he likes.
constexpr auto kMostInputTime = 15s;

std::string standard_input() {
  const bool terminal = isatty(STDIN_FILENO) != 0;
  if (terminal) {
    write_output(STDERR_FILENO,
                 "Reading name=value lines; press Ctrl-D behind the last one. --help shows options "
                 "to give instead.\n",
                 Deadline::after(system_clock(), 1s));
  }
  const Duration time = terminal ? Duration(std::chrono::hours(1)) : Duration(kMostInputTime);
  return read_input(STDIN_FILENO, kMostInput, Deadline::after(system_clock(), time));
}

}  // namespace

void main_of(const power::Chassis& chassis, const power::OpenClient& open,
             const CommandLine& command_line, int count, char** words) {
  std::string_view name(count > 0 ? words[0] : "");
  name.remove_prefix(name.rfind('/') + 1);
  if (!name.starts_with("fence_")) stonith::main_of(chassis, open, count, words);
  settle_process();
  const Answer answer = run(chassis, open, command_line,
                            {.arguments = {words + std::min(count, 1), words + count},
                             .standard_input = standard_input,
                             .environment = Environment::of_process(),
                             .clock = system_clock(),
                             .watchdog = true});
  const int exit_code = print_and_end(name, answer.exit_code, answer.output, answer.errors);
  log::hand_over();
  // Without destructors at the end: a look-up of names may still hang on a thread.
  leave_process(exit_code);
}

}  // namespace havc::fence
