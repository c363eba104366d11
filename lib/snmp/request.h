// What is asked of a management module and what comes back, as values: the words of the port in
// client.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "snmp/oid.h"

namespace havc::snmp {

/// No such object or row, or the end of the MIB.
struct Absent {
  friend bool operator==(Absent, Absent) = default;
};
/// Of a type that no object we ask for has; `tag` is its ASN.1 tag.
struct Other {
  int tag = 0;
  friend bool operator==(Other, Other) = default;
};
/// An IpAddress is its text, "10.0.0.1".
using Value = std::variant<Absent, std::int64_t, std::string, Other>;

/// The number, or nothing when it is anything else: a text that looks like a number is not one.
std::optional<std::int64_t> number(const Value& value);
/// The text up to its first NUL (BLADE-MIB's names are null-terminated), or an empty one.
std::string text(const Value& value);

struct Binding {
  Oid oid;
  Value value;
};

struct Request {
  enum class Kind {
    get,   ///< the objects themselves
    next,  ///< what follows each of them
    set,   ///< write `value` to the only object; repeated until answered, so it must be idempotent
  };
  Kind kind = Kind::get;
  std::vector<Oid> oids;
  std::int32_t value = 0;
};

struct Reply {
  std::vector<Binding>
      bindings;  ///< one for each object asked for, in that order; empty with an error
  std::optional<Error> error;  ///< timed_out: nothing is known, a SET may have been done

  /// The bindings; throws the error.
  const std::vector<Binding>& value() const;
  /// Their values; throws the error.
  std::vector<Value> values() const;
};

/// Of a table whose index is one number.
struct Row {
  std::uint32_t index = 0;
  std::vector<Value> values;  ///< in the order of the columns; Absent where this row has none
};

}  // namespace havc::snmp
