// What a parameter's text may be. Text<T> turns it into a value or refuses it, and says what the content type is;
// a value type of a module (an address, a URI) joins by specialising Text beside itself.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace havc::options {

enum class ContentType { string, integer, boolean, select };

/// "string", … as OCF 1.1 and fence-agents metadata write it.
std::string_view name_of(ContentType type);

/// `parse` returns nothing for text that is not acceptable; `expected` ends the sentence "… is not a value: expected".
template <class T>
struct Text;

/// What resource agents have always taken as true: yes true 1 ja on, in any case (ocf_is_true is stricter about case).
/// False: no false 0 nein off and the empty text. Anything else is refused.
std::optional<bool> boolean(std::string_view text);

template <>
struct Text<bool> {
  static constexpr ContentType kType = ContentType::boolean;
  static constexpr std::string_view kExpected = "a boolean such as 1 or 0";
  static std::optional<bool> parse(std::string_view text) { return boolean(text); }
};

template <>
struct Text<std::string> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "text without control characters";
  static std::optional<std::string> parse(std::string_view text);
};

template <>
struct Text<int> {
  static constexpr ContentType kType = ContentType::integer;
  static constexpr std::string_view kExpected = "a number from 0 to 2147483647";
  static std::optional<int> parse(std::string_view text);
};

template <>
struct Text<std::chrono::seconds> {
  static constexpr ContentType kType = ContentType::integer;
  static constexpr std::string_view kExpected = "a number of seconds, at most 1000000";
  static std::optional<std::chrono::seconds> parse(std::string_view text);
};

/// Absolute, without "..": the path of a file or folder. Empty stays empty.
struct AbsolutePath {
  std::string text;
  bool empty() const { return text.empty(); }
};

template <>
struct Text<AbsolutePath> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "an absolute path";
  static std::optional<AbsolutePath> parse(std::string_view text);
};

/// Letters, digits, '.', '_' and '-': what goes into a URI or a host name without quoting. Empty stays empty.
struct Word {
  std::string text;
  bool empty() const { return text.empty(); }
};

template <>
struct Text<Word> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "letters, digits, '.', '_' and '-'";
  static std::optional<Word> parse(std::string_view text);
};

/// A TCP port from 1 to 65535; 0 stands for the empty text: somebody else chooses.
struct Port {
  std::uint16_t number = 0;
};

template <>
struct Text<Port> {
  static constexpr ContentType kType = ContentType::integer;
  static constexpr std::string_view kExpected = "a port from 1 to 65535";
  static std::optional<Port> parse(std::string_view text);
};

/// Blank-separated absolute paths of programs.
struct Programs {
  std::vector<std::string> paths;
};

template <>
struct Text<Programs> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "absolute paths of programs, separated by blanks";
  static std::optional<Programs> parse(std::string_view text);
};

/// A parameter of another agent that is known and not done here: only the empty text, or false, is taken.
struct Refused {};

template <>
struct Text<Refused> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "empty: this agent does not do it";
  static std::optional<Refused> parse(std::string_view text);
};

/// Base of the Text of an enum: `kWords` in the order of the enumerators.
template <class Enum, std::size_t count>
struct SelectText {
  using Words = std::array<std::string_view, count>;
  static constexpr ContentType kType = ContentType::select;
  static std::optional<Enum> find(const Words& words, std::string_view text) {
    for (std::size_t i = 0; i < count; ++i) {
      if (words[i] == text) return static_cast<Enum>(i);
    }
    return {};
  }
};

}  // namespace havc::options
