// How an apply goes on, for people: lines of what was done, and on a terminal one line that changes
// in its place.
#pragma once

#include <iosfwd>
#include <string>

#include "change/await.h"

namespace havc::cli {

class ProgressLine {
 public:
  ProgressLine(std::ostream& err, bool on_terminal) : err_(err), on_terminal_(on_terminal) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  void say(const std::string& line);
  /// Without a terminal, a line when another machine is done.
  void show(const change::Progress& progress);

 private:
  std::ostream& err_;
  bool on_terminal_;
  bool open_ = false;
  std::size_t told_ = 0;

  void clear();
};

/// "12 of 60 are as wanted; waiting for WEB-01_intranet (start, 14 s of at most 150 s)"; of one
/// that migrates "(move, n1 to n2, 43 %, 14 s of at most 150 s)"
std::string text_of(const change::Progress& progress);

}  // namespace havc::cli
