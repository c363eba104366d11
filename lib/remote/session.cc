#include "remote/session.h"

#include "base/text.h"
#include "remote/quoting.h"

namespace havc::remote {

namespace {

// As settle_process(): messages in English, and the folders of Pacemaker's programs, which others
// than root do not have in PATH. One line, for the shells that end a quotation at the end of one.
// The subshell's exec finds programs alone, where "test" or "exit" would be the shell's own.
constexpr std::string_view kScript =
    R"(PATH=$PATH:/usr/sbin:/sbin LC_ALL=C; export PATH LC_ALL; )"
    R"(echo "$0"; echo "$0" >&2; read -r go && [ "$go" = go ] || exit 1; )"
    R"(if command -v "$1" >/dev/null; then (exec "$@"); echo "$0 $?" >&2; )"
    R"(else echo "$0 missing" >&2; fi)";

/// Takes all up to the line with the marker away. False without one.
bool cut_head(std::string& text, const std::string& marker) {
  const auto at = text.find(marker + "\n");
  if (at == std::string::npos) return false;
  text.erase(0, at + marker.size() + 1);
  return true;
}

/// Takes the last line with the marker, which may follow words without line end, out of `text`, and
/// gives what it says.
std::string take_end(std::string& text, const std::string& marker) {
  const auto at = text.rfind(marker + " ");
  if (at == std::string::npos) return {};
  const auto end = text.find('\n', at);
  if (end == std::string::npos) return {};  // only half of it came
  std::string word = text.substr(at + marker.size() + 1, end - at - marker.size() - 1);
  text.erase(at, end + 1 - at);
  return word;
}

}  // namespace

Session::Session(const std::vector<std::string>& arguments, std::string marker)
    : marker_(std::move(marker)) {
  line_ = "exec /bin/sh -c " + quoted(kScript) + " " + marker_ + " " + command_line(arguments);
}

Session::End Session::end_of(ProcessResult result) const {
  End end;
  // What a login script says first cannot be told from a program's words without the marker; input
  // was given from the first word on.
  end.began = !result.output.empty();
  if (!cut_head(result.output, marker_)) result.output.clear();
  cut_head(result.errors, marker_);
  const std::string word = take_end(result.errors, marker_);
  end.missing = word == "missing";
  if (const auto code = text::number(word, 255)) end.exit_code = static_cast<int>(*code);
  end.output = std::move(result.output);
  end.errors = std::move(result.errors);
  return end;
}

}  // namespace havc::remote
