#include "inventory/select.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>

#include "base/text.h"

namespace havc::inventory {

namespace {

/// What a word is compared with: a file's virtual machine, or an id alone.
struct Candidate {
  const Vm* vm = nullptr;
  std::string fqn = {};
  std::string name = {};  ///< up to the last '_', which no name and no zone has
};

using Texts = std::vector<std::string>;

template <class T>
Texts texts_of(const std::vector<T>& values) {
  Texts texts;
  texts.reserve(values.size());
  for (const auto& each : values) texts.push_back(each.text);
  return texts;
}

template <class T>
std::string word_of(T value) {
  return std::string(options::Text<T>::kWords.at(static_cast<std::size_t>(value)));
}

/// What stands before the colon, and what a virtual machine has of it.
struct Kind {
  std::string_view name;
  Texts (*of)(const Vm& vm);
};

constexpr std::array kKinds{
    Kind{"tag", [](const Vm& vm) { return texts_of(vm.tags); }},
    Kind{"zone", [](const Vm& vm) { return Texts{vm.identity.zone.text}; }},
    Kind{"node", [](const Vm& vm) { return texts_of(vm.nodes); }},
    Kind{"kind", [](const Vm& vm) { return Texts{word_of(vm.kind)}; }},
    Kind{"wanted", [](const Vm& vm) { return Texts{word_of(vm.wanted)}; }},
};

constexpr std::string_view kMetadata = "metadata.";

struct Rule {
  std::function<bool(const Candidate&)> holds;
  /// What else could have stood there; asked for when nothing holds.
  std::function<Texts(const std::vector<Candidate>&)> others;
};

Error refused(const std::string& problem, const std::string& remedy) {
  return {Fault::misconfigured, problem, remedy};
}

Texts all_of(const std::vector<Candidate>& candidates, Texts (*of)(const Vm& vm)) {
  std::set<std::string> all;
  for (const auto& each : candidates) {
    if (each.vm == nullptr) continue;
    const auto texts = of(*each.vm);
    all.insert(texts.begin(), texts.end());
  }
  return {all.begin(), all.end()};
}

Rule rule_of_kind(const std::string& word, std::size_t colon) {
  const std::string name = word.substr(0, colon);
  const std::string wanted = word.substr(colon + 1);
  Texts names;
  for (const auto& kind : kKinds) {
    names.emplace_back(kind.name);
    if (kind.name != name) continue;
    return {.holds =
                [wanted, of = kind.of](const Candidate& each) {
                  if (each.vm == nullptr) return false;
                  const auto texts = of(*each.vm);
                  return std::find(texts.begin(), texts.end(), wanted) != texts.end();
                },
            .others =
                [prefix = name + ":", of = kind.of](const std::vector<Candidate>& candidates) {
                  Texts words;
                  for (const auto& each : all_of(candidates, of)) words.push_back(prefix + each);
                  return words;
                }};
  }
  throw refused("VMs are not selected by " + text::quote(name) + " in " + text::quote(word),
                "write one of " + text::join(names, ":, ") + ":");
}

Rule rule_of_metadata(const std::string& word, std::size_t equals) {
  const std::string key = word.substr(kMetadata.size(), equals - kMetadata.size());
  const std::string wanted = word.substr(equals + 1);
  const auto words = [](const Vm& vm) {
    Texts texts;
    for (const auto& [name, value] : vm.metadata)
      texts.push_back(std::string(kMetadata).append(name).append("=").append(value));
    return texts;
  };
  return {.holds =
              [key, wanted](const Candidate& each) {
                if (each.vm == nullptr) return false;
                const auto found = each.vm->metadata.find(key);
                return (found == each.vm->metadata.end() ? "" : found->second) == wanted;
              },
          .others = [words](const std::vector<Candidate>& all) { return all_of(all, words); }};
}

bool is_pattern(const std::string& word) {
  return word.find_first_of("*?[") != std::string::npos;
}

bool matches(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), FNM_NOESCAPE | FNM_CASEFOLD) == 0;
}

Rule rule_of_name(const std::string& word) {
  const auto compare =
      is_pattern(word) ? matches : [](const std::string& one, const std::string& other) {
        return text::equal_ignoring_case(one, other);
      };
  return {.holds =
              [word, compare](const Candidate& each) {
                return compare(word, each.name) || compare(word, each.fqn);
              },
          .others =
              [](const std::vector<Candidate>& candidates) {
                Texts names;
                for (const auto& each : candidates) {
                  names.push_back(each.name);
                  names.push_back(each.fqn);
                }
                return names;
              }};
}

Rule rule_of(const std::string& word) {
  if (word.starts_with(kMetadata)) {
    if (const auto equals = word.find('='); equals != std::string::npos)
      return rule_of_metadata(word, equals);
  }
  // No name has a colon, and no pattern needs one.
  if (const auto colon = word.find(':'); colon != std::string::npos)
    return rule_of_kind(word, colon);
  return rule_of_name(word);
}

constexpr std::size_t kFew = 12;  // in a message

/// The nearest in another case, too: names are compared in capitals, all else as it is.
std::optional<std::string> nearest(const std::string& word, const Texts& others) {
  if (auto meant = text::nearest(word, others)) return meant;
  Texts lower;
  for (const auto& each : others) lower.push_back(text::lower(each));
  const auto meant = text::nearest(text::lower(word), lower);
  if (!meant) return {};
  return others[static_cast<std::size_t>(std::find(lower.begin(), lower.end(), *meant) -
                                         lower.begin())];
}

[[noreturn]] void refuse(const std::string& word, const Texts& others) {
  const std::string problem = text::quote(word) + " means no VM";
  if (const auto meant = is_pattern(word) ? std::nullopt : nearest(word, others))
    throw refused(problem, "did you mean " + text::quote(*meant) + "?");
  const bool few = !others.empty() && others.size() <= kFew;
  throw refused(problem, few ? "there are: " + text::join(others, ", ")
                             : "'havc list' and 'havc status' name all there are");
}

std::vector<Candidate> candidates_of(const std::vector<Vm>& vms, const Texts& known) {
  std::vector<Candidate> candidates;
  std::set<std::string_view> with_file;
  for (const auto& vm : vms) {
    candidates.push_back({&vm, vm.identity.fqn, vm.name.text});
    with_file.insert(vm.identity.fqn);
  }
  for (const auto& id : known) {
    if (!with_file.contains(id)) candidates.push_back({nullptr, id, id.substr(0, id.rfind('_'))});
  }
  return candidates;
}

}  // namespace

Selection select(const std::vector<Vm>& vms, const std::vector<std::string>& known,
                 const std::vector<std::string>& words, NoWords no_words) {
  if (words.empty() && no_words == NoWords::refuse)
    throw refused("no VM is named", "name VMs, or '*' for all");
  const auto candidates = candidates_of(vms, known);
  std::vector<bool> chosen(candidates.size(), words.empty());
  for (const auto& word : words) {
    const Rule rule = rule_of(word);
    bool any = false;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!rule.holds(candidates[i])) continue;
      any = chosen[i] = true;
    }
    if (!any) refuse(word, rule.others(candidates));
  }
  Selection selection;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!chosen[i]) continue;
    if (candidates[i].vm != nullptr)
      selection.vms.push_back(candidates[i].vm);
    else
      selection.without_file.push_back(candidates[i].fqn);
  }
  return selection;
}

std::vector<const Vm*> select(const std::vector<Vm>& vms, const std::vector<std::string>& words,
                              NoWords no_words) {
  return select(vms, {}, words, no_words).vms;
}

}  // namespace havc::inventory
