// Writing XML: all text is escaped, elements close themselves, two blanks a level. Without libxml2,
// which costs a program that only writes its own metadata half a millisecond at every start.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace havc::xml {

using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Writer {
 public:
  Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// `<?xml version="1.0"?>`
  void declaration();
  /// A document type with an internal subset, written as it is.
  void document_type(std::string_view root, std::string_view internal_subset);

  /// Ends its element when it goes.
  class [[nodiscard]] Element {
   public:
    explicit Element(Writer& writer) : writer_(writer) {}
    ~Element() { writer_.end(); }
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;

   private:
    Writer& writer_;
  };
  Element element(std::string_view name, Attributes attributes = {});
  /// An element with nothing in it.
  void empty(std::string_view name, Attributes attributes = {});
  /// An element with text alone.
  void leaf(std::string_view name, std::string_view text, Attributes attributes = {});
  void leaf_of(std::string_view name, std::string_view text,
               const std::vector<std::pair<std::string, std::string>>& attributes);
  /// Of the element that was begun last, before anything is in it. Throws Error(failed) later than
  /// that.
  void attribute(std::string_view name, std::string_view value);

  /// What was written so far; with a line end at its end when all elements have ended.
  std::string text() const;

 private:
  void begin(std::string_view name, Attributes attributes);
  void end();
  void end_with(std::string_view name, std::string_view text);
  void close_tag();

  std::string text_;
  std::vector<std::string> open_;  // the elements that have begun and not ended, outermost first
  bool in_tag_ = false;            // the last begun one still takes attributes
};

}  // namespace havc::xml
