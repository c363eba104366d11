#include "inventory/edit.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "inventory/toml_text.h"

namespace havc::inventory {

namespace {

std::string shown(const KeyPath& path) {
  auto parts = path.table;
  parts.push_back(path.key);
  return text::join(parts, ".");
}

Error more_than_that(const std::string& file, const KeyPath& path) {
  return {Fault::failed,
          file + ": key " + text::quote(shown(path)) +
              " cannot be changed without changing more of the file",
          "change it with an editor"};
}

const Setting* find_table(const Setting& document, const std::vector<std::string>& path) {
  const Setting* table = &document;
  for (const auto& name : path) {
    if (table != nullptr) table = table->find(name);
  }
  return table != nullptr && table->kind == Setting::Kind::table ? table : nullptr;
}

/// What the result has to say: the document with one value changed.
void change(Setting& table, const KeyPath& path, std::size_t depth,
            const std::optional<Setting>& value) {
  const bool is_last = depth == path.table.size();
  const std::string& name = is_last ? path.key : path.table[depth];
  auto& items = table.items;
  auto place = std::lower_bound(
      items.begin(), items.end(), name,
      [](const Setting& each, const std::string& wanted) { return each.key < wanted; });
  const bool there = place != items.end() && place->key == name;
  if (!is_last) {
    if (!there && !value) return;
    if (!there) place = items.insert(place, Setting{.key = name});
    change(*place, path, depth + 1, value);
    // A table that was made of dotted keys alone is gone with the last of them.
    if (place->items.empty() && !value) items.erase(place);
  } else {
    if (there) place = items.erase(place);
    if (value) items.insert(place, *value)->key = name;
  }
}

/// An empty table says as much as none.
void drop_empty_tables(Setting& setting) {
  for (auto& item : setting.items) drop_empty_tables(item);
  if (setting.kind != Setting::Kind::table) return;
  std::erase_if(setting.items, [](const Setting& each) {
    return each.kind == Setting::Kind::table && each.items.empty();
  });
}

void prove(const std::string& result, const std::string& file, const KeyPath& path,
           const Setting& before, const std::optional<Setting>& value) {
  Setting wanted = before;
  change(wanted, path, 0, value);
  const auto after = [&] {
    try {
      return parse_toml(result, file);
    } catch (const Error&) {
      throw more_than_that(file, path);  // as where a table in braces takes no heading of its own
    }
  }();
  Setting found = after;
  drop_empty_tables(wanted);
  drop_empty_tables(found);
  if (!same_value(wanted, found)) throw more_than_that(file, path);
}

/// The text being changed.
class Editor {
 public:
  explicit Editor(std::string_view text)
      : text_(text), line_end_(text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n") {}

  const std::string& text() const { return text_; }

  void replace(std::size_t begin, std::size_t end, const std::string& by) {
    text_.replace(begin, end - begin, by);
  }

  std::size_t line_of(std::size_t place) const {
    const auto end = place == 0 ? std::string::npos : text_.rfind('\n', place - 1);
    if (end != std::string::npos) return end + 1;
    return text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  }

  /// Behind the line's end.
  std::size_t next_line(std::size_t place) const {
    const auto end = text_.find('\n', place);
    return end == std::string::npos ? text_.size() : end + 1;
  }

  void insert_line(std::size_t place, const std::string& line) {
    const bool open = place == text_.size() && place > line_of(place);
    text_.insert(place, (open ? line_end_ : "") + line + line_end_);
  }

  void append_table(const std::string& heading, const std::string& line) {
    if (!text_.empty() && !text_.ends_with('\n')) text_ += line_end_;
    if (!text_.empty() && !text_.ends_with(line_end_ + line_end_)) text_ += line_end_;
    text_ += heading + line_end_ + line + line_end_;
  }

  bool has_heading(const Setting& table) const {
    return !table.in_braces && text_.compare(table.place.begin, 1, "[") == 0;
  }

 private:
  std::string text_;
  std::string line_end_;
};

bool is_line(const Setting& item) {
  return item.kind != Setting::Kind::table || item.in_braces;
}

/// The item behind which a new key stands: the last of `before` that is there.
const Setting* predecessor(const Setting& table, const std::vector<std::string>& before) {
  for (auto name = before.rbegin(); name != before.rend(); ++name) {
    const Setting* const item = table.find(*name);
    if (item != nullptr && is_line(*item)) return item;
  }
  return nullptr;
}

const Setting* first_line(const Setting& table) {
  const Setting* first = nullptr;
  for (const auto& item : table.items) {
    if (is_line(item) && (first == nullptr || item.place.key < first->place.key)) first = &item;
  }
  return first;
}

const Setting* last_line(const Setting& table) {
  const Setting* last = nullptr;
  for (const auto& item : table.items) {
    if (is_line(item) && (last == nullptr || item.place.key > last->place.key)) last = &item;
  }
  return last;
}

void insert_key(Editor& editor, const Setting& table, bool is_document, const std::string& line,
                const std::vector<std::string>& before) {
  const Setting* const first = first_line(table);
  if (const Setting* const left = predecessor(table, before)) {
    editor.insert_line(editor.next_line(left->place.end), line);
  } else if (!is_document && editor.has_heading(table)) {
    const Setting* const last = last_line(table);
    editor.insert_line(editor.next_line(last != nullptr ? last->place.end : table.place.end), line);
  } else if (is_document) {
    editor.insert_line(editor.line_of(first != nullptr ? first->place.key : 0), line);
  } else if (const Setting* const last = last_line(table)) {  // a table of dotted keys
    const auto begin = editor.line_of(last->place.key);
    editor.insert_line(editor.next_line(last->place.end),
                       editor.text().substr(begin, last->place.key - begin) + line);
  }
}

void set_value(Editor& editor, const Setting& document, const KeyPath& path, const Setting& value,
               const std::vector<std::string>& before) {
  const Setting* const table = find_table(document, path.table);
  const Setting* const old = find(document, path);
  const std::string line = toml_key(path.key) + " = " + toml_text(value);
  if (old != nullptr && is_line(*old)) {
    editor.replace(old->place.begin, old->place.end, toml_text(value));
  } else if (table == nullptr) {
    std::vector<std::string> heading;
    for (const auto& name : path.table) heading.push_back(toml_key(name));
    editor.append_table("[" + text::join(heading, ".") + "]", line);
  } else if (table->in_braces) {
    Setting whole = *table;
    change(whole, {{}, path.key}, 0, value);
    editor.replace(table->place.begin, table->place.end, toml_text(whole));
  } else {
    insert_key(editor, *table, path.table.empty(), line, before);
  }
}

void remove_value(Editor& editor, const Setting& document, const KeyPath& path,
                  const Setting& old) {
  const Setting* const table = find_table(document, path.table);
  if (table->in_braces) {
    Setting whole = *table;
    change(whole, {{}, path.key}, 0, std::nullopt);
    editor.replace(table->place.begin, table->place.end, toml_text(whole));
  } else {
    editor.replace(editor.line_of(old.place.key), editor.next_line(old.place.end), "");
  }
}

/// The comma behind `place`, before `end`; `end` where there is none.
std::size_t comma_behind(const std::string& text, std::size_t place, std::size_t end) {
  while (place < end && text[place] != ',') {
    if (text[place] == '#') place = std::min(text.find('\n', place), end);
    if (place < end && text[place] != ',') ++place;
  }
  return place;
}

const Setting& list_at(const Setting& document, const std::string& file, const KeyPath& path) {
  const Setting* const list = find(document, path);
  if (list == nullptr || list->kind != Setting::Kind::list) throw more_than_that(file, path);
  return *list;
}

void remove_item(Editor& editor, const Setting& list, std::size_t index) {
  const Place& place = list.items[index].place;
  const bool is_last = index + 1 == list.items.size();
  const auto limit = is_last ? list.place.end - 1 : list.items[index + 1].place.begin;
  auto end = comma_behind(editor.text(), place.end, limit);
  auto begin = place.begin;
  if (end < limit) {
    ++end;
    while (!is_last && end < limit && editor.text()[end] == ' ') ++end;
  } else {
    end = place.end;
    const auto left = index == 0 ? begin : list.items[index - 1].place.end;
    // A comment between them stays, and with it the comma.
    if (editor.text().substr(left, begin - left).find('#') == std::string::npos) begin = left;
  }
  editor.replace(begin, end, "");
}

}  // namespace

const Setting* find(const Setting& document, const KeyPath& path) {
  const Setting* const table = find_table(document, path.table);
  return table == nullptr ? nullptr : table->find(path.key);
}

std::string with_value(std::string_view text, const std::string& file, const KeyPath& path,
                       const std::optional<Setting>& value,
                       const std::vector<std::string>& before) {
  const Setting document = parse_toml(text, file);
  const Setting* const old = find(document, path);
  if (!value && old == nullptr) return std::string(text);
  Editor editor(text);
  if (value)
    set_value(editor, document, path, *value, before);
  else
    remove_value(editor, document, path, *old);
  prove(editor.text(), file, path, document, value);
  return editor.text();
}

std::string with_item(std::string_view text, const std::string& file, const KeyPath& path,
                      const Setting& item) {
  const Setting document = parse_toml(text, file);
  Setting list = list_at(document, file, path);
  Editor editor(text);
  const auto place = list.items.empty() ? list.place.begin + 1 : list.items.back().place.end;
  editor.replace(place, place, (list.items.empty() ? "" : ", ") + toml_text(item));
  list.items.push_back(item);
  prove(editor.text(), file, path, document, list);
  return editor.text();
}

std::string without_item(std::string_view text, const std::string& file, const KeyPath& path,
                         std::size_t index) {
  const Setting document = parse_toml(text, file);
  Setting list = list_at(document, file, path);
  Editor editor(text);
  remove_item(editor, list, index);
  list.items.erase(list.items.begin() + static_cast<std::ptrdiff_t>(index));
  prove(editor.text(), file, path, document, list);
  return editor.text();
}

}  // namespace havc::inventory
