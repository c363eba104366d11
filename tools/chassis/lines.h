// What the control lines of both programs have in common: words, numbers, and how replies look.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace havc::chassis {

/// The first word of `line`, and what follows it, both without blanks around them.
std::pair<std::string_view, std::string_view> first_word(std::string_view line);

/// A count or milliseconds, from 0 to an hour's worth. Throws Error(misconfigured) in the words of
/// `verb`.
int line_number(std::string_view verb, std::string_view word);

/// on or off. Throws Error(misconfigured).
bool on_or_off(std::string_view verb, std::string_view word);

/// Runs `obey`, which returns lines; adds `ok`, or says the Error that it threw, as a reply does.
std::string reply(const std::function<std::string()>& obey);

/// Calls `obey` for each line of `text` that is neither empty nor begins with #. Throws Error,
/// which names the line by its number.
void each_line(std::string_view text, const std::function<void(std::string_view)>& obey);

}  // namespace havc::chassis
