#include "fence/actions.h"

#include <algorithm>
#include <array>

#include "base/log.h"

namespace havc::fence {

namespace {

using power::Power;
using stonith::Span;

Outcome on(const Work& work) {
  work.device.on(work.plug, work.deadline);
  return {};
}

Outcome off(const Work& work) {
  work.device.off(work.plug, work.deadline);
  return {};
}

Outcome reboot(const Work& work) {
  work.device.reset(work.plug, work.deadline);  // warns when it did not come on again
  return {};
}

Outcome status(const Work& work) {
  bool all_off = true;
  for (const auto& bay : work.device.look(work.plug, work.deadline)) {
    if (!bay.exists && work.missing_as_off) continue;
    if (bay.state.power == Power::unknown) {
      throw Error(Fault::failed, bay.text() + " reads " + bay.state.word,
                  "look at it on the management module");
    }
    all_off = all_off && bay.state.power == Power::off;
  }
  return all_off ? Outcome{kOff, "Status: OFF\n"} : Outcome{kDone, "Status: ON\n"};
}

/// A line a bay.
Outcome lines(const Work& work, bool with_state) {
  Outcome outcome;
  for (const auto& entry : work.device.list(work.deadline)) {
    for (const auto& bay : entry.bays) {
      outcome.output += bay.place() + work.separator + entry.host;
      if (with_state) outcome.output += work.separator + std::string(printed(bay.state.power));
      outcome.output += "\n";
    }
  }
  return outcome;
}

Outcome list(const Work& work) {
  return lines(work, false);
}
Outcome list_status(const Work& work) {
  return lines(work, true);
}

Outcome monitor(const Work& work) {
  for (const auto& warning : work.device.status(work.deadline)) log::warn(warning);
  return {};
}

Outcome validate(const Work& work) {
  auto problems = work.device.validate(work.deadline);
  const int exit_code = problems.empty() ? kDone : kFailed;
  return {exit_code, "", std::move(problems)};
}

constexpr std::array<Action, 8> kActions{{
    {"on", true, Span::change, false, on, "Done when every bay of the plug has read on."},
    {"off", true, Span::change, true, off,
     "Cuts power. Done when every bay of the plug has read off twice."},
    {"reboot", true, Span::change, true, reboot,
     "off, and on again. A plug that does not come on again has been fenced all the same: a line "
     "in "
     "the log, and success."},
    {"status", true, Span::question, false, status,
     "Prints whether the plug is on or off; the exit code is 0 or 2. Standby and hibernate count "
     "as "
     "on. A state that nobody knows is a failure."},
    {"list", false, Span::list, false, list, "Prints the bays that have a blade, and their hosts."},
    {"list-status", false, Span::list, false, list_status,
     "The same with ON, OFF or UNKNOWN behind each."},
    {"monitor", false, Span::question, false, monitor,
     "The management modules answer and are of this kind of chassis. Parameters are checked more "
     "strictly than by the others."},
    {"validate-all", false, Span::question, false, validate,
     "Checks parameters, files on this node, and host_map against the chassis, without switching "
     "anything. Each problem is a line on standard error; a parameter that does not exist is a "
     "warning there, and no failure."},
}};

}  // namespace

const Action* find_action(std::string_view name) {
  const auto* const found = std::find_if(kActions.begin(), kActions.end(),
                                         [&](const Action& each) { return each.name == name; });
  return found == kActions.end() ? nullptr : found;
}

std::vector<ActionDoc> action_docs() {
  std::vector<ActionDoc> docs;
  docs.reserve(kActions.size() + 2);
  for (const auto& action : kActions) docs.push_back({std::string(action.name), action.text});
  // validate-all is last, as elsewhere
  docs.insert(docs.end() - 1,
              {{"metadata", "Prints the XML that describes this agent; meta-data is the same."},
               {"manpage", "The same again: fence-agents makes a page of it."}});
  return docs;
}

std::vector<std::string> action_names() {
  const auto docs = action_docs();
  std::vector<std::string> names;
  names.reserve(docs.size());
  for (const auto& doc : docs) names.push_back(doc.name);
  return names;
}

}  // namespace havc::fence
