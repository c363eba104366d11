#include "remote/quoting.h"

#include "base/error.h"
#include "base/text.h"

namespace havc::remote {

std::string quoted(std::string_view word) {
  if (word.find('\0') != std::string_view::npos)
    throw Error(Fault::misconfigured,
                "the argument " + text::quote(text::one_line(word, 60)) + " has a NUL in it");
  // Between single quotes a shell takes every byte for itself, but for the quote that ends them.
  std::string result = "'";
  for (const char letter : word) {
    if (letter == '\'')
      result += R"('\'')";
    else
      result += letter;
  }
  return result + "'";
}

std::string command_line(const std::vector<std::string>& words) {
  std::vector<std::string> parts;
  parts.reserve(words.size());
  for (const auto& word : words) parts.push_back(quoted(word));
  return text::join(parts, " ");
}

}  // namespace havc::remote
