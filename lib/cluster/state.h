// One word for what a virtual machine is, of what was wanted, what Pacemaker says and what libvirt
// says. Pure: it asks nobody. DESIGN.md has the order of the words and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/overview.h"
#include "domain/state.h"
#include "inventory/inventory.h"

namespace havc::cluster {

/// In the order in which they are looked for: the first that is true is the word, but for the last
/// four, of which each is what is left.
enum class Word {
  duplicate,  ///< on two nodes, or it cannot be excluded: its image may be written twice
  fencing,    ///< on a node that is to be fenced, and nobody knows what runs there
  foreign,    ///< runs where Pacemaker says that it does not
  blocked,    ///< Pacemaker does nothing more until an administrator does
  migrating,
  starting,
  stopping,
  maintenance,  ///< of the cluster, its node or itself
  unmanaged,
  failed,     ///< what was done last with it has failed, and it does not run
  paused,     ///< active, and its domain does not run
  started,    ///< on one node
  disabled,   ///< in the inventory, not in the cluster
  undefined,  ///< in neither
  stopped,    ///< as it is wanted by its target-role
  waiting,    ///< to be started, and there is no node for it
};
inline constexpr int kWordCount = 16;

std::string_view name_of(Word word);

/// What libvirt said on one node that was asked.
struct Sighting {
  enum class Answer {
    none,    ///< it did not answer: nothing is known
    absent,  ///< it knows no such domain
    here,
  };
  std::string node = {};
  Answer answer = Answer::none;
  domain::Inspection domain = {};  ///< when it is here

  bool holds_guest() const { return answer == Answer::here && domain::active(domain.state); }
};

/// What is known of one virtual machine beside the cluster.
struct Known {
  std::string id = {};                           ///< of the resource, and the domain's name
  std::optional<inventory::Wanted> wanted = {};  ///< none: it has no file
  std::vector<Sighting> sightings = {};          ///< of the nodes that were asked
};

struct State {
  Word word = Word::undefined;
  std::vector<std::string> nodes = {};  ///< where it is active, or may be
  std::string from = {};                ///< of a migration; each empty when it is not known
  std::string to = {};
  std::string reason = {};   ///< one line; empty when the word says it all
  std::string failure = {};  ///< what has failed last, where and why; also of one that runs again
  std::int64_t fail_count = 0;           ///< the greatest of all nodes, up to kInfinity
  std::string fail_node = {};            ///< that has it
  std::vector<std::string> doubts = {};  ///< what was not said, or contradicts; empty: all agree
};

/// Without configuration in the overview, from → to of a migration and some reasons are missing.
State state_of(const Overview& overview, const Known& known);

/// False for a word that is not what the file wants, or is on its way there.
bool as_wanted(inventory::Wanted wanted, Word word);

}  // namespace havc::cluster
