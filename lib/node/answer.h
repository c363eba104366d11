// What a node says to one question, or why nothing is known of it: doubt is never a value.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace havc::node {

inline constexpr char kNotAsked[] = "not asked";

template <class T>
struct Answer {
  std::optional<T> value = {};
  std::string unknown = kNotAsked;  ///< why there is no value, in words; empty with one

  Answer() = default;
  Answer(T known) : value(std::move(known)), unknown() {}  // NOLINT(google-explicit-constructor)
  static Answer none(const std::string& why) {
    Answer answer;
    answer.unknown = why;
    return answer;
  }

  bool known() const { return value.has_value(); }
  /// False also for what was asked and not answered: asked() && !known() is a doubt.
  bool asked() const { return known() || unknown != kNotAsked; }
  bool doubtful() const { return asked() && !known(); }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
  bool operator==(const Answer&) const = default;
};

}  // namespace havc::node
