// What crm_mon says of a cluster, as values: read from its XML, never from text made for people. It
// decides nothing; state.h does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace havc::cluster {

/// What has to be run for parse_status, on any node. Without the bans, of which a large cluster has
/// thousands.
inline constexpr std::string_view kStatusProgram = "crm_mon";
inline constexpr std::string_view kStatusArguments[] = {
    "--output-as=xml",
    "--include=none,summary,nodes,resources,failures,fencing,failcounts,options"};

enum class NodeType {
  member,  ///< runs corosync
  remote,  ///< runs pacemaker-remoted alone
  guest,   ///< a remote node that is itself a virtual machine of the cluster
  other,   ///< "unknown", "ping"
};

struct Node {
  std::string name = {};
  NodeType type = NodeType::member;
  bool online = false;
  bool standby = false;
  bool standby_on_failure = false;
  bool maintenance = false;
  bool pending = false;  ///< joins, and is not a member yet
  bool unclean = false;  ///< to be fenced: nobody knows what runs there
  bool shutdown = false;

  /// Pacemaker may begin something there.
  bool ready() const {
    return online && !standby && !standby_on_failure && !maintenance && !pending && !unclean &&
           !shutdown;
  }
};

/// An operation that Pacemaker has begun and that has not ended.
enum class Pending { none, start, stop, migrate, other };

struct Resource {
  std::string id = {};                    ///< of a clone's instance, the primitive's
  std::string agent = {};                 ///< "ocf:havc:LibvirtQemu"
  std::string role = {};                  ///< "Started", "Stopped", "Starting", …
  std::string target_role = {};           ///< its own or inherited; empty when none is set
  std::vector<std::string> nodes = {};    ///< that it is active on, or may be
  std::vector<std::string> parents = {};  ///< groups, clones and bundles, outermost first
  bool active = false;
  bool orphaned = false;  ///< not configured any more
  bool blocked = false;   ///< Pacemaker does nothing more without an administrator
  bool managed = true;
  bool maintenance = false;  ///< since Pacemaker 2.1.6; before it is just not managed
  bool failed = false;
  Pending pending = Pending::none;
};

inline constexpr std::int64_t kInfinity = 1000000;  ///< Pacemaker's; more is no more

struct FailCount {
  std::string resource = {};
  std::string node = {};
  std::int64_t count = 0;  ///< up to kInfinity
};

/// An operation whose last result was a failure.
struct Failure {
  std::string resource = {};
  std::string node = {};
  std::string task = {};    ///< "start"
  std::string reason = {};  ///< the agent's or Pacemaker's words; else those for the exit code
  std::string when = {};    ///< as crm_mon writes it
  int exit_code = 0;
};

struct Fencing {
  enum class Progress { pending, failed, success };
  std::string target = {};
  std::string action = {};  ///< "reboot", "off", "on"
  Progress progress = Progress::pending;
  std::string reason = {};  ///< why it failed; may be empty
  std::string when = {};    ///< empty while it goes on
};

struct Status {
  /// When it was said, in seconds since 1970 by the clock of the node asked; none: of a file, or of
  /// an older Pacemaker.
  std::optional<std::int64_t> now = {};
  /// How long before that the configuration was changed last; none: not said.
  std::optional<std::int64_t> changed_ago = {};
  std::optional<std::string> dc = {};  ///< the node that decides; none: nobody does now
  bool quorate = false;
  bool maintenance_mode = false;
  bool stonith_enabled = true;
  bool symmetric = true;
  bool stop_all_resources = false;
  std::string no_quorum_policy = {};  ///< "stop", "freeze", "ignore", "demote", "suicide"
  std::vector<Node> nodes = {};
  std::vector<Resource> resources = {};  ///< each instance of a clone is one
  std::vector<FailCount> fail_counts = {};
  std::vector<Failure> failures = {};
  std::vector<Fencing> fencing = {};  ///< newest first, as Pacemaker remembers it

  /// Pacemaker starts, stops or migrates something, or fences.
  bool works() const;

  /// Nothing when there is none of that name.
  const Node* node(std::string_view name) const;
  /// The first of that id.
  const Resource* resource(std::string_view id) const;
};

/// Reads what the command above has printed; `source` ("crm_mon on 'n1'") is for messages. Elements
/// and attributes that are not known are ignored. Throws Error: unreachable when crm_mon says that
/// it has reached no cluster; unusable_here for what is not XML, longer than 64 MiB, or lacks what
/// no decision can do without.
Status parse_status(std::string_view text, const std::string& source);

}  // namespace havc::cluster
