#include "change/record.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/calendar.h"
#include "base/file.h"
#include "base/text.h"

namespace havc::change {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr char kSchema[] = "havc.record/1";
constexpr char kDataFile[] = "record.json";
constexpr char kBefore[] = "cib-before.xml";
constexpr char kAfter[] = "cib-after.xml";
constexpr char kPlan[] = "plan.json";
constexpr char kInventory[] = "inventory";
constexpr char kUnfinished[] = ".new";
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr std::size_t kLargestData = 65536;

constexpr std::array<std::string_view, 5> kResults{"begun", "done", "incomplete", "failed",
                                                   "interrupted"};

std::string data_of(const Record& record) {
  return ordered_json{{"schema", kSchema},
                      {"number", record.number},
                      {"result", name_of(record.result)},
                      {"problem", record.problem},
                      {"when", record.when},
                      {"user", record.user},
                      {"machine", record.machine},
                      {"command", record.command},
                      {"digest", record.digest},
                      {"serial", record.serial}}
             .dump(2, ' ', false, ordered_json::error_handler_t::replace) +
         "\n";
}

Record record_of(const std::string& text) {
  const auto json = ordered_json::parse(text);
  if (json.at("schema") != kSchema) throw std::runtime_error("its schema is another");
  const auto result =
      std::find(kResults.begin(), kResults.end(), json.at("result").get<std::string>());
  if (result == kResults.end()) throw std::runtime_error("its result is none of ours");
  Record record;
  record.result = static_cast<Record::Result>(result - kResults.begin());
  record.number = json.at("number").get<int>();
  record.problem = json.at("problem").get<std::string>();
  record.when = json.at("when").get<std::string>();
  record.user = json.at("user").get<std::string>();
  record.machine = json.at("machine").get<std::string>();
  record.command = json.at("command").get<std::string>();
  record.digest = json.at("digest").get<std::string>();
  record.serial = json.at("serial").get<int>();
  return record;
}

std::vector<int> numbers_in(const std::string& folder) {
  std::vector<int> numbers;
  std::error_code code;
  fs::directory_iterator each(folder, code);
  for (; !code && each != fs::directory_iterator(); each.increment(code)) {
    if (const auto number = text::number(each->path().filename().string(), INT32_MAX))
      numbers.push_back(static_cast<int>(*number));
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    throw Error(fault_of(code.value()),
                "cannot read folder " + text::quote(folder) + ": " + code.message(),
                "run this as root");
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void write_copy(const Copy& copy, const std::string& folder) {
  make_folder(folder, kFolderMode);
  for (const auto& [name, content] : copy) {
    const fs::path path = fs::path(folder) / name;
    make_folder(path.parent_path().string(), kFolderMode);
    write_file(path.string(), content, kFileMode);
  }
}

/// What an older one leaves is gone with its folder; that it cannot be removed stops no apply.
void remove_tree(const std::string& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

}  // namespace

std::string_view name_of(Record::Result result) {
  return kResults[static_cast<std::size_t>(result)];
}

Records::Records(std::string folder) : folder_(std::move(folder)) {}

std::string Records::path(int number, const std::string& file) const {
  return folder_ + "/" + std::to_string(number) + (file.empty() ? "" : "/" + file);
}

FileLock Records::lock(Deadline deadline) const {
  make_folder(folder_, kFolderMode);
  try {
    return {folder_ + "/.lock", deadline};
  } catch (const Error& error) {
    if (error.fault() != Fault::timed_out) throw;
    throw Error(Fault::timed_out, "another havc on this machine is changing the cluster",
                "wait until it has ended, or end it with Ctrl-C (kill -INT)");
  }
}

Record Records::read(int number) const {
  try {
    Record record = record_of(read_file(path(number, kDataFile), kLargestData));
    if (record.number == number) return record;
    throw std::runtime_error("it says that it is number " + std::to_string(record.number));
  } catch (const std::exception& error) {  // of the file, of JSON, of what is in it
    throw Error(Fault::unusable_here,
                fmt::format("the record '{}' cannot be read: {}", path(number),
                            text::one_line(error.what(), 200)),
                "move it elsewhere; what was applied then cannot be put back");
  }
}

Records::Listing Records::list() const {
  Listing listing;
  for (const int number : numbers_in(folder_)) {
    try {
      listing.records.push_back(read(number));
    } catch (const Error& error) {
      listing.broken.push_back(error);
    }
  }
  return listing;
}

Record Records::begin(Record draft, const Evidence& evidence) const {
  make_folder(folder_, kFolderMode);
  auto numbers = numbers_in(folder_);
  draft.number = numbers.empty() ? 1 : numbers.back() + 1;
  draft.result = Record::Result::begun;
  draft.when = local_time("%Y-%m-%dT%H:%M:%S%z");
  draft.digest = digest_of(evidence.inventory);
  const std::string unfinished = folder_ + "/" + kUnfinished;
  remove_tree(unfinished);
  make_folder(unfinished, kFolderMode);
  write_file(unfinished + "/" + kBefore, evidence.cib_before, kFileMode);
  write_file(unfinished + "/" + kPlan, evidence.plan, kFileMode);
  write_copy(evidence.inventory, unfinished + "/" + kInventory);
  write_file(unfinished + "/" + kDataFile, data_of(draft), kFileMode);
  std::error_code code;
  fs::rename(unfinished, path(draft.number), code);
  if (code) {
    throw Error(fault_of(code.value()), fmt::format("cannot write the record '{}': {}",
                                                    path(draft.number), code.message()));
  }
  for (std::size_t i = 0; i + kMostRecords <= numbers.size(); ++i) remove_tree(path(numbers[i]));
  return draft;
}

void Records::finish(const Record& record, const std::string& cib_after) const {
  if (!cib_after.empty()) write_file(path(record.number, kAfter), cib_after, kFileMode);
  write_file(path(record.number, kDataFile), data_of(record), kFileMode);
}

std::string Records::keep(const Copy& files, const std::string& what) const {
  std::string folder = folder_ + "/" + what + local_time("-%Y-%m-%dT%H:%M:%S");
  write_copy(files, folder);
  return folder;
}

void Records::add(int number, const std::string& folder, const Copy& files) const {
  write_copy(files, path(number, folder));
}

std::string Records::inventory_folder(int number) const {
  return path(number, kInventory);
}

Copy Records::inventory_of(const Record& record) const {
  Copy copy = copy_of(inventory_folder(record.number));
  if (digest_of(copy) == record.digest) return copy;
  throw Error(Fault::unusable_here,
              fmt::format("the inventory in the record '{}' is not the one that was applied",
                          path(record.number)),
              "choose another record (havc rollback NUMBER)");
}

}  // namespace havc::change
