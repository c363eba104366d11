#include "havc/addition.h"

#include <algorithm>

#include "base/text.h"
#include "inventory/setting.h"
#include "inventory/write.h"

namespace havc::cli {

namespace {

constexpr std::string_view kDigits = "0123456789";

/// "web-09" and 1: "web-10". Nothing where no number is at its end.
std::optional<std::string> counted_up(const std::string& text, int by) {
  const auto last = text.find_last_not_of(kDigits);
  const auto begin = last == std::string::npos ? 0 : last + 1;
  const auto number = text::number(std::string_view(text).substr(begin), 1'000'000'000);
  if (!number) return {};
  std::string digits = std::to_string(*number + static_cast<std::uint64_t>(by));
  const std::size_t width = text.size() - begin;
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return text.substr(0, begin) + digits;
}

template <class Octets>
void add_to(Octets& octets, unsigned by) {
  for (auto octet = octets.rbegin(); octet != octets.rend() && by > 0; ++octet) {
    by += *octet;
    *octet = static_cast<std::uint8_t>(by & 0xFFU);
    by >>= 8U;
  }
}

std::string address_counted_up(const std::string& text, int by) {
  auto address = inventory::parse_address(text);
  if (!address) return text;  // which is refused later, with the reason
  std::visit([by](auto& each) { add_to(each.octets, static_cast<unsigned>(by)); }, *address);
  return text_of(*address);
}

std::string host_counted_up(const std::string& text, int by) {
  const auto dot = std::min(text.find('.'), text.size());
  const auto label = counted_up(text.substr(0, dot), by);
  if (!label)
    throw Error(Fault::misconfigured,
                "host name " + text::quote(text) + " has no number at the end of its first label",
                "give one, as web-01.example.org, or list the VMs in a file (--from)");
  return *label + text.substr(dot);
}

Error wrong_line(const std::string& file, int line, const std::string& problem,
                 const std::string& remedy) {
  return {Fault::misconfigured, file + ":" + std::to_string(line) + ": " + problem, remedy};
}

/// One line's fields.
std::vector<std::string> fields_of(std::string_view line, const std::string& file, int number) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    const bool twice = quoted && letter == '"' && i + 1 < line.size() && line[i + 1] == '"';
    if (twice) ++i;
    if (letter == '"' && !twice)
      quoted = !quoted;
    else if (letter == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += letter;
  }
  if (quoted)
    throw wrong_line(file, number, "a quotation mark is not closed", "a value takes one line");
  for (auto& field : fields) field = std::string(text::trim(field));
  return fields;
}

std::string text_of_value(const inventory::Setting& value) {
  if (value.kind != inventory::Setting::Kind::list) return value.text;
  std::vector<std::string> items;
  for (const auto& item : value.items) items.push_back(item.text);
  return text::join(items, ",");
}

}  // namespace

std::string value_of(const Addition& addition, std::string_view key) {
  const auto found = std::find_if(addition.begin(), addition.end(),
                                  [&](const auto& each) { return each.first == key; });
  return found == addition.end() ? std::string() : found->second;
}

std::vector<Addition> counted(const Addition& first, int count) {
  std::vector<Addition> all;
  for (int i = 0; i < count; ++i) {
    Addition next = first;
    for (auto& [key, value] : next) {
      if (i == 0 || value.empty()) continue;
      if (key == "address") value = address_counted_up(value, i);
      if (key == "host") value = host_counted_up(value, i);
      if (key != "name") continue;
      const auto name = counted_up(value, i);
      if (!name)
        throw Error(Fault::misconfigured,
                    "name " + text::quote(value) + " has no number at its end to count up",
                    "give one, as WEB-01");
      value = *name;
    }
    all.push_back(std::move(next));
  }
  return all;
}

std::vector<Addition> from_csv(std::string_view text, const std::string& file) {
  std::vector<Addition> all;
  std::vector<std::string> keys;
  int number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto fields = fields_of(line, file, number);
    if (keys.empty()) {
      keys = fields;
      continue;
    }
    if (fields.size() > keys.size())
      throw wrong_line(file, number, "it has more values than the first line has keys",
                       "put values with commas in quotation marks");
    Addition& addition = all.emplace_back();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!fields[i].empty()) addition.emplace_back(keys[i], fields[i]);
    }
  }
  if (all.empty())
    throw Error(Fault::misconfigured, text::quote(file) + " lists no VM",
                "write keys (name,host,address) into its first line, and a VM into each other");
  return all;
}

std::vector<Addition> from_toml(std::string_view text, const std::string& file) {
  std::vector<Addition> all;
  for (const auto& table : inventory::parse_toml(text, file).items) {
    if (table.kind != inventory::Setting::Kind::table)
      throw wrong_line(file, table.line, "key " + text::quote(table.key) + " stands in no table",
                       "write [NAME] above the keys of each VM");
    Addition& addition = all.emplace_back();
    addition.emplace_back("name", table.key);
    for (const auto& value : table.items) {
      if (value.kind != inventory::Setting::Kind::table)
        addition.emplace_back(value.key, text_of_value(value));
      else
        for (const auto& item : value.items)
          addition.emplace_back(value.key + "." + item.key, item.text);
    }
  }
  if (all.empty())
    throw Error(Fault::misconfigured, text::quote(file) + " lists no VM",
                "write a table [NAME] with host and address for each");
  return all;
}

std::string file_of(const Addition& addition, const Lookup& lookup,
                    std::vector<std::string>& notes) {
  const std::string name = value_of(addition, "name");
  const std::string file = "vms/" + inventory::vm_name(name).text + ".toml";
  const std::string host = value_of(addition, "host");
  if (host.empty())
    throw Error(Fault::misconfigured, text::quote(name) + " has no host name", "give --host");
  std::string text;
  for (const auto& [key, value] : addition) {
    if (!value.empty())
      text = inventory::with_change(text, file, {inventory::KeyChange::How::set, key, value});
  }
  const bool known = !value_of(addition, "address").empty() ||
                     (!value_of(addition, "zone").empty() && !value_of(addition, "mac").empty());
  if (known) return text;
  const Answer answer = lookup(host);
  if (!answer.name.empty() && !text::equal_ignoring_case(answer.name, host))
    notes.push_back(text::quote(host) + " is another name of " + text::quote(answer.name));
  return inventory::with_change(
      text, file, {inventory::KeyChange::How::set, "address", text_of(answer.address)});
}

Answer read_hosts(std::string_view output, const std::string& host) {
  std::optional<inventory::Address> best;
  std::string name;
  for (const auto& line : text::split(output, "\n")) {
    const auto words = text::split(line, " \t");
    if (words.size() > 2 && name.empty()) name = words[2];  // of the first line alone
    const auto address = words.empty() ? std::nullopt : inventory::parse_address(words[0]);
    if (!address) continue;
    const bool is_better = best && best->index() > address->index();  // IPv4 comes first
    if (!best || is_better) best = address;
  }
  if (!best)
    throw Error(Fault::misconfigured, text::quote(host) + " has no address in DNS",
                "add it there, or give --address");
  return {*best, name};
}

}  // namespace havc::cli
