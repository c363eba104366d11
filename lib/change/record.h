// What each apply did, kept on the machine it was made from: FOLDER/N with the CIB before and
// after, the inventory as it was applied, the plan, who, when, and what came of it.
#pragma once

#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/file_lock.h"
#include "change/copy.h"

namespace havc::change {

inline constexpr char kRecordFolder[] = "/var/lib/havc/applied";
inline constexpr int kMostRecords = 50;

struct Record {
  enum class Result {
    begun,  ///< it was interrupted by the end of the program or of the machine, or goes on
    done,
    incomplete,  ///< done, but for nodes that were not reached
    failed,
    interrupted,
  };
  int number = 0;
  Result result = Result::begun;
  std::string problem = {};  ///< why it failed, or what is left
  std::string when = {};     ///< local time, ISO 8601
  std::string user = {};     ///< who asked for it
  std::string machine = {};
  std::string command = {};  ///< "apply", "rollback to 7"
  std::string digest = {};   ///< of the inventory's copy
  int serial = 0;            ///< of the cluster's applies; numbers are this machine's
};
std::string_view name_of(Record::Result result);

/// What is kept beside it.
struct Evidence {
  std::string cib_before = {};
  std::string plan = {};  ///< JSON
  Copy inventory = {};
};

/// The folder of records. One program at a time: it has a lock.
class Records {
 public:
  explicit Records(std::string folder = kRecordFolder);

  /// Held as long as the value lives. Throws Error(timed_out) naming who holds it.
  FileLock lock(Deadline deadline) const;

  struct Listing {
    std::vector<Record> records = {};  ///< oldest first
    std::vector<Error> broken =
        {};  ///< those that cannot be read, each named; they are no reason to stop
  };
  Listing list() const;

  /// Writes a new one, begun, with the next number; whole or not at all. The oldest go. Throws as
  /// write_file does.
  Record begin(Record draft, const Evidence& evidence) const;
  /// Keeps files beside the records, which nobody removes; gives the folder: "edited-2026-11-21…".
  std::string keep(const Copy& files, const std::string& what) const;
  /// Puts files into a folder of a record: "removed".
  void add(int number, const std::string& folder, const Copy& files) const;
  /// Writes its result, and the CIB after it where that is known.
  void finish(const Record& record, const std::string& cib_after) const;

  /// The inventory as it was applied then: a folder that inventory::read can read.
  std::string inventory_folder(int number) const;
  /// Its files. Throws Error(unusable_here) naming the record when they are not what was written.
  Copy inventory_of(const Record& record) const;

 private:
  std::string folder_;
  std::string path(int number, const std::string& file = {}) const;
  Record read(int number) const;
};

}  // namespace havc::change
