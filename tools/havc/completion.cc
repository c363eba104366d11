// bash's completion: a function whose tables are made from the rows. It takes nothing of the
// package bash-completion, which loads it.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "havc/help.h"
#include "havc/manual.h"

namespace havc::cli {

namespace {

// Words of rows are letters, digits and '-': nothing in them is to be quoted. Names of VMs come
// from elsewhere and are compared, never expanded.
constexpr std::string_view kBegin =
    R"(# bash completion of havc; made from the rows of its commands.

_havc_vms()
{
    local name folder=() i
    for ((i = 1; i < COMP_CWORD - 1; ++i)); do
        [[ ${COMP_WORDS[i]} == --config ]] && folder=(--config "${COMP_WORDS[i + 1]}")
    done
    while IFS= read -r name; do
        [[ ${name^^} == "${current^^}"* ]] && COMPREPLY+=("$name")
    done < <(havc list --no-headers --columns name "${folder[@]}" 2> /dev/null)
}

_havc_files()
{
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

_havc()
{
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} options='' takes='' values='' columns='' second=''
    COMPREPLY=()
)";

constexpr std::string_view kFirstWord = R"(    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        return
    fi
    case $command in
)";

constexpr std::string_view kSecondWord = R"(    esac
    if [[ $second ]]; then
        if ((COMP_CWORD == 2)); then
            mapfile -t COMPREPLY < <(compgen -W "$second" -- "$current")
            return
        fi
        command+=" ${COMP_WORDS[2]}"
    fi
    case $command in
)";

constexpr std::string_view kEnd = R"(    esac
    case " $values " in
        *" $before:COLUMNS "*)
            mapfile -t COMPREPLY < <(compgen -W "$columns all" -- "$current") ;;
        *" $before:FILE "*) _havc_files ;;
        *" $before:"*) ;; # nothing is known of it
        *)
            if [[ $current == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
            elif [[ $takes == VM ]]; then
                _havc_vms
            elif [[ $takes == FILE ]]; then
                _havc_files
            fi ;;
    esac
}

complete -F _havc havc
)";

/// What a value or positional is completed with.
std::string_view kind_of(std::string_view value) {
  if (value == "VM") return "VM";
  if (value == "KEYS") return "COLUMNS";
  if (value == "FILE" || value == "DIR" || value == "PATH") return "FILE";
  return "OTHER";
}

std::string row_of(const Command& command) {
  std::vector<std::string> options;
  std::vector<std::string> values;
  std::string_view takes;
  for (const auto& row : options_of(command)) {
    if (row.positional()) {
      if (takes.empty()) takes = kind_of(row.name);
      continue;
    }
    options.emplace_back(row.name);
    if (row.takes != Takes::nothing)
      values.push_back(fmt::format("{}:{}", row.name, kind_of(row.value)));
  }
  std::vector<std::string> columns;
  for (const auto& each : command.columns) columns.emplace_back(each.key);
  return fmt::format(
      "        '{}')\n"
      "            options='{}'\n"
      "            values='{}'\n"
      "            columns='{}'\n"
      "            takes='{}' ;;\n",
      command.name, text::join(options, " "), text::join(values, " "), text::join(columns, " "),
      takes);
}

}  // namespace

std::string bash_completion(std::span<const Command* const> commands) {
  std::set<std::string> words{"help", "--help", "--version"};
  std::map<std::string, std::vector<std::string>> members;
  std::string rows;
  for (const Command* each : commands) {
    if (each->hidden) continue;
    const auto parts = text::split(each->name, " ");
    words.insert(parts.front());
    if (parts.size() > 1) members[parts.front()].push_back(parts.back());
    rows += row_of(*each);
  }
  std::string seconds;
  for (const auto& [first, all] : members) {
    if (std::any_of(commands.begin(), commands.end(),
                    [&name = first](const Command* each) { return each->name == name; }))
      continue;  // it is a command by itself: its second word may be anything
    seconds += fmt::format("        {}) second='{}' ;;\n", first, text::join(all, " "));
  }
  return fmt::format("{}    local words='{}'\n{}{}{}{}{}", kBegin,
                     text::join({words.begin(), words.end()}, " "), kFirstWord, seconds,
                     kSecondWord, rows, kEnd);
}

}  // namespace havc::cli
