#include "inventory/template.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "xml/document.h"

namespace havc::inventory {

namespace {

constexpr auto kOptional = options::Need::optional;
constexpr std::size_t kLargestFile =
    262144;  // libvirt's largest real definitions have a tenth of it
constexpr std::string_view kBegin = "%{";

constexpr std::array kMacros{
    Macro{"VM_FQN", "the guest's name, NAME_zone, beginning with a letter"},
    Macro{"HOST_NAME", "its name in DNS"},
    Macro{"IP_ADDRESS", "its IPv4 address", kOptional},
    Macro{"IP_ADDRESS_V6", "its IPv6 address, which follows from the MAC address", kOptional},
    Macro{"MAC_ADDRESS",
          "its MAC address; if none was given, 02:00: and the IPv4 address in hexadecimal"},
    Macro{"NETWORK_ZONE", "the zone of that address"},
    Macro{"NETWORK_VLAN", "the zone's VLAN", kOptional},
    Macro{"NETWORK_BRIDGE", "the zone's bridge"},
    Macro{"DESCRIPTION", "zone, VLAN and addresses in words: those there are"},
    Macro{"UUID_SUFFIX", "the MAC address without colons, for UUIDs that begin otherwise"},
    Macro{"VM_UUID", "the whole UUID"},
    Macro{"VM_DISK_TYPE", "file or block: of the first disk"},
    Macro{"VM_IMAGE", "path of the first disk, if it is a file", kOptional},
    Macro{"VM_DEVICE", "path of the first disk, if it is a block device", kOptional},
    Macro{"VM_IMAGE_2", "of the second disk, if it is a file", kOptional},
    Macro{"VM_DEVICE_2", "of the second disk, if it is a block device", kOptional},
    Macro{"VM_IMAGE_3", "of the third disk, if it is a file", kOptional},
    Macro{"VM_DEVICE_3", "of the third disk, if it is a block device", kOptional},
    Macro{"VM_IMAGE_4", "of the fourth disk, if it is a file", kOptional},
    Macro{"VM_DEVICE_4", "of the fourth disk, if it is a block device", kOptional},
    Macro{"VM_CPUS", "number of virtual CPUs"},
    Macro{"VM_MEMORY", "MiB"},
    Macro{"PREFERRED_NODE", "the node to begin on", kOptional},
    Macro{"PREFERRED_NODE_2", "the second choice", kOptional},
    Macro{"EMAIL", "who is told", kOptional},
    Macro{"TARGET_ROLE", "Started or Stopped", kOptional},
    Macro{"PRIORITY", "which goes first where not all have room: the higher", kOptional},
    Macro{"STOP_TIMEOUT", "seconds for shutting down"},
    Macro{"MIGRATION_TIMEOUT", "seconds for a move"},
    Macro{"MIGRATION_DOWNTIME", "milliseconds that it may stand still in a move", kOptional},
    Macro{"CHASSIS", "name of the fence device"},
    Macro{"STONITH_TYPE", "external/ibmbc, external/ibmfx, fence_ibmbc or fence_ibmfx"},
    Macro{"MGMT_ADDRESS", "address of its management module"},
    Macro{"SNMP_CONF_PATH", "folder with the snmp.conf"},
    Macro{"PING_HOSTS", "addresses of two switches"},
    Macro{"ADMIN_ADDRESS", "the address"},
    Macro{"ADMIN_PREFIX", "length of its network's prefix"},
    Macro{"ADMIN_INTERFACE", "the interface it is put on"},
};

const Macro* find_macro(std::string_view name) {
  const auto* const found = std::find_if(kMacros.begin(), kMacros.end(),
                                         [&](const Macro& each) { return each.name == name; });
  return found == kMacros.end() ? nullptr : found;
}

Error refused(const std::string& file, int line, const std::string& problem,
              const std::string& remedy) {
  return {Fault::misconfigured, file + ":" + std::to_string(line) + ": " + problem, remedy};
}

// Parts of XML that are no text and no attribute. In well-formed XML a '<' in text or an attribute
// is escaped, so each of these begins one.
struct Part {
  std::string_view begin;
  std::string_view end;
  std::string_view words;
};
constexpr std::array kParts{Part{"<!--", "-->", "a comment"},
                            Part{"<![CDATA[", "]]>", "a CDATA section"},
                            Part{"<?", "?>", "an instruction"}};

const Part* part_at(std::string_view rest) {
  const auto* const found = std::find_if(
      kParts.begin(), kParts.end(), [&](const Part& each) { return rest.starts_with(each.begin); });
  return found == kParts.end() ? nullptr : found;
}

/// Gives the name of the outermost element.
std::string check_xml(const std::string& text, const std::string& name) {
  try {
    return std::string(xml::Document::parse(text, name).root().name());
  } catch (const Error& error) {
    if (error.fault() != Fault::unusable_here) throw;
    throw Error(Fault::misconfigured, error.problem(), "correct the template");
  }
}

std::string escaped(std::string_view value) {
  std::string result;
  for (const char letter : value) {
    switch (letter) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&apos;";
        break;
      default:
        result += letter;
    }
  }
  return result;
}

const std::string& value_of(const Macro& macro, const Values& values) {
  static const std::string kNone;
  const auto found = values.find(std::string(macro.name));
  return found == values.end() ? kNone : found->second;
}

std::string read_template(const std::string& file) {
  try {
    return read_file(file, kLargestFile);
  } catch (const Error& error) {
    throw Error(error.fault(), error.problem(), "put a template of at most 256 KiB there");
  }
}

bool has_control_characters(std::string_view value) {
  return !options::Text<std::string>::parse(value);
}

}  // namespace

std::span<const Macro> macros() {
  return kMacros;
}

Template::Template(std::string text, std::string file)
    : text_(std::move(text)), file_(std::move(file)) {
  root_ = check_xml(text_, file_);
  find_uses();
}

void Template::find_uses() {
  const std::string_view text = text_;
  int line = 1;
  const Part* part = nullptr;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    if (text[i] == '\n') ++line;
    if (part == nullptr) {
      part = part_at(rest);
    } else if (rest.starts_with(part->end)) {
      part = nullptr;
    }
    if (!rest.starts_with(kBegin)) continue;
    if (part != nullptr) {
      throw refused(file_, line, "a macro stands in " + std::string(part->words),
                    "remove it there: macros belong into texts and attributes");
    }
    uses_.push_back(use_at(i, line));
  }
}

Template::Use Template::use_at(std::size_t begin, int line) const {
  const auto first = begin + kBegin.size();
  const auto end = text_.find_first_not_of(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", first);
  const std::string name = text_.substr(first, std::min(end, text_.size()) - first);
  constexpr std::size_t kLongest = 60;
  const std::string shown = "%{" + text::one_line(name, kLongest);
  if (end == std::string::npos || text_[end] != '}') {
    throw refused(file_, line, "macro '" + shown + "' has no '}' behind its name", "write %{NAME}");
  }
  const Macro* const macro = find_macro(name);
  if (macro != nullptr) return {begin, end + 1, line, macro};
  std::vector<std::string> known;
  known.reserve(kMacros.size());
  for (const auto& each : kMacros) known.emplace_back(each.name);
  const auto meant = text::nearest(name, known);
  throw refused(
      file_, line, "unknown macro '" + shown + "}'",
      meant ? "did you mean '%{" + *meant + "}'?" : "xml/README.md lists the macros there are");
}

std::string Template::fill_line(std::size_t begin, std::size_t end, std::span<const Use> uses,
                                const Values& values) const {
  std::string line;
  for (const auto& use : uses) {
    const std::string& value = value_of(*use.macro, values);
    if (value.empty() && use.macro->need == kOptional) return {};
    const std::string shown = "'%{" + std::string(use.macro->name) + "}'";
    if (value.empty())
      throw refused(file_, use.line, "macro " + shown + " has no value",
                    "give it one, or remove what needs it");
    if (has_control_characters(value))
      throw refused(file_, use.line, "the value of macro " + shown + " has control characters",
                    "correct the value");
    line += text_.substr(begin, use.begin - begin) + escaped(value);
    begin = use.end;
  }
  return line + text_.substr(begin, end - begin);
}

std::string Template::fill(const Values& values) const {
  std::string result;
  auto use = uses_.begin();
  for (std::size_t begin = 0; begin < text_.size();) {
    const auto newline = text_.find('\n', begin);
    const auto end = newline == std::string::npos ? text_.size() : newline + 1;
    const auto last =
        std::find_if(use, uses_.end(), [&](const Use& each) { return each.begin >= end; });
    result += fill_line(begin, end, {use, last}, values);
    use = last;
    begin = end;
  }
  static_cast<void>(check_xml(result, file_ + " (filled in)"));
  return result;
}

bool Template::uses(std::string_view macro) const {
  return std::any_of(uses_.begin(), uses_.end(),
                     [&](const Use& each) { return each.macro->name == macro; });
}

std::optional<std::string> TemplateFolders::file_of(const FileName& name) const {
  for (const auto& folder : folders_) {
    const std::string file = folder + "/" + name.text;
    std::error_code code;
    if (std::filesystem::exists(std::filesystem::symlink_status(file, code))) return file;
  }
  return {};
}

const Template& TemplateFolders::get(const FileName& name) {
  const auto found = read_.find(name.text);
  if (found != read_.end()) return found->second;
  if (const auto file = file_of(name))
    return read_.emplace(name.text, Template(read_template(*file), *file)).first->second;
  throw Error(Fault::misconfigured,
              "no template " + text::quote(name.text) + " in " + text::join(folders_, ", "),
              "put it there or name another");
}

std::vector<std::string> TemplateFolders::names(std::string_view root) {
  std::set<std::string> names;
  for (const auto& folder : folders_) {
    std::error_code code;
    std::filesystem::directory_iterator entry(folder, code);
    for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
      const auto name = options::Text<FileName>::parse(entry->path().filename().string());
      if (!name || !name->text.ends_with(".xml")) continue;
      try {
        if (get(*name).root() == root) names.insert(name->text);
      } catch (const Error&) {  // it is told when somebody uses it
      }
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace havc::inventory
