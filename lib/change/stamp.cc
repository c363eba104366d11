#include "change/stamp.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "node/files.h"
#include "node/sha256.h"

namespace havc::change {

namespace {

using nlohmann::ordered_json;

constexpr char kSchema[] = "havc.applied/1";

}  // namespace

std::string Stamp::text() const {
  return fmt::format("apply {}, by {} on {} at {}", serial, user.empty() ? "somebody" : user,
                     machine.empty() ? "some machine" : machine, when);
}

File stamp_file(const Stamp& stamp) {
  File file{.path = std::string(node::kInventoryFolder) + "/" + kStampFile};
  file.content =
      ordered_json{{"schema", kSchema},        {"serial", stamp.serial}, {"digest", stamp.digest},
                   {"machine", stamp.machine}, {"user", stamp.user},     {"when", stamp.when}}
          .dump(2, ' ', false, ordered_json::error_handler_t::replace) +
      "\n";
  file.hash = node::sha256(file.content);
  return file;
}

Stamp parse_stamp(const std::string& text, const std::string& source) {
  try {
    const auto json = ordered_json::parse(text);
    if (json.at("schema") != kSchema) throw std::runtime_error("its schema is another");
    return {.serial = json.at("serial").get<int>(),
            .digest = json.at("digest").get<std::string>(),
            .machine = json.at("machine").get<std::string>(),
            .user = json.at("user").get<std::string>(),
            .when = json.at("when").get<std::string>()};
  } catch (const std::exception& error) {
    throw Error(Fault::unusable_here,
                fmt::format("{} cannot be read: {}", source, text::one_line(error.what(), 200)));
  }
}

Stamp stamp_of(const Record& record) {
  return {record.serial, record.digest, record.machine, record.user, record.when};
}

std::optional<Stamp> own_stamp(const Records& records) {
  const auto listing = records.list();
  if (listing.records.empty()) return {};
  return stamp_of(listing.records.back());
}

}  // namespace havc::change
