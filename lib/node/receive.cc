#include "node/receive.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "base/text.h"
#include "node/place.h"
#include "node/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace havc::node {

namespace {

constexpr std::array<std::string_view, 2> kRoots{kDomainFolder, kInventoryFolder};
constexpr unsigned kMostMode = 0644;

std::string_view root_of(std::string_view path) {
  for (const std::string_view root : kRoots) {
    if (path.starts_with(root) && path.size() > root.size() && path[root.size()] == '/') {
      return root;
    }
  }
  return {};
}

bool control(char letter) {
  return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
}

/// One parcel on its way: staged beside what it replaces first, then put into place.
class Delivery {
 public:
  Delivery(const Parcel& parcel, std::string root) : parcel_(parcel), root_(std::move(root)) {}

  std::vector<Receipt> run() {
    for (const auto& file : parcel_.files)
      receipts_.push_back(attempt(file.path, [&] { return stage(file); }));
    for (const auto& path : parcel_.remove)
      receipts_.push_back(attempt(path, [&] {
        place_of(path, false);
        return Outcome::removed;
      }));
    const bool whole = std::none_of(receipts_.begin(), receipts_.end(), failed);
    for (std::size_t i = 0; i < receipts_.size(); ++i) {
      const bool is_file = i < parcel_.files.size();
      if (!whole) {
        take_back(i, is_file);
      } else if (is_file) {
        put(receipts_[i], parcel_.files[i]);
      } else {
        remove(receipts_[i]);
      }
    }
    for (const auto& [folder, place] : places_) place->flush();
    return std::move(receipts_);
  }

 private:
  static bool failed(const Receipt& receipt) { return receipt.outcome == Outcome::failed; }

  template <class Step>
  static Receipt attempt(const std::string& path, Step step) try {
    return {path, step(), {}};
  } catch (const Error& error) {
    return {path, Outcome::failed, error.problem()};
  }

  /// The folder of a path; nullptr when it is missing and shall not be made.
  Place* place_of(const std::string& path, bool make) {
    const std::string why = why_no_destination(path);
    if (!why.empty()) throw Error(Fault::misconfigured, text::quote(path) + " is refused: " + why);
    const std::string folder = path.substr(0, path.rfind('/'));
    const auto found = places_.find(folder);
    if (found != places_.end() && (found->second->exists() || !make)) return found->second.get();
    const std::string_view root = root_of(path);
    const std::string below = folder.size() > root.size() ? folder.substr(root.size() + 1) : "";
    auto place = std::make_unique<Place>(root_ + std::string(root), below, make);
    return (places_[folder] = std::move(place)).get();
  }

  static std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  Outcome stage(const ParcelFile& file) {
    if ((file.mode & ~kMostMode) != 0) {
      throw Error(Fault::misconfigured,
                  fmt::format("{}: mode {:04o} is refused", text::quote(file.path), file.mode));
    }
    if (sha256(file.content) != file.sha256) {
      throw Error(Fault::failed, text::quote(file.path) + " came damaged: its SHA-256 differs");
    }
    Place& place = *place_of(file.path, true);
    const std::string name = name_of(file.path);
    if (place.holds(name, file.content, file.mode)) return Outcome::unchanged;
    place.stage(name, file.content, file.mode);
    return Outcome::written;
  }

  void put(Receipt& receipt, const ParcelFile& file) {
    if (receipt.outcome != Outcome::written) return;
    receipt = attempt(file.path, [&] {
      Place& place = *place_of(file.path, true);
      const std::string name = name_of(file.path);
      place.put(name);
      if (place.holds(name, file.content, file.mode)) return Outcome::written;
      throw Error(Fault::failed,
                  text::quote(file.path) + " reads back otherwise than it was written");
    });
  }

  void remove(Receipt& receipt) {
    receipt = attempt(receipt.path, [&] {
      const Place* place = place_of(receipt.path, false);
      return place->exists() && place->remove(name_of(receipt.path)) ? Outcome::removed
                                                                     : Outcome::absent;
    });
  }

  void take_back(std::size_t index, bool is_file) {
    Receipt& receipt = receipts_[index];
    if (failed(receipt) || receipt.outcome == Outcome::unchanged) return;
    if (is_file) place_of(receipt.path, true)->drop(name_of(receipt.path));
    receipt.outcome = Outcome::failed;
    receipt.problem = kHeldBack;
  }

  const Parcel& parcel_;
  std::string root_;
  std::map<std::string, std::unique_ptr<Place>> places_;
  std::vector<Receipt> receipts_;
};

}  // namespace

std::string why_no_destination(std::string_view path) {
  constexpr std::size_t kLongest = 200;  // of a name: NAME_MAX, less what a temporary one has more
  constexpr std::size_t kDeepest = 4;
  const std::string_view root = root_of(path);
  if (root.empty()) return fmt::format("it is not below {} or {}", kRoots[0], kRoots[1]);
  if (std::any_of(path.begin(), path.end(), control)) return "it has control characters";
  std::string_view rest = path.substr(root.size() + 1);
  std::size_t depth = 0;
  while (true) {
    const auto slash = std::min(rest.find('/'), rest.size());
    const std::string_view name = rest.substr(0, slash);
    if (name.empty()) return "a name in it is empty";
    if (name.front() == '.') return "a name in it begins with a dot";
    if (name.size() > kLongest) return "a name in it is longer than 200 bytes";
    if (++depth > kDeepest) return "it is too deep";
    if (slash == rest.size()) return {};
    rest.remove_prefix(slash + 1);
  }
}

std::vector<Receipt> receive(const Parcel& parcel, const Destination& destination,
                             Deadline deadline) {
  std::unique_ptr<FileLock> lock;
  try {
    lock = std::make_unique<FileLock>(destination.root + destination.lock, deadline);
  } catch (const Error& error) {
    if (error.fault() != Fault::timed_out) throw;
    throw Error(Fault::timed_out, "another 'havc node receive' is still running on this node",
                "wait until it has ended, or find its process and end it");
  }
  return Delivery(parcel, destination.root).run();
}

}  // namespace havc::node
