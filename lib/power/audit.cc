#include "power/audit.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/environment.h"
#include "base/log.h"
#include "base/text.h"

namespace havc::power {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostText = 160;
constexpr std::size_t kMostCommands = 12;  // a bay; the last ones say how it ended
constexpr std::size_t kMostNotes = 4;
constexpr std::size_t kLeastText = 20;

/// A bay's entry; of its commands the last ones.
template <typename Entry>
ordered_json json_of(const Entry& bay, std::size_t most_text, std::size_t most_commands) {
  const auto cut = [&](const std::string& text) { return text::one_line(text, most_text); };
  ordered_json json = {{"chassis", bay.link + 1},     {"bay", bay.number},
                       {"name", cut(bay.name)},       {"uuid", bay.uuid},
                       {"before", cut(bay.before)},   {"after", cut(bay.after)},
                       {"given", bay.commands.size()}};
  const std::size_t shown = std::min(bay.commands.size(), most_commands);
  for (std::size_t i = bay.commands.size() - shown; i < bay.commands.size(); ++i) {
    const auto& one = bay.commands[i];
    ordered_json command = {{"at", one.at_ms}, {"do", one.words}};
    if (!one.answer.empty()) {
      command["said"] = cut(one.answer);
      command["after"] = one.answered_ms - one.at_ms;
    }
    json["commands"].push_back(std::move(command));
  }
  return json;
}

}  // namespace

Audit::Audit(std::string action, std::string plug, Deadline deadline)
    : action_(std::move(action)),
      plug_(std::move(plug)),
      deadline_(deadline),
      start_(deadline.now()) {
  phase("connect");
}

std::int64_t Audit::now_ms() const {
  return std::chrono::floor<std::chrono::milliseconds>(deadline_.now() - start_).count();
}

void Audit::phase(std::string_view name) {
  phases_.push_back({std::string(name), now_ms()});
}

void Audit::module(std::size_t link, const std::string& name) {
  if (modules_.size() <= link) modules_.resize(link + 1);
  auto& used = modules_[link];
  if (used.empty() || used.back() != name) used.push_back(name);
}

void Audit::targets(const Plan& plan) {
  if (!bays_.empty()) return;
  for (const auto& target : plan.targets) {
    const Bay& bay = target.bay;
    bays_.push_back({.link = target.link,
                     .number = bay.number,
                     .name = bay.name,
                     .uuid = bay.uuid,
                     .before = bay.state.word,
                     .after = bay.state.word});
  }
}

void Audit::state(std::size_t target, const std::string& word) {
  bays_.at(target).after = word;
}

std::size_t Audit::command(std::size_t target, const std::string& words) {
  auto& commands = bays_.at(target).commands;
  commands.push_back({.at_ms = now_ms(), .words = words, .answer = {}});
  return commands.size() - 1;
}

void Audit::answered(std::size_t target, std::size_t command, const std::string& answer) {
  auto& entry = bays_.at(target).commands.at(command);
  entry.answer = answer;
  entry.answered_ms = now_ms();
}

void Audit::note(const std::string& text) {
  if (notes_.size() < kMostNotes) notes_.push_back(text);
}

std::string Audit::text(const Limits& limits) const {
  const auto cut = [&](const std::string& text) { return text::one_line(text, limits.text); };
  const std::int64_t end = end_ms_ < 0 ? now_ms() : end_ms_;
  ordered_json line = {{"audit", "power"},
                       {"by", cut(host_name())},
                       {"action", action_},
                       {"plug", cut(plug_)},
                       {"result", result_}};
  if (!reason_.empty()) line["reason"] = cut(reason_);
  line["ms"] = end;
  for (std::size_t i = 0; i < phases_.size(); ++i) {
    const std::int64_t until = i + 1 < phases_.size() ? phases_[i + 1].from_ms : end;
    line["phases"][phases_[i].name] = until - phases_[i].from_ms;
  }
  line["modules"] = ordered_json::array();
  for (const auto& used : modules_) line["modules"].push_back(cut(text::join(used, " then ")));
  line["bays"] = ordered_json::array();
  for (const auto& bay : bays_) {
    if (line["bays"].size() == limits.bays) break;
    line["bays"].push_back(json_of(bay, limits.text, limits.commands));
  }
  if (limits.bays < bays_.size()) line["more_bays"] = bays_.size() - limits.bays;
  for (const auto& note : notes_) line["notes"].push_back(cut(note));
  return line.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
}

std::string Audit::json() const {
  Limits limits{kMostText, kMostCommands, bays_.size()};
  std::string line = text(limits);
  while (line.size() > log::kLongestRecord && limits.bays > 0) {
    if (limits.text > kLeastText) {
      limits.text = std::max(kLeastText, limits.text / 2);
    } else if (limits.commands > 0) {
      limits.commands /= 2;
    } else {
      --limits.bays;
    }
    line = text(limits);
  }
  return line;
}

void Audit::finish(const Error* failure) {
  if (end_ms_ >= 0) return;
  end_ms_ = now_ms();
  result_ = failure == nullptr ? "done" : "failed";
  if (failure != nullptr) reason_ = failure->what();
  log::record(json());
}

}  // namespace havc::power
