// Templates: XML of an administrator with macros, %{NAME}, and what becomes of it with values.
// xml/README.md has the rules.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/names.h"
#include "options/parameter.h"

namespace havc::inventory {

struct Macro {
  std::string_view name;
  std::string_view doc;
  options::Need need =
      options::Need::required;  ///< optional: its line is dropped where it has no value
};

/// All there are.
std::span<const Macro> macros();

/// Macro → value, not escaped. Empty is no value.
using Values = std::map<std::string, std::string>;

class Template {
 public:
  /// `file` is for messages. Throws Error(misconfigured) for what is not XML, has a document type,
  /// or has a macro that is unknown or stands in a comment, CDATA section or instruction, where
  /// escaping does not help; and for one without end.
  Template(std::string text, std::string file);

  /// Throws Error(misconfigured) when a macro that is not optional has no value, a value has
  /// control characters, or the result is not XML (a line that was dropped held half an element).
  std::string fill(const Values& values) const;

  bool uses(std::string_view macro) const;
  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }
  /// The name of its outermost element.
  const std::string& root() const { return root_; }

 private:
  struct Use {
    std::size_t begin;
    std::size_t end;
    int line;
    const Macro* macro;
  };

  void find_uses();
  Use use_at(std::size_t begin, int line) const;
  std::string fill_line(std::size_t begin, std::size_t end, std::span<const Use> uses,
                        const Values& values) const;

  std::string text_;
  std::string file_;
  std::string root_;
  std::vector<Use> uses_;  // in the order of the text
};

/// Templates of some folders, each read once.
class TemplateFolders {
 public:
  /// The first that has the file wins.
  explicit TemplateFolders(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  /// Throws as Template does, and Error(misconfigured) naming the folders when none has it; of
  /// read_file when it cannot be read.
  const Template& get(const FileName& name);

  /// There is a file of that name.
  bool has(const FileName& name) const { return file_of(name).has_value(); }

  /// Names of those whose outermost element is that: each once, sorted. Files that are no templates
  /// are left out.
  std::vector<std::string> names(std::string_view root);

  const std::vector<std::string>& folders() const { return folders_; }

 private:
  std::optional<std::string> file_of(const FileName& name) const;

  std::vector<std::string> folders_;
  std::map<std::string, Template> read_;
};

}  // namespace havc::inventory
