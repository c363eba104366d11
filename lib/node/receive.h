// How files come onto a node: below two folders alone, all or none, each in one step, and proved by
// reading back. `havc node receive` on the node; who sends makes the parcel and reads the receipts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "node/files.h"

namespace havc::node {

inline constexpr std::string_view kParcelSchema = "havc.parcel/1";
inline constexpr std::string_view kReceiptsSchema = "havc.receipts/1";
inline constexpr std::string_view kReceiveCommand[] = {"havc", "node", "receive"};

struct ParcelFile {
  std::string path = {};  ///< absolute, below kDomainFolder or kInventoryFolder
  std::string content = {};
  std::string sha256 = {};  ///< of the content, as sha256() writes it
  unsigned mode = 0600;     ///< at most 0644
  bool operator==(const ParcelFile&) const = default;
};

struct Parcel {
  std::vector<ParcelFile> files = {};
  std::vector<std::string> remove = {};  ///< paths likewise; missing ones are fine
};

enum class Outcome {
  written,    ///< and read back
  unchanged,  ///< it was so already
  removed,
  absent,  ///< to be removed, and was not there
  failed,  ///< as it was before, unless `problem` says otherwise
};

/// The problem of files that could be written, and were not because another one could not.
inline constexpr char kHeldBack[] = "left as it was, because of another file";

struct Receipt {
  std::string path = {};
  Outcome outcome = Outcome::failed;
  std::string problem = {};  ///< why it failed
  bool operator==(const Receipt&) const = default;
};

std::string to_json(const Parcel& parcel);
std::string to_json(const std::vector<Receipt>& receipts);
/// Throw Error(unusable_here) that begins with `source`, as parse_report does; a parcel may have 64
/// MiB.
Parcel parse_parcel(std::string_view text, const std::string& source);
std::vector<Receipt> parse_receipts(std::string_view text, const std::string& source);

struct Destination {
  std::string root = {};  ///< put before every path; for tests
  std::string lock = "/run/havc-receive.lock";
};

/// Puts the files there and removes the others, with one receipt each, in the parcel's order:
/// files, then removals. When one file cannot be written, none is replaced and nothing is removed.
/// One at a time: throws Error(timed_out) when another has the lock until the deadline, and
/// Error(failed, permission) when there can be no lock.
std::vector<Receipt> receive(const Parcel& parcel, const Destination& destination,
                             Deadline deadline);

/// Why a path may not be one of a parcel's; empty: it may.
std::string why_no_destination(std::string_view path);

}  // namespace havc::node
