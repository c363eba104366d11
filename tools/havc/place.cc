#include "havc/place.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "inventory/select.h"
#include "node/ask.h"

namespace havc::cli {

namespace {

/// What one word names; `known` are the cluster's ids.
inventory::Selection named(Call& call, const std::vector<std::string>& known,
                           const std::string& word) {
  auto found =
      inventory::select(call.reading().inventory.vms, known, {word}, inventory::NoWords::refuse);
  if (found.size() > 1)
    throw Error(Fault::misconfigured,
                fmt::format("{} names {} VMs", text::quote(word), found.size()), "name one");
  return found;
}

std::string id_of(const inventory::Selection& one) {
  return one.vms.empty() ? one.without_file.front() : one.vms.front()->identity.fqn;
}

/// The VM's file, if it has one: what has none may be in the cluster all the same.
const inventory::Vm* file_of(Call& call, const std::string& word) {
  try {
    const auto found = named(call, {word}, word);
    return found.vms.empty() ? nullptr : found.vms.front();
  } catch (const Error&) {
    return nullptr;  // not the name of one; asking the cluster will tell
  }
}

Error no_place(const std::string& vm, const std::string& problem, const std::string& reason,
               const std::string& remedy) {
  return {Fault::failed,
          fmt::format("{} {}{}{}", text::quote(vm), problem, reason.empty() ? "" : ": ", reason),
          remedy};
}

Place find(Call& call, const Reach& reach, const std::string& word) {
  const std::string on = call.text("--on");
  const inventory::Vm* file = file_of(call, word);
  if (!on.empty()) return {file != nullptr ? file->identity.fqn : word, reach.node(on)};
  if (file != nullptr && file->kind == inventory::Kind::local && !file->nodes.empty())
    return {file->identity.fqn, reach.node(file->nodes.front().text)};
  const auto asked = reach.ask();
  std::vector<std::string> known;
  for (const auto& each : asked.configuration.vms) known.push_back(each.id);
  const std::string id = id_of(named(call, known, word));
  const cluster::Overview overview(asked.status, &asked.configuration);
  const auto state = state_of(overview, {.id = id});
  for (const auto& doubt : state.doubts) call.err() << "havc: " << doubt << '\n';
  return {id, reach.node(node_of(id, state))};
}

}  // namespace

std::string node_of(const std::string& vm, const cluster::State& state) {
  using cluster::Word;
  const std::string nodes = text::join(state.nodes, ", ");
  if (state.word == Word::duplicate)
    throw no_place(vm, "runs on several nodes, or may: " + nodes, state.reason,
                   "stop one of them at once; --on NODE chooses one");
  if (state.word == Word::migrating)
    throw no_place(vm, fmt::format("moves from {} to {}", state.from, state.to), {},
                   "try again in a moment, or choose with --on NODE");
  if (state.word == Word::fencing)
    throw no_place(vm, "is on a node that is to be fenced: " + nodes, state.reason,
                   "see 'havc status'; --on NODE tries that node");
  if (state.nodes.empty())
    throw no_place(vm, fmt::format("runs nowhere: it is {}", cluster::name_of(state.word)),
                   state.reason, "start it with 'havc start'");
  if (state.nodes.size() > 1)
    throw no_place(vm, "is on several nodes: " + nodes, state.reason, "choose with --on NODE");
  return state.nodes.front();
}

void check_libvirt(const Call& call, const Reach& reach, const remote::Host& host) {
  const Deadline deadline = call.deadline();
  const auto answer = node::ask_nodes({host}, {.limit = deadline.remaining_ms(), .libvirt = true},
                                      reach.run(), deadline)
                          .front();
  if (answer.trouble) throw Error(*answer.trouble);
  if (answer.report->libvirt.known()) return;
  throw Error(Fault::failed,
              fmt::format("libvirt on node {} does not answer: {}", text::quote(host.name),
                          answer.report->libvirt.unknown),
              "see 'systemctl status libvirtd virtqemud' there, and restart it: guests go on");
}

Place place_of(Call& call, const Reach& reach, const std::string& word) {
  Place place = find(call, reach, word);
  check_libvirt(call, reach, place.host);
  return place;
}

void become_there(Call& call, const Reach& reach, const remote::Host& host,
                  const std::vector<std::string>& arguments) {
  const bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  call.out().flush();
  call.err().flush();
  become(reach.ssh().interactive(host, arguments, terminal));
}

std::vector<std::string> virsh(const std::vector<std::string>& words) {
  std::vector<std::string> result{"virsh", "--connect", "qemu:///system"};
  result.insert(result.end(), words.begin(), words.end());
  return result;
}

std::vector<std::string> with_domain(std::vector<std::string> words, const std::string& domain) {
  const auto named = std::find(words.begin(), words.end(), "{}");
  if (named == words.end() && !words.empty()) words.insert(words.begin() + 1, domain);
  std::replace(words.begin(), words.end(), std::string("{}"), domain);
  return words;
}

}  // namespace havc::cli
