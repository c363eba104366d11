// havc node report: what this node says of itself; how one node's havc is asked by another's.

#include "base/input.h"
#include "base/worker.h"
#include "havc/call.h"
#include "havc/commands.h"
#include "node/collect.h"

#include <unistd.h>

#include <ostream>

namespace havc::cli {

namespace {

int node_report(Call& call) {
  constexpr std::size_t kMostQuestion = 4 << 20;
  const std::string text = read_input(STDIN_FILENO, kMostQuestion, call.deadline());
  const auto question = node::parse_question(text, "the question on standard input");
  const auto report = node::collect(question, {}, Deadline::after(system_clock(), question.limit));
  call.out() << node::to_json(report) << '\n' << std::flush;
  // What hangs is left behind; a thread of libvirt's may be stuck.
  leave_process(call.out() ? kDone : kFailed);
}

}  // namespace

const Command kNodeReport{
    .name = "node report",
    .group = Group::node,
    .summary = "Tell what this node says of itself",
    .description =
        "For havc on other nodes: reads a question as JSON from standard input and answers in "
        "JSON, within the time that the question gives. Changes nothing.",
    .run = node_report,
    .hidden = true,
};

}  // namespace havc::cli
