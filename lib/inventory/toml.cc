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

/// Bytes of a text for toml++'s lines and columns, which are counted from 1 in characters, without
/// a byte order mark.
class Offsets {
 public:
  explicit Offsets(std::string_view text) : text_(text) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    lines_.push_back(text.starts_with(kMark) ? kMark.size() : 0);
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1))
      lines_.push_back(end + 1);
  }

  std::size_t of(const toml::source_position& position) const {
    if (position.line == 0 || position.line > lines_.size()) return text_.size();
    std::size_t place = lines_[position.line - 1];
    for (std::size_t column = 1; column < position.column && place < text_.size(); ++column) {
      ++place;
      while (place < text_.size() && (static_cast<unsigned char>(text_[place]) & 0xC0) == 0x80)
        ++place;
    }
    return place;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> lines_;  // where each begins
};

class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : offsets_(text), name_(name) {}

  Setting convert(const toml::node& node, std::string key, int depth) const {
    Setting setting{.key = std::move(key), .line = static_cast<int>(node.source().begin.line)};
    setting.place.begin = offsets_.of(node.source().begin);
    setting.place.end = offsets_.of(node.source().end);
    if (depth > kDeepest)
      throw refused(name_, node.source().begin.line, "this is nested too deeply",
                    "no key needs that: remove it");
    if (const auto* const table = node.as_table()) {
      setting.in_braces = table->is_inline();
      for (const auto& [name, value] : *table) {
        setting.items.push_back(convert(value, std::string(name.str()), depth + 1));
        setting.items.back().place.key = offsets_.of(name.source().begin);
      }
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

  Offsets offsets_;
  const std::string& name_;
};

}  // namespace

const Setting* Setting::find(std::string_view name) const {
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&](const Setting& each) { return each.key == name; });
  return found == items.end() ? nullptr : &*found;
}

bool same_value(const Setting& one, const Setting& other) {
  return one.kind == other.kind && one.text == other.text &&
         std::equal(one.items.begin(), one.items.end(), other.items.begin(), other.items.end(),
                    [](const Setting& left, const Setting& right) {
                      return left.key == right.key && same_value(left, right);
                    });
}

Setting parse_toml(std::string_view text, const std::string& name) {
  if (std::count(text.begin(), text.end(), '.') > kMostDots) {
    throw refused(name, 1, "the file has more than " + std::to_string(kMostDots) + " dots",
                  "split it, or remove keys that are nested");
  }
  try {
    return Reader(text, name).convert(toml::parse(text, std::string_view(name)), {}, 0);
  } catch (const toml::parse_error& error) {
    throw refused(name, error.source().begin.line,
                  "this is not TOML: " + text::one_line(error.description(), 200),
                  "correct the line");
  }
}

}  // namespace havc::inventory
