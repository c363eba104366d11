// A file descriptor with an owner, and writing to one that may be full.
#pragma once

#include <string_view>
#include <utility>

namespace havc {

class Descriptor {
 public:
  Descriptor() = default;
  /// Takes what open(2) and its like returned; negative means none, with errno untouched.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }
  void reset() { *this = Descriptor(); }

 private:
  int number_ = -1;
};

/// Writes in one piece, so that lines of several processes do not mix, and never waits: a text for which a pipe has no room, or that is closed, is lost.
/// POLLOUT of a pipe means room for PIPE_BUF (4096) bytes: no longer `text` may be given. Fit for signal handlers.
void write_if_taken(int number, std::string_view text) noexcept;

}  // namespace havc
