#include "domain/migrate_options.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/shell_words.h"
#include "base/text.h"

namespace havc::domain {

namespace {

Error refusal(const std::string& why) {
  return {Fault::misconfigured, why};
}

/// A row either sets one of these or says why it cannot be.
enum class Takes { nothing, number, text, refused };

struct Option {
  std::string_view word;
  Takes takes;
  void (*flag)(MigrateOptions& options) = nullptr;
  void (*number)(MigrateOptions& options, int value) = nullptr;
  void (*text)(MigrateOptions& options, const std::string& value) = nullptr;
  std::string_view why = {};
};

using Chosen = MigrateOptions&;
constexpr Option flag(std::string_view word, void (*set)(Chosen)) {
  return {word, Takes::nothing, set};
}
constexpr Option number(std::string_view word, void (*set)(Chosen, int)) {
  return {word, Takes::number, nullptr, set};
}
constexpr Option text_of(std::string_view word, void (*set)(Chosen, const std::string&)) {
  return {word, Takes::text, nullptr, nullptr, set};
}
constexpr Option refused(std::string_view word, std::string_view why) {
  return {word, Takes::refused, nullptr, nullptr, nullptr, why};
}

// A definition moves: it stays on neither, or on one side.
void make_persistent(Chosen options) {
  options.plan.persistent = true;
  options.plan.undefine_source = true;
}

void act_at_timeout(Chosen options, AtTimeout act) {
  options.at_timeout = act;
  if (act == AtTimeout::postcopy) options.plan.postcopy = true;
}

constexpr std::string_view kOtherDefinition = "the target would run another definition";

// In the order of `virsh help migrate`.
constexpr std::array kOptions{
    refused("domain", "the agent says which one"),
    refused("desturi", "use remoteuri"),
    flag("live", [](Chosen) {}),
    refused("offline", "a guest that runs would stay where it is"),
    flag("p2p", [](Chosen it) { it.plan.mode = std::max(it.plan.mode, MigrationMode::p2p); }),
    refused("direct", "QEMU cannot do it"),
    flag("tunnelled", [](Chosen it) { it.plan.mode = MigrationMode::tunnelled; }),
    flag("persistent", make_persistent),
    flag("undefinesource", make_persistent),
    refused("suspend", "the guest would stand still on the target"),
    flag("copy-storage-all", [](Chosen it) { it.plan.storage = StorageCopy::all; }),
    flag("copy-storage-inc", [](Chosen it) { it.plan.storage = StorageCopy::increment; }),
    flag("copy-storage-synchronous-writes", [](Chosen it) { it.plan.storage_synchronous = true; }),
    flag("change-protection", [](Chosen) {}),
    flag("unsafe", [](Chosen it) { it.plan.unsafe = true; }),
    flag("verbose", [](Chosen) {}),
    flag("compressed", [](Chosen it) { it.plan.compressed = true; }),
    flag("auto-converge", [](Chosen it) { it.plan.auto_converge = true; }),
    flag("rdma-pin-all", [](Chosen it) { it.plan.rdma_pin_all = true; }),
    flag("abort-on-error", [](Chosen it) { it.plan.abort_on_error = true; }),
    flag("postcopy", [](Chosen it) { it.plan.postcopy = true; }),
    flag("postcopy-after-precopy",
         [](Chosen it) { it.plan.postcopy = it.postcopy_after_precopy = true; }),
    refused("postcopy-resume", "it is for a migration that broke, not for the next one"),
    flag("zerocopy", [](Chosen it) { it.plan.zerocopy = true; }),
    text_of("migrateuri", [](Chosen it, const std::string& value) { it.plan.migrate_uri = value; }),
    text_of("graphicsuri",
            [](Chosen it, const std::string& value) { it.plan.graphics_uri = value; }),
    text_of("listen-address",
            [](Chosen it, const std::string& value) { it.plan.listen_address = value; }),
    refused("dname", "the cluster would look for the old name"),
    number("timeout", [](Chosen it, int value) { it.timeout = std::chrono::seconds(value); }),
    flag("timeout-suspend", [](Chosen it) { act_at_timeout(it, AtTimeout::suspend); }),
    flag("timeout-postcopy", [](Chosen it) { act_at_timeout(it, AtTimeout::postcopy); }),
    refused("xml", kOtherDefinition),
    text_of("migrate-disks",
            [](Chosen it, const std::string& value) { it.plan.disks = text::split(value, ","); }),
    number("disks-port", [](Chosen it, int value) { it.plan.disks_port = value; }),
    text_of("disks-uri", [](Chosen it, const std::string& value) { it.plan.disks_uri = value; }),
    text_of("comp-methods",
            [](Chosen it, const std::string& value) { it.plan.compression = value; }),
    number("comp-mt-level", [](Chosen it, int value) { it.plan.compression_level = value; }),
    number("comp-mt-threads", [](Chosen it, int value) { it.plan.compression_threads = value; }),
    number("comp-mt-dthreads", [](Chosen it, int value) { it.plan.decompression_threads = value; }),
    number("comp-xbzrle-cache", [](Chosen it, int value) { it.plan.compression_cache = value; }),
    number("auto-converge-initial",
           [](Chosen it, int value) { it.plan.auto_converge_initial = value; }),
    number("auto-converge-increment",
           [](Chosen it, int value) { it.plan.auto_converge_increment = value; }),
    refused("persistent-xml", kOtherDefinition),
    flag("tls", [](Chosen it) { it.plan.tls = true; }),
    number("postcopy-bandwidth", [](Chosen it, int value) { it.plan.postcopy_bandwidth = value; }),
    // Two are QEMU's default.
    flag("parallel",
         [](Chosen it) { it.plan.parallel = it.plan.parallel == 0 ? 2 : it.plan.parallel; }),
    number("parallel-connections", [](Chosen it, int value) { it.plan.parallel = value; }),
    number("bandwidth", [](Chosen it, int value) { it.plan.bandwidth = value; }),
    text_of("tls-destination",
            [](Chosen it, const std::string& value) { it.plan.tls_destination = value; }),
};

std::string_view bare(std::string_view word) {
  if (word.substr(0, 2) == "--") word.remove_prefix(2);
  return word.substr(0, word.find('='));
}

const Option& option_of(std::string_view word) {
  const auto name = bare(word);
  const auto* const found = std::find_if(kOptions.begin(), kOptions.end(),
                                         [&](const Option& each) { return each.word == name; });
  if (found != kOptions.end()) return *found;
  throw refusal(text::quote(word) + " is not an option of virsh migrate");
}

int number_in(const std::string& word, const std::string& value) {
  const auto number = text::number(value, std::numeric_limits<int>::max());
  if (!number) throw refusal(text::quote(word) + " needs a number, not " + text::quote(value));
  return static_cast<int>(*number);
}

class Reader {
 public:
  explicit Reader(std::vector<std::string> words) : words_(std::move(words)) {}

  MigrateOptions read() {
    while (next_ < words_.size()) take(words_[next_++]);
    refuse_contradictions();
    return std::move(options_);
  }

 private:
  void take(const std::string& word) {
    const Option& option = option_of(word);
    const std::string name = "--" + std::string(option.word);
    seen_.push_back(option.word);
    switch (option.takes) {
      case Takes::refused:
        throw refusal(text::quote(name) + " cannot be: " + std::string(option.why));
      case Takes::nothing:
        if (word.find('=') != std::string::npos)
          throw refusal(text::quote(name) + " takes no value");
        return option.flag(options_);
      case Takes::number:
        return option.number(options_, number_in(name, value_of(word, name)));
      case Takes::text:
        return option.text(options_, value_of(word, name));
    }
  }

  std::string value_of(const std::string& word, const std::string& name) {
    const auto equals = word.find('=');
    const bool follows = equals == std::string::npos && next_ < words_.size();
    std::string value;
    if (follows) value = words_[next_++];
    if (equals != std::string::npos) value = word.substr(equals + 1);
    if (value.empty() || value.substr(0, 2) == "--") {
      throw refusal(text::quote(name) + " needs a value");
    }
    return value;
  }

  bool seen(std::string_view word) const {
    return std::find(seen_.begin(), seen_.end(), word) != seen_.end();
  }

  void exclude(std::string_view one, std::string_view other) const {
    if (!seen(one) || !seen(other)) return;
    throw refusal("'--" + std::string(one) + "' and '--" + std::string(other) +
                  "' exclude each other");
  }

  void require(std::string_view word, std::string_view needed) const {
    if (!seen(word) || seen(needed)) return;
    throw refusal("'--" + std::string(word) + "' needs '--" + std::string(needed) + "'");
  }

  // As virsh refuses them.
  void refuse_contradictions() const {
    exclude("timeout-suspend", "timeout-postcopy");
    exclude("copy-storage-all", "copy-storage-inc");
    require("timeout-suspend", "timeout");
    require("timeout-postcopy", "timeout");
    if (seen("timeout") && options_.timeout.count() == 0) {
      throw refusal("'--timeout' needs a number above 0");
    }
  }

  std::vector<std::string> words_;
  std::size_t next_ = 0;
  std::vector<std::string_view> seen_;
  MigrateOptions options_;
};

}  // namespace

std::variant<MigrateOptions, std::string> read_migrate_options(std::string_view text) {
  try {
    return Reader(shell_words(text)).read();
  } catch (const Error& error) {
    return error.problem();
  }
}

}  // namespace havc::domain

namespace havc::options {

std::optional<domain::MigrateOptions> Text<domain::MigrateOptions>::parse(std::string_view text) {
  auto read = domain::read_migrate_options(text);
  if (auto* const options = std::get_if<domain::MigrateOptions>(&read)) return std::move(*options);
  return {};
}

std::string Text<domain::MigrateOptions>::explain(std::string_view text) {
  const auto read = domain::read_migrate_options(text);
  const auto* const why = std::get_if<std::string>(&read);
  return why ? *why : std::string();
}

}  // namespace havc::options
