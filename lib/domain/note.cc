#include "domain/note.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

namespace havc::domain {

namespace {

constexpr std::string_view kFirstLine = "havc note 1";
constexpr std::string_view kLastLine = "end";
constexpr const char* kSuffix = "note";
constexpr std::size_t kLargestNote =
    16384;  // two paths of PATH_MAX with every byte escaped do not fit; nobody has them
constexpr std::string_view kEscaped = "%\n\r";

std::string escape(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char each : value) {
    if (each != '\0' && kEscaped.find(each) == std::string_view::npos) {
      result += each;
      continue;
    }
    const auto byte = static_cast<unsigned char>(each);
    result += '%';
    result += kDigits[byte >> 4U];
    result += kDigits[byte & 15U];
  }
  return result;
}

int digit(char each) {
  if (each >= '0' && each <= '9') return each - '0';
  if (each >= 'A' && each <= 'F') return each - 'A' + 10;
  throw Error(Fault::failed, "a bad escape");
}

std::string unescape(std::string_view value) {
  std::string result;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      result += value[i];
      continue;
    }
    if (i + 2 >= value.size()) throw Error(Fault::failed, "a bad escape");
    result += static_cast<char>(digit(value[i + 1]) * 16 + digit(value[i + 2]));
    i += 2;
  }
  return result;
}

// Throws Error for a damaged one.
Note parse(const std::string& content) {
  const auto lines = text::split(content, "\n");
  if (lines.size() < 2 || lines.front() != kFirstLine || lines.back() != kLastLine ||
      content.back() != '\n') {
    throw Error(Fault::failed, "not a whole note");
  }
  std::map<std::string, std::string> values;
  for (auto line = lines.begin() + 1; line != lines.end() - 1; ++line) {
    const auto equals = line->find('=');
    if (equals == std::string::npos) throw Error(Fault::failed, "a line without '='");
    values[line->substr(0, equals)] = unescape(std::string_view(*line).substr(equals + 1));
  }
  Note note{values["instance"], {values["name"], values["uuid"]}, values["config"]};
  if (note.instance.empty() || note.identity.name.empty())
    throw Error(Fault::failed, "no instance or name");
  return note;
}

}  // namespace

std::string instance_file(const std::string& folder, const std::string& instance,
                          const std::string& suffix) {
  constexpr std::size_t kLongestInstance =
      200;  // NAME_MAX is 255, and a temporary file beside it has more letters
  const bool bad = instance.empty() || instance.size() > kLongestInstance ||
                   instance.find('/') != std::string::npos ||
                   instance.find('\0') != std::string::npos;
  if (bad) {
    throw Error(Fault::misconfigured,
                "the resource's name " + text::quote(instance) + " cannot be a file name",
                "name the resource with at most 200 letters and without '/'");
  }
  return folder + "/havc-" + instance + "." + suffix;
}

std::optional<Note> read_note(const std::string& folder, const std::string& instance) {
  const std::string path = instance_file(folder, instance, kSuffix);
  std::error_code code;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, code))) return std::nullopt;
  try {
    Note note = parse(read_file(path, kLargestNote));
    if (note.instance == instance) return note;
    log::warn("note " + text::quote(path) + " belongs to " + text::quote(note.instance) +
              ", not used");
  } catch (const Error& error) {
    log::warn("note " + text::quote(path) + " is damaged, not used: " + error.problem());
  }
  return std::nullopt;
}

std::vector<Note> read_notes(const std::string& folder) {
  constexpr std::string_view kStart = "havc-";
  constexpr std::string_view kEnd = ".note";
  std::vector<Note> notes;
  std::error_code code;
  for (std::filesystem::directory_iterator file(folder, code), end; !code && file != end;
       file.increment(code)) {
    const std::string name = file->path().filename().string();
    if (!name.starts_with(kStart) || !name.ends_with(kEnd) ||
        name.size() <= kStart.size() + kEnd.size())
      continue;
    auto note =
        read_note(folder, name.substr(kStart.size(), name.size() - kStart.size() - kEnd.size()));
    if (note) notes.push_back(std::move(*note));
  }
  return notes;
}

void write_note(const std::string& folder, const Note& note) {
  constexpr mode_t kFolderMode = 0755;
  constexpr mode_t kNoteMode = 0600;
  const std::string path = instance_file(folder, note.instance, kSuffix);
  make_folder(folder, kFolderMode);
  std::string content(kFirstLine);
  content += "\ninstance=" + escape(note.instance) + "\nname=" + escape(note.identity.name) +
             "\nuuid=" + escape(note.identity.uuid) + "\nconfig=" + escape(note.config) + "\n";
  write_file(path, content + std::string(kLastLine) + "\n", kNoteMode);
}

void renew_note(const std::string& folder, const Note& note) noexcept {
  try {
    write_note(folder, note);
  } catch (const std::exception& error) {
    log::warn(error.what());
    drop_note(folder, note.instance);
  }
}

void drop_note(const std::string& folder, const std::string& instance) noexcept {
  try {
    remove_file(instance_file(folder, instance, kSuffix));
  } catch (const std::exception& error) {
    log::warn(error.what());
  }
}

}  // namespace havc::domain
