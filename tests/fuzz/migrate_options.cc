// The parameter migrate_options: quoted words of virsh migrate.

#include "domain/migrate_options.h"
#include "base/shell_words.h"
#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  const std::string text = fuzz::text_of(data, size);
  const auto read = domain::read_migrate_options(text);
  const auto* const options = std::get_if<domain::MigrateOptions>(&read);
  // A refusal says why, and what was accepted leaves the destination to the agent.
  if (options == nullptr && std::get<std::string>(read).empty()) __builtin_trap();
  if (options != nullptr && !options->plan.destination_uri.empty()) __builtin_trap();
  return fuzz::refused_or_done([&] { static_cast<void>(shell_words(text)); });
}
