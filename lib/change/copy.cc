#include "change/copy.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "node/sha256.h"

namespace havc::change {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = std::size_t{1} << 20U;  // a template with a large comment
constexpr std::size_t kMostFiles = 10000;                    // as inventory::read
constexpr char kClusterFile[] = "cluster.toml";
constexpr mode_t kFolderMode = 0755;
constexpr mode_t kFileMode = 0640;  // an address for mail, or a password in a template

struct Place {
  const char* folder;
  const char* ending;
};
constexpr Place kPlaces[] = {{"vms", ".toml"}, {"templates", ""}};

Error unreadable(const std::string& folder, const std::error_code& code) {
  return {fault_of(code.value()),
          "cannot read folder " + text::quote(folder) + ": " + code.message(),
          "correct its permissions"};
}

bool belongs(const fs::path& path, const Place& place) {
  const std::string name = path.filename().string();
  std::error_code code;
  return !name.starts_with(".") && name.ends_with(place.ending) && fs::is_regular_file(path, code);
}

/// Names of files of a place, "vms/WEB-01.toml"; none without the folder.
std::vector<std::string> names_of(const std::string& folder, const Place& place) {
  const fs::path below = fs::path(folder) / place.folder;
  std::vector<std::string> names;
  std::error_code code;
  fs::directory_iterator each(below, code);
  if (code == std::errc::no_such_file_or_directory) return names;
  while (!code && each != fs::directory_iterator()) {
    if (belongs(each->path(), place))
      names.push_back(std::string(place.folder) + "/" + each->path().filename().string());
    if (names.size() > kMostFiles) {
      throw Error(
          Fault::unusable_here,
          text::quote(below.string()) + " has more than " + std::to_string(kMostFiles) + " files",
          "move what is no virtual machine elsewhere");
    }
    each.increment(code);
  }
  if (code) throw unreadable(below.string(), code);
  return names;
}

std::string frame(const std::string& text) {
  return std::to_string(text.size()) + ":" + text;
}

void write_back(const std::string& path, const std::string& content) {
  std::error_code code;
  if (fs::exists(path, code)) {
    if (recall_file(path, kLargestFile) != content || content.empty()) replace_file(path, content);
  } else {
    write_file(path, content, kFileMode);
  }
}

}  // namespace

Copy copy_of(const std::string& folder) {
  Copy copy;
  copy[kClusterFile] = read_file(folder + "/" + kClusterFile, kLargestFile);
  for (const auto& place : kPlaces) {
    for (const auto& name : names_of(folder, place))
      copy[name] = read_file((fs::path(folder) / name).string(), kLargestFile);
  }
  return copy;
}

std::string digest_of(const Copy& copy) {
  std::string all;
  for (const auto& [name, content] : copy) all += frame(name) + frame(content);
  return node::sha256(all);
}

void put_back(const Copy& copy, const std::string& folder) {
  for (const auto& place : kPlaces) make_folder(folder + "/" + place.folder, kFolderMode);
  for (const auto& [name, content] : copy) {
    if (name != kClusterFile) write_back((fs::path(folder) / name).string(), content);
  }
  for (const auto& place : kPlaces) {
    for (const auto& name : names_of(folder, place)) {
      if (!copy.contains(name)) remove_file((fs::path(folder) / name).string());
    }
  }
  const auto cluster = copy.find(kClusterFile);
  if (cluster != copy.end()) write_back(folder + "/" + cluster->first, cluster->second);
}

}  // namespace havc::change
