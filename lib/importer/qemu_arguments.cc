#include "importer/qemu_arguments.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/error.h"
#include "base/shell_words.h"
#include "base/text.h"

namespace havc::importer {

namespace {

/// Said by keys of the machine, or by its disks.
constexpr std::array<std::string_view, 9> kContradicting{
    "-name", "-m", "-smp", "-uuid", "-drive", "-hda", "-hdb", "-smbios", "-incoming"};

/// libvirt gives these by itself; how many words follow.
struct Dropped {
  std::string_view name;
  int values;
};
constexpr std::array<Dropped, 12> kDropped{{{"-enable-kvm", 0},
                                            {"-daemonize", 0},
                                            {"-nodefaults", 0},
                                            {"-monitor", 1},
                                            {"-qmp", 1},
                                            {"-pidfile", 1},
                                            {"-runas", 1},
                                            {"-vnc", 1},
                                            {"-display", 1},
                                            {"-serial", 1},
                                            {"-vga", 1},
                                            {"-boot", 1}}};

/// "bridge,id=net0,br=br0": its first word under "".
std::map<std::string, std::string> properties(const std::string& text) {
  std::map<std::string, std::string> all;
  for (const auto& part : text::split(text, ",")) {
    const auto sign = part.find('=');
    if (sign == std::string::npos)
      all.emplace(all.empty() ? "" : part, all.empty() ? part : "");
    else
      all[part.substr(0, sign)] = part.substr(sign + 1);
  }
  return all;
}

std::string model_of(const std::string& device) {
  if (device.starts_with("virtio-net")) return "virtio";
  return device;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : words_(shell_words(text)) {}

  QemuArguments read() {
    while (at_ < words_.size()) take(words_[at_++]);
    for (const auto& [id, options] : backends_) {
      if (!used_.contains(id))
        throw Error(Fault::misconfigured, "-netdev " + text::quote(id) + " has no -device",
                    "add its card, or remove it");
    }
    join_old_style();
    return std::move(result_);
  }

 private:
  std::string next(const std::string& option) {
    if (at_ == words_.size())
      throw Error(Fault::misconfigured, "nothing follows " + text::quote(option), "complete it");
    return words_[at_++];
  }

  void take(const std::string& option) {
    const auto name = option.starts_with("--") ? option.substr(1) : option;
    if (std::find(kContradicting.begin(), kContradicting.end(), name) != kContradicting.end())
      throw Error(Fault::misconfigured, text::quote(name) + " contradicts the machine's keys",
                  "say it with its key instead");
    const auto* const dropped = std::find_if(
        kDropped.begin(), kDropped.end(), [&](const Dropped& each) { return each.name == name; });
    if (dropped != kDropped.end()) {
      result_.dropped.push_back(name);
      if (dropped->values > 0) result_.dropped.back() += " " + next(name);
    } else if (name == "-netdev") {
      const auto options = properties(next(name));
      backends_[value(options, "id")] = options;
    } else if (name == "-net") {
      take_old_style(properties(next(name)));
    } else if (name == "-nic") {
      take_nic(properties(next(name)));
    } else if (name == "-device") {
      take_device(next(name));
    } else if (name == "-usbdevice") {
      const auto what = next(name);
      if (what == "tablet")
        result_.tablet = true;
      else
        result_.others.insert(result_.others.end(), {name, what});
    } else if (name == "-usb") {
      result_.dropped.push_back(name);
    } else if (name == "-cpu") {
      const auto model = next(name);
      result_.host_cpu = model == "host";
      if (!result_.host_cpu) result_.others.insert(result_.others.end(), {name, model});
    } else if (name == "-rtc" || name == "-localtime") {
      take_clock(name);
    } else {
      result_.others.push_back(option);
    }
  }

  void take_clock(const std::string& name) {
    const auto what = name == "-rtc" ? next(name) : std::string("base=localtime");
    if (what == "base=localtime")
      result_.local_time = true;
    else if (what != "base=utc")
      result_.others.insert(result_.others.end(), {name, what});
  }

  void take_device(const std::string& text) {
    const auto options = properties(text);
    const auto backend = value(options, "netdev");
    const auto found = backends_.find(backend);
    if (backend.empty()) {
      if (value(options, "") == "usb-tablet")
        result_.tablet = true;
      else
        result_.others.insert(result_.others.end(), {"-device", text});
      return;
    }
    if (found == backends_.end())
      throw Error(Fault::misconfigured,
                  "-device has netdev " + text::quote(backend) + ", which no -netdev before it is",
                  "correct it");
    used_[backend] = true;
    result_.cards.push_back(
        {model_of(value(options, "")), value(options, "mac"), bridge_of(found->second)});
  }

  void take_nic(const std::map<std::string, std::string>& options) {
    const auto model = value(options, "model");
    result_.cards.push_back(
        {model.empty() ? "e1000" : model_of(model), value(options, "mac"), bridge_of(options)});
  }

  /// "-net nic,…" and "-net bridge,…", joined in their order, as by their VLAN they were.
  void take_old_style(const std::map<std::string, std::string>& options) {
    if (value(options, "") == "nic") {
      const auto model = value(options, "model");
      old_cards_.push_back(
          {model.empty() ? "rtl8139" : model_of(model), value(options, "macaddr"), ""});
    } else if (value(options, "") != "none") {
      old_bridges_.push_back(bridge_of(options));
    }
  }

  void join_old_style() {
    for (std::size_t i = 0; i < old_cards_.size(); ++i) {
      if (i < old_bridges_.size()) old_cards_[i].bridge = old_bridges_[i];
      result_.cards.push_back(old_cards_[i]);
    }
  }

  static std::string value(const std::map<std::string, std::string>& options,
                           const std::string& name) {
    const auto found = options.find(name);
    return found == options.end() ? "" : found->second;
  }

  /// Empty for a tap that a script puts on its bridge: then the zone tells it.
  static std::string bridge_of(const std::map<std::string, std::string>& options) {
    const auto bridge = value(options, "br");
    return bridge.empty() && value(options, "") == "bridge" ? "br0" : bridge;  // QEMU's default
  }

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  QemuArguments result_;
  std::map<std::string, std::map<std::string, std::string>> backends_;
  std::map<std::string, bool> used_;
  std::vector<NetworkCard> old_cards_;
  std::vector<std::string> old_bridges_;
};

}  // namespace

QemuArguments read_qemu_arguments(std::string_view text) {
  return Reader(text).read();
}

}  // namespace havc::importer
