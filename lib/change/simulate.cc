#include "change/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <tuple>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "change/workplace.h"
#include "cluster/idle_probes.h"
#include "xml/document.h"

namespace havc::change {

namespace {

constexpr std::size_t kMostBytes = 64U << 20U;  // as what cluster/status.h reads
constexpr std::size_t kMostWords = 10;
constexpr char kDomainSchema[] = "/usr/share/libvirt/schemas/domain.rng";  // libvirt0, libvirt-libs
constexpr char kInstallTools[] = "install pacemaker-cli-utils on this machine";

std::string attribute(const xml::Element& element, std::string_view name) {
  return element.attribute(name).value_or("");
}

/// How crm_simulate's word reads for one resource, "{0}" the node it is on and "{1}" the one it
/// goes to.
struct Phrase {
  std::string_view what;
  std::string_view text;
};
constexpr std::array kPhrases{
    Phrase{"start", "starts on {1}"},
    Phrase{"stop", "stops on {0}"},
    Phrase{"migrate", "moves {0} -> {1} (live)"},
    Phrase{"move", "moves {0} -> {1} (stopped and started)"},
    Phrase{"restart", "restarts on {0}"},
    Phrase{"reload", "is told its new parameters on {0}"},
    Phrase{"recover", "is recovered on {0}"},
    Phrase{"promote", "is promoted on {0}"},
    Phrase{"demote", "is demoted on {0}"},
};

std::string first_of(const std::string& one, const std::string& other) {
  return one.empty() ? other : one;
}

/// Runs one of Pacemaker's tools with a folder of its own for what it leaves behind.
ProcessResult run_tool(const Workplace& place, std::vector<std::string> arguments,
                       Deadline deadline) {
  arguments.insert(arguments.begin(), {"env", "-u", "CIB_file", "-u", "CIB_shadow",
                                       "CIB_shadow_dir=" + place.folder()});
  const auto program = arguments[6];
  auto result = run_process(arguments, "", deadline);
  constexpr int kNotFound = 127;  // env's, when there is no such program
  if (result.exit_code == kNotFound)
    throw Error(Fault::not_installed, text::quote(program) + " is not installed here",
                kInstallTools);
  return result;
}

/// "3.16.1" in numbers that can be compared; what is no version is older than all.
std::vector<std::uint64_t> version_of(const std::string& text) {
  std::vector<std::uint64_t> numbers;
  for (const auto& each : text::split(text, ".")) numbers.push_back(text::number(each).value_or(0));
  return numbers;
}

/// crm_simulate would do the work of another version than the cluster's.
void check_feature_set(const Workplace& place, const std::string& cib, Deadline deadline) {
  const auto own = run_tool(place, {"cibadmin", "--empty"}, deadline);
  if (own.exit_code != 0)
    throw Error(Fault::failed, "cibadmin --empty: " + own.words(), kInstallTools);
  const auto mine =
      attribute(xml::Document::parse(own.output, "cibadmin --empty").root(), "crm_feature_set");
  // The first element's begin is all that is looked at: the whole has megabytes.
  const std::string head =
      cib.substr(cib.find("<cib"), cib.find('>', cib.find("<cib")) + 1 - cib.find("<cib"));
  const bool closed = head.ends_with("/>");
  const auto theirs = attribute(
      xml::Document::parse(closed ? head : head + "</cib>", "the CIB").root(), "crm_feature_set");
  if (version_of(theirs) <= version_of(mine)) return;
  throw Error(
      Fault::unsupported,
      fmt::format("the cluster's Pacemaker (feature set {}) is newer than the one here ({}): "
                  "what it would do cannot be said",
                  theirs, mine),
      "run havc on a node of the cluster, or update pacemaker-cli-utils here");
}

/// "(unpack_rsc) \terror: …" without what is for programmers; empty for lines that say nothing.
std::string verify_words(const std::string& line) {
  const auto at = line.find("error: ");
  if (at == std::string::npos) {
    const bool schema = line.find("validity error : ") != std::string::npos;
    return schema ? line.substr(line.find("element ")) : std::string();
  }
  return line.substr(at + std::string_view("error: ").size());
}

}  // namespace

std::string Action::words() const {
  const auto* const found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                         [&](const Phrase& each) { return each.what == what; });
  std::string text = found == kPhrases.end() ? fmt::format("{} on {}", what, first_of(to, from))
                                             : fmt::format(fmt::runtime(found->text), from, to);
  if (!reason.empty()) text += " (" + reason + ")";
  if (blocked) text += ", but is blocked";
  return text;
}

namespace {

/// In groups and clones, too: as deep as XML may be (libxml2: 256).
void find_active(const xml::Element& parent, std::set<std::string>& active) {
  for (const auto& each : parent.children()) {
    if (each.name() == "resource" && attribute(each, "active") == "true")
      active.insert(attribute(each, "id"));
    find_active(each, active);
  }
}

}  // namespace

Simulation parse_simulation(std::string_view text) {
  const auto document = xml::Document::parse(text, "crm_simulate's answer");
  const auto root = document.root();
  const auto status = root.child("status");
  if (root.name() != "pacemaker-result" || !status)
    throw Error(Fault::unusable_here, "crm_simulate's answer is not what Pacemaker 2.1 says",
                kInstallTools);
  if (attribute(*status, "code") != "0")
    throw Error(Fault::failed, "crm_simulate: " + attribute(*status, "message"));
  Simulation result;
  const auto before = root.child("cluster_status");
  if (const auto resources = before ? before->child("resources") : std::nullopt)
    find_active(*resources, result.active);
  const auto actions = root.child("actions");
  if (!actions) return result;
  for (const auto& each : actions->children("rsc_action")) {
    Action action{.resource = attribute(each, "resource"),
                  .what = attribute(each, "action"),
                  .from = first_of(attribute(each, "source"), attribute(each, "node")),
                  .to = attribute(each, "dest"),
                  .reason = attribute(each, "reason"),
                  .blocked = attribute(each, "blocked") == "true"};
    if (action.what == "start") std::swap(action.from, action.to);
    result.actions.push_back(std::move(action));
  }
  for (const auto& each : actions->children("node_action"))
    result.nodes.push_back(fmt::format("{} {}: {}", text::lower(attribute(each, "task")),
                                       attribute(each, "node"), attribute(each, "reason")));
  return result;
}

Simulation simulate(const std::string& cib, Deadline deadline) {
  return simulate(cib, {}, deadline);
}

Simulation simulate(const std::string& cib, const std::vector<std::string>& results,
                    Deadline deadline) {
  const Workplace place;
  check_feature_set(place, cib, deadline);
  const std::string input = place.write("cib.xml", cluster::with_short_idle_probes(cib));
  const std::string output = place.path("answer.xml");
  std::vector<std::string> arguments{"crm_simulate", "--run", "--output-as=xml",
                                     "--output-to=" + output, "--xml-file=" + input};
  for (const auto& each : results) arguments.push_back("--op-inject=" + each);
  const auto said = run_tool(place, std::move(arguments), deadline);
  std::error_code code;
  if (said.exit_code != 0 || !std::filesystem::exists(output, code))
    throw Error(Fault::failed, "crm_simulate: " + said.words(),
                "run crm_verify --live-check -V on a node of the cluster");
  return parse_simulation(read_file(output, kMostBytes));
}

std::vector<std::string> verify(const std::string& configuration, Deadline deadline) {
  const Workplace place;
  check_feature_set(place, configuration, deadline);
  const auto said = run_tool(
      place, {"crm_verify", "--verbose", "--xml-file=" + place.write("cib.xml", configuration)},
      deadline);
  if (said.exit_code == 0) return {};
  std::vector<std::string> words;
  for (const auto& line : text::split(said.errors, "\n")) {
    const std::string each = verify_words(line);
    const bool known = std::find(words.begin(), words.end(), each) != words.end();
    if (!each.empty() && !known && words.size() < kMostWords) words.push_back(each);
  }
  if (words.empty()) words.push_back(said.words());
  return words;
}

std::vector<Error> check_definitions(const std::map<std::string, std::string>& definitions,
                                     Deadline deadline) {
  if (definitions.empty()) return {};
  std::error_code code;
  if (!std::filesystem::exists(kDomainSchema, code))
    throw Error(Fault::not_installed,
                text::quote(kDomainSchema) + " is missing: definitions cannot be checked here",
                "install libvirt0 and libxml2-utils on this machine");
  const Workplace place;
  std::vector<std::string> arguments{"xmllint", "--noout", "--nonet", "--relaxng", kDomainSchema};
  std::map<std::string, std::string> path_of;  // of what it reads → what it is meant for
  for (const auto& [path, content] : definitions) {
    const std::string file = place.write(fmt::format("{}.xml", path_of.size()), content);
    path_of[file] = path;
    arguments.push_back(file);
  }
  const auto said = run_process(arguments, "", deadline);
  std::vector<Error> problems;
  if (said.exit_code == 0) return problems;
  for (const auto& [file, path] : path_of) {
    if (said.errors.find(file + " fails to validate") == std::string::npos) continue;
    const auto at = said.errors.find(file + ":");
    const auto line =
        at == std::string::npos
            ? std::string()
            : said.errors.substr(at + file.size(), said.errors.find('\n', at) - at - file.size());
    problems.emplace_back(
        Fault::misconfigured,
        "the definition for " + text::quote(path) + " is not what libvirt's schema allows" + line,
        "correct its template; 'virt-xml-validate FILE domain' looks again");
  }
  if (problems.empty())
    problems.emplace_back(Fault::failed, "xmllint: " + said.words(), "install libxml2-utils");
  return problems;
}

}  // namespace havc::change
