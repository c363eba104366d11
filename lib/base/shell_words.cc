#include "base/shell_words.h"

#include "base/error.h"

namespace havc {

namespace {

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\n';
}

/// Splits as a shell does, and expands nothing.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<std::string> words() {
    std::vector<std::string> words;
    while (skip_blanks()) words.push_back(word());
    return words;
  }

 private:
  bool more() const { return at_ < text_.size(); }
  bool skip_blanks() {
    while (more() && is_blank(text_[at_])) ++at_;
    return more();
  }

  std::string word() {
    std::string word;
    while (more() && !is_blank(text_[at_])) {
      const char letter = text_[at_++];
      if (letter == '\'' || letter == '"') {
        take_quoted(letter, word);
      } else if (letter == '\\') {
        take_next(word);
      } else {
        word += letter;
      }
    }
    return word;
  }

  void take_quoted(char quote, std::string& word) {
    while (more() && text_[at_] != quote) {
      const char letter = text_[at_++];
      // Within "…", as in a shell, \ is nothing special but before " and itself.
      const bool escapes =
          quote == '"' && letter == '\\' && more() && (text_[at_] == '"' || text_[at_] == '\\');
      word += escapes ? text_[at_++] : letter;
    }
    if (!more()) throw Error(Fault::misconfigured, "a quotation mark is not closed");
    ++at_;
  }

  void take_next(std::string& word) {
    if (!more()) throw Error(Fault::misconfigured, "nothing follows the last '\\'");
    word += text_[at_++];
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string> shell_words(std::string_view text) {
  return Splitter(text).words();
}

}  // namespace havc
