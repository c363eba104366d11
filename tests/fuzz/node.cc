// What a node says, what it is asked and what is sent to it: JSON from another machine.

#include "node/question.h"
#include "node/receive.h"
#include "node/report.h"
#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  const std::string text = fuzz::text_of(data, size);
  fuzz::refused_or_done([&] {
    const auto once = node::to_json(node::parse_report(text, "node 'n1'"));
    if (node::to_json(node::parse_report(once, "node 'n1'")) != once) __builtin_trap();
  });
  fuzz::refused_or_done([&] {
    const auto question = node::parse_question(text, "standard input");
    if (question.limit.count() < 100 || question.limit > std::chrono::minutes(10)) {
      __builtin_trap();
    }
  });
  fuzz::refused_or_done([&] {
    for (const auto& file : node::parse_parcel(text, "standard input").files) {
      const bool refused = !node::why_no_destination(file.path).empty();
      if (!refused && file.path.find("/../") != std::string::npos) __builtin_trap();
    }
  });
  fuzz::refused_or_done([&] { node::parse_receipts(text, "node 'n1'"); });
  return 0;
}
