#include "havc/progress_line.h"

#include <fmt/format.h>

#include <ostream>

namespace havc::cli {

std::string text_of(const change::Progress& progress) {
  std::string text = fmt::format("{} of {} {} as wanted", progress.reached, progress.total,
                                 progress.total == 1 ? "is" : "are");
  if (!progress.id.empty()) {
    const std::string place = progress.place.empty() ? "" : ", " + progress.place;
    text += fmt::format("; waiting for {} ({}{}, {} s of at most {} s)", progress.id,
                        progress.operation, place, progress.since.count(), progress.most.count());
  }
  return text;
}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::clear() {
  if (open_) err_ << "\r\x1b[K" << std::flush;  // ECMA-48: erase to the end of the line
  open_ = false;
}

void ProgressLine::say(const std::string& line) {
  clear();
  err_ << line << std::endl;
}

void ProgressLine::show(const change::Progress& progress) {
  if (on_terminal_) {
    clear();
    err_ << text_of(progress) << std::flush;
    open_ = true;
  } else if (progress.reached != told_) {
    told_ = progress.reached;
    err_ << text_of(progress) << std::endl;
  }
}

}  // namespace havc::cli
