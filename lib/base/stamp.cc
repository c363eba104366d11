#include "base/stamp.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <filesystem>

namespace havc {

static std::int64_t seconds(Instant instant) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
}

std::optional<Stamp> read_stamp(const std::string& path, Instant now) {
  constexpr std::size_t kLargest = 4096;
  const std::string content = recall_file(path, kLargest);  // missing: it has not happened yet
  const std::string_view line = text::trim(content);
  const auto blank = std::min(line.find(' '), line.size());
  const auto then = text::number(line.substr(0, blank));
  if (!then) return {};
  const std::int64_t age = seconds(now) - static_cast<std::int64_t>(*then);
  if (age < 0) return {};
  return Stamp{std::chrono::seconds(age), std::string(text::trim(line.substr(blank)))};
}

std::optional<std::string> recent_stamp(const std::string& path, Instant now, Duration interval) {
  const auto stamp = read_stamp(path, now);
  if (!stamp || stamp->age >= interval) return {};
  return stamp->text;
}

void write_stamp(const std::string& path, Instant now, const std::string& text) {
  constexpr mode_t kFolderMode = 0755;
  constexpr mode_t kMode = 0600;
  make_folder(std::filesystem::path(path).parent_path(), kFolderMode);
  write_file(path, std::to_string(seconds(now)) + " " + text + "\n", kMode);
}

}  // namespace havc
