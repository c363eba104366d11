#include "havc/call.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "base/text.h"

namespace havc::cli {

namespace {

const OptionRow* row_of(const Command& command, std::string_view name) {
  for (const auto& row : command.options) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

Call::Call(const Command& command, Common common, Given given, std::ostream& out, std::ostream& err)
    : command_(command),
      common_(std::move(common)),
      given_(std::move(given)),
      out_(out),
      err_(err),
      on_terminal_(&err == &std::cerr && isatty(STDERR_FILENO) == 1),
      deadline_(Deadline::after(system_clock(), common_.timeout)) {}

std::string Call::text(std::string_view name) const {
  const auto found = given_.find(name);
  if (found != given_.end() && !found->second.empty()) return found->second.front();
  const OptionRow* row = row_of(command_, name);
  return row == nullptr ? std::string() : std::string(row->fallback);
}

std::vector<std::string> Call::texts(std::string_view name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? std::vector<std::string>() : found->second;
}

const inventory::Reading& Call::reading() {
  if (!reading_) reading_ = inventory::read(common_.folder);
  return *reading_;
}

const inventory::Inventory& Call::inventory() {
  const auto& problems = reading().problems;
  for (std::size_t i = 1; i < problems.size(); ++i) err_ << problems[i].what() << '\n';
  if (!problems.empty()) throw Error(problems.front());
  return reading_->inventory;
}

inventory::TemplateFolders Call::templates(const std::string& folder) const {
  return inventory::TemplateFolders(
      {(folder.empty() ? common_.folder : folder) + "/templates", HAVC_TEMPLATES});
}

bool Call::confirm(const std::string& question) {
  if (common_.yes) return true;
  if (!on_terminal_ || isatty(STDIN_FILENO) != 1)
    throw Error(Fault::misconfigured, "nobody is there to say yes to: " + question, "give --yes");
  err_ << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  const std::string word = text::lower(text::trim(answer));
  return word == "y" || word == "yes";
}

void Call::refuse(std::string_view name, const std::string& given,
                  std::string_view expected) const {
  throw Error(Fault::misconfigured,
              fmt::format("{} {} is not {}", name, text::quote(given), expected),
              fmt::format("see 'havc {} --help'", command_.name));
}

}  // namespace havc::cli
