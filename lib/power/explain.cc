#include "power/explain.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "power/device.h"
#include "power/pursuit.h"

namespace havc::power {

namespace {

// In the order of Action; fence agents call the last one reboot.
constexpr std::array<std::pair<std::string_view, Action>, 4> kWords{{{"off", Action::off},
                                                                     {"on", Action::on},
                                                                     {"reset", Action::reset},
                                                                     {"reboot", Action::reset}}};

std::string shown(std::string_view text) {
  return std::string(text);
}
std::string shown(std::int64_t number) {
  return std::to_string(number);
}

// Not libfmt: programs that print this start without it.
template <typename... Parts>
std::string joined(const Parts&... parts) {
  std::string text;
  ((text += shown(parts)), ...);
  return text;
}

std::string dashed(const std::string& uuid) {
  return uuid.size() != 32
             ? uuid
             : joined(uuid.substr(0, 8), "-", uuid.substr(8, 4), "-", uuid.substr(12, 4), "-",
                      uuid.substr(16, 4), "-", uuid.substr(20));
}

std::string_view word_of(Action action) {
  return kWords.at(static_cast<std::size_t>(action)).first;
}

/// Lines of an explanation.
class Text {
 public:
  explicit Text(const Scene& scene) : scene_(scene), kind_(*scene.kind) {}

  std::string whole() {
    line(scene_.word.empty() ? word_of(scene_.action) : scene_.word, " ", scene_.plan.host,
         ": what would be done now. Nothing has been changed.");
    for (const auto& module : scene_.modules) line("module: ", module);
    for (const auto& system : scene_.plan.systems)
      line("joined: ", system, "; power goes at once, without a soft off");
    for (const auto& target : scene_.plan.targets) bay(target.bay);
    times();
    warnings();
    return std::move(text_);
  }

 private:
  template <typename... Parts>
  void line(const Parts&... parts) {
    text_ += joined(parts..., "\n");
  }

  void bay(const Bay& bay) {
    const std::string health = bay.health.empty() ? "" : ", health " + bay.health;
    const std::string width = bay.width > 1 ? joined(", ", bay.width, " bays wide") : "";
    line(bay.text(), ": ", bay.exists ? bay.state.word : "empty", health, width);
    line("  UUID ", bay.uuid.empty() ? "unknown" : dashed(bay.uuid), ", serial number ",
         bay.serial.empty() ? "unknown" : bay.serial);
    if (scene_.action != Action::on) off(bay);
    if (scene_.action != Action::off) on(bay);
  }

  std::string command(const Bay& bay, std::int32_t code, std::string_view word) const {
    return joined("SET ", (kind_.columns.command / bay.index).text(), " = ", code, " (", word, ")");
  }

  /// Seconds of the soft phase of this bay; 0: none.
  std::chrono::seconds soft(const Bay& bay) const {
    const bool none = scene_.action != Action::off || scene_.plan.scaled ||
                      bay.state.power != Power::on || !kind_.commands.soft_off;
    return none ? std::chrono::seconds(0) : scene_.policy.soft_timeout;
  }

  void off(const Bay& bay) {
    if (scene_.policy.missing_as_off && bay.empty) {
      return line("  nothing is SET: an empty bay counts as off ('missing_as_off')");
    }
    const auto hard = command(bay, kind_.commands.off, "off");
    const auto time = soft(bay);
    if (bay.state.power == Power::off) {
      line("  nothing is SET while it reads off; else ", hard);
    } else if (time.count() > 0) {
      line("  ", command(bay, *kind_.commands.soft_off, "soft off"), " at once");
      line("  ", hard, " after ", time.count(),
           " s, or as soon as the soft off is refused; again after each ", kRepeat.count(), " s");
    } else {
      line("  ", hard, " at once; again after each ", kRepeat.count(), " s");
    }
    if (scene_.policy.escalate == Escalate::reseat && !kind_.reseat.command.empty()) {
      line("  SET ", (kind_.reseat.command / static_cast<std::uint32_t>(bay.number)).text(), " = ",
           kind_.reseat.code, " (virtual reseat) when that is accepted and not followed");
    }
    verification(bay, Power::off, "twice in a row, at least a second apart");
    if (scene_.policy.verify != Verify::strict) return;
    line("  and ", (kind_.witness.state / bay.index).text(), " says off, too, and the seconds in ",
         (kind_.witness.seconds / bay.index).text(), " stand still");
  }

  void on(const Bay& bay) {
    const auto set = command(bay, kind_.commands.on, "on");
    if (scene_.action == Action::on && bay.state.power == Power::on) {
      line("  nothing is SET while it reads on; else ", set);
    } else {
      line("  ", set, " ", scene_.action == Action::on ? "at once" : "once all bays are off");
    }
    verification(bay, Power::on, "");
    if (scene_.action == Action::reset) line("  that it is on again is no condition of success");
  }

  void verification(const Bay& bay, Power power, std::string_view how_often) {
    const auto row = std::find_if(kind_.states.begin(), kind_.states.end(),
                                  [&](const StateCode& one) { return one.power == power; });
    std::vector<std::string> same{"bay"};
    if (!bay.name.empty()) same.emplace_back("name");
    if (!bay.uuid.empty()) same.emplace_back("UUID");
    line("  done when ", (kind_.columns.state / bay.index).text(), " reads ", row->code, " (",
         row->word, ")", how_often.empty() ? "" : " ", how_often, ", with the same ",
         text::join(same, ", "));
  }

  void times() {
    const auto total = scene_.time.count();
    line("time: ", total, " s in all, of which");
    line("  at most ", total / kContactShare, " s to reach the chassis and look the bays up");
    if (scene_.action == Action::on) return line("  the rest for the reading that proves it");
    std::chrono::seconds soft_time{0};
    for (const auto& target : scene_.plan.targets)
      soft_time = std::max(soft_time, soft(target.bay));
    // As turn_off(): at most half of what is left.
    if (soft_time.count() > 0) {
      line("  at most ", std::min<std::int64_t>(soft_time.count(), total / 2),
           " s for the system to shut down by itself, and never more than half of what is left");
    }
    line("  the rest for power to go and for the readings that prove it");
    if (scene_.action == Action::reset) line("  at most 10 s of it to be on again");
  }

  void warnings() {
    for (const auto& note : scene_.plan.notes) line("note: ", note);
    for (const auto& warning : scene_.warnings) line("warning: ", warning);
  }

  const Scene& scene_;
  const Chassis& kind_;
  std::string text_;
};

}  // namespace

Action parse_action(const std::string& word) {
  for (const auto& [name, action] : kWords) {
    if (word == name) return action;
  }
  throw Error(Fault::unsupported, "there is nothing to explain about action " + text::quote(word),
              "explain off, on or reset");
}

std::string explain(const Scene& scene) {
  return Text(scene).whole();
}

}  // namespace havc::power
