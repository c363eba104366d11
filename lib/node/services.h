// What a node says of the programs that make it a cluster's: systemd's units, corosync, libvirt,
// fence devices. Values alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/state.h"
#include "node/answer.h"

namespace havc::node {

/// In systemd's words; "libvirtd", "pacemaker".
struct Service {
  std::string name = {};
  std::string load = {};     ///< "loaded", "not-found", "masked"
  std::string active = {};   ///< "active", "inactive", "failed"
  std::string enabled = {};  ///< "enabled", "disabled", "static"; empty when there is no unit
  bool operator==(const Service&) const = default;
};

struct CorosyncLink {
  unsigned number = 0;
  std::string local = {};
  std::string remote = {};
  bool enabled = true;
  bool connected = false;
  bool operator==(const CorosyncLink&) const = default;
};

/// Another node, as corosync sees it.
struct CorosyncPeer {
  unsigned id = 0;
  bool reachable = false;
  std::vector<CorosyncLink> links = {};
  bool operator==(const CorosyncPeer&) const = default;
};

struct Corosync {
  unsigned id = 0;  ///< its own
  std::string transport = {};
  std::vector<CorosyncPeer> peers = {};
  bool operator==(const Corosync&) const = default;
};

/// The quorum device that corosync.conf configures.
struct QuorumDevice {
  bool configured = false;
  std::string model = {};
  std::string host = {};
  std::string state = {};  ///< "Connected"; in corosync-qdevice-tool's words
  bool operator==(const QuorumDevice&) const = default;
};

/// Of a migration away from the node, in bytes; what the guest changes meanwhile is sent once more.
struct Job {
  std::uint64_t total = 0;
  std::uint64_t processed = 0;
  std::uint64_t remaining = 0;
  bool operator==(const Job&) const = default;
  /// Of `total`, what is not left to be sent: 0 to 100.
  unsigned percent() const;
};

struct Domain {
  domain::Inspection seen = {};  ///< name, UUID, state, reason, persistent
  unsigned cpus = 0;
  std::uint64_t memory = 0;  ///< bytes; of an active one what it has now
  bool autostart = false;
  /// Only where it was asked for (Question::jobs), one goes on, and its QEMU has answered.
  std::optional<Job> job = {};
};

struct Libvirt {
  std::string version = {};          ///< "9.0.0"
  std::string qemu = {};             ///< "7.2.22"; may be empty
  std::vector<Domain> domains = {};  ///< active or defined

  /// Nothing when there is none of that name.
  const Domain* domain(const std::string& name) const;
};

/// A fence device that is active on this node, asked by its fencer. The fencer takes a list that
/// works for a status that works (stonith_admin --query of Pacemaker 2.1).
struct FenceDevice {
  std::string name = {};
  Answer<bool> works = {};
  std::string words = {};  ///< the fencer's, when it does not
  bool operator==(const FenceDevice&) const = default;
};

/// Who can fence a node, as the fencer would choose now.
struct FenceTarget {
  std::string node = {};
  Answer<std::vector<std::string>> devices = {};
  bool operator==(const FenceTarget&) const = default;
};

struct Fencing {
  std::vector<FenceDevice> devices = {};
  std::vector<FenceTarget> targets = {};
  bool operator==(const Fencing&) const = default;
};

}  // namespace havc::node
