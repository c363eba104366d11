#include "stonith/options.h"

#include "base/text.h"

namespace havc::stonith {

std::optional<std::string> choose(std::span<const std::string_view> words, std::string_view text) {
  for (const auto word : words) {
    if (text::equal_ignoring_case(word, text)) return std::string(word);
  }
  return {};
}

}  // namespace havc::stonith

namespace havc::options {

std::optional<stonith::Modules> Text<stonith::Modules>::parse(std::string_view text) {
  stonith::Modules modules;
  for (const auto& part : text::split(text, ";")) {
    auto addresses = snmp::parse_addresses(part);
    if (!addresses) return {};
    modules.chassis.push_back(std::move(*addresses));
  }
  if (modules.chassis.empty()) return {};
  return modules;
}

std::optional<stonith::Secret> Text<stonith::Secret>::parse(std::string_view text) {
  auto plain = Text<std::string>::parse(text);
  if (!plain) return {};
  return stonith::Secret{std::move(*plain)};
}

std::string Text<stonith::Secret>::explain(std::string_view /*text*/) {
  return "the value, which is not shown, has a control character";
}

}  // namespace havc::options
