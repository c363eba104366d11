// A file descriptor with an owner.
#pragma once

#include <unistd.h>

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
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }

  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }
  void reset() { *this = Descriptor(); }

 private:
  int number_ = -1;
};

}  // namespace havc
