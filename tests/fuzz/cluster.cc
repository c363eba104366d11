// What crm_mon and cibadmin print, separated by a line of "----", and the words that follow.

#include "cluster/state.h"
#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  const std::string kSeparator = "\n----\n";
  const std::string text = fuzz::text_of(data, size);
  const auto end = text.find(kSeparator);
  cluster::Status status;
  cluster::Configuration configuration;
  fuzz::refused_or_done([&] { status = cluster::parse_status(text.substr(0, end), "crm_mon"); });
  if (end != std::string::npos) {
    const std::string cib = text.substr(end + kSeparator.size());
    fuzz::refused_or_done([&] { configuration = cluster::parse_configuration(cib, "cibadmin"); });
  }
  const cluster::Overview overview(status, &configuration);
  for (const auto& each : status.resources) {
    const auto state = cluster::state_of(overview, {.id = each.id});
    if (state.nodes.size() > 1 && state.word != cluster::Word::duplicate &&
        state.word != cluster::Word::migrating) {
      __builtin_trap();  // nothing may hide a second node
    }
  }
  for (const auto& each : configuration.vms) {
    if (configuration.timeout(each, "stop").count() < 0) __builtin_trap();
  }
  return 0;
}
