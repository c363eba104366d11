#include "importer/havc2_folder.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"

namespace havc::importer {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 1 << 20;  // as domain/definition.h has it
constexpr std::size_t kMostFiles = 10000;      // as inventory::read

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code); !code && entry != fs::directory_iterator();
       entry.increment(code)) {
    if (!entry->path().filename().string().starts_with('.')) files.push_back(entry->path());
    if (files.size() > kMostFiles)
      throw Error(
          Fault::misconfigured,
          text::quote(folder.string()) + " has more than " + std::to_string(kMostFiles) + " files",
          "remove those that are none of HAVC-II's");
  }
  if (code && code != std::errc::no_such_file_or_directory)
    throw Error(
        fault_of(code.value()),
        "cannot read folder " + text::quote(folder.string()) + ": " + system_words(code.value()),
        "make it readable");
  std::sort(files.begin(), files.end());
  return files;
}

/// Nothing when there is no such file.
std::optional<std::string> content(const fs::path& file) {
  std::error_code code;
  if (fs::symlink_status(file, code).type() == fs::file_type::not_found) return {};
  return read_file(file.string(), kLargestFile);
}

}  // namespace

Havc2 read_havc2(const std::string& folder) {
  Havc2 havc2{.folder = folder};
  const fs::path top(folder);
  std::error_code code;
  if (!fs::is_directory(top / "hosts", code))
    throw Error(Fault::misconfigured, text::quote(folder) + " has no folder 'hosts'",
                "name the folder of HAVC-II's configuration, such as /havc/config");
  for (const auto& file : files_in(top / "hosts")) {
    const std::string name = file.filename().string();
    // Host names are links to the machine's file; a loop of them leads nowhere, as a broken one.
    if (fs::is_symlink(fs::symlink_status(file, code))) {
      if (!fs::exists(file, code))
        havc2.notes.push_back({"hosts/" + text::one_line(name, 80), "a link that leads nowhere"});
      continue;
    }
    if (fs::is_directory(file, code)) continue;
    const std::string resource = name + ".resource.xml";
    const std::string constraint = name + ".constraint.xml";
    havc2.machines.push_back(
        {name, read_file(file.string(), kLargestFile), content(top / "libvirt" / (name + ".xml")),
         content(top / "pacemaker" / resource), content(top / "pacemaker" / constraint)});
  }
  for (const auto& file : files_in(top / "libvirt" / "TEMPLATES")) {
    if (file.extension() == ".xml")
      havc2.templates[file.filename().string()] = read_file(file.string(), kLargestFile);
  }
  for (const auto& file : files_in(top / "pacemaker" / "TEMPLATES"))
    havc2.notes.push_back({"pacemaker/TEMPLATES/" + text::one_line(file.filename().string(), 80),
                           "not taken: compare it with resource.xml and constraint.xml"});
  for (const auto& type : files_in(top / "stonith")) {
    if (fs::exists(type / "snmp.conf", code))
      havc2.notes.push_back({"stonith/" + text::one_line(type.filename().string(), 80),
                             "its snmp.conf is not taken: install -D -m 600 it to "
                             "/etc/havc/chassis on every node, and add [chassis.NAME]"});
  }
  return havc2;
}

}  // namespace havc::importer
