// The one file that knows toml++. Its own limit of 256 counts brackets and braces; keys with dots
// nest without limit, and what is nested is destroyed recursively: hence the limit on dots, which
// comes before it sees the text.
#include <toml++/toml.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "inventory/setting.h"

namespace havc::inventory {

namespace {

constexpr int kDeepest = 8;  // the deepest that any key of ours needs is 3
constexpr std::ptrdiff_t kMostDots =
    4000;  // far less than the stack holds; 64 KiB of addresses have no more

Error refused(const std::string& name, std::size_t line, const std::string& problem,
              const std::string& remedy) {
  return {Fault::misconfigured, name + ":" + std::to_string(line) + ": " + problem, remedy};
}

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  Setting convert(const toml::node& node, std::string key, int depth) const {
    Setting setting{.key = std::move(key), .line = static_cast<int>(node.source().begin.line)};
    if (depth > kDeepest)
      throw refused(name_, node.source().begin.line, "this is nested too deeply",
                    "no key needs that: remove it");
    if (const auto* const table = node.as_table()) {
      for (const auto& [name, value] : *table)
        setting.items.push_back(convert(value, std::string(name.str()), depth + 1));
    } else if (const auto* const list = node.as_array()) {
      setting.kind = Setting::Kind::list;
      for (const auto& value : *list) setting.items.push_back(convert(value, {}, depth + 1));
    } else {
      scalar(node, setting);
    }
    return setting;
  }

 private:
  static void scalar(const toml::node& node, Setting& setting) {
    if (const auto* const text = node.as_string()) {
      setting.kind = Setting::Kind::text;
      setting.text = text->get();
    } else if (const auto* const number = node.as_integer()) {
      setting.kind = Setting::Kind::integer;
      setting.text = std::to_string(number->get());
    } else if (const auto* const truth = node.as_boolean()) {
      setting.kind = Setting::Kind::boolean;
      setting.text = truth->get() ? "true" : "false";
    } else {
      setting.kind = Setting::Kind::other;
      setting.text = node.is_floating_point() ? "a number with a fraction" : "a date or time";
    }
  }

  const std::string& name_;
};

}  // namespace

Setting parse_toml(std::string_view text, const std::string& name) {
  if (std::count(text.begin(), text.end(), '.') > kMostDots) {
    throw refused(name, 1, "the file has more than " + std::to_string(kMostDots) + " dots",
                  "split it, or remove keys that are nested");
  }
  try {
    return Reader(name).convert(toml::parse(text, std::string_view(name)), {}, 0);
  } catch (const toml::parse_error& error) {
    throw refused(name, error.source().begin.line,
                  "this is not TOML: " + text::one_line(error.description(), 200),
                  "correct the line");
  }
}

}  // namespace havc::inventory
