// The port to a management module: requests in, replies out. A batch is sent at once and waited for
// together, because a module answers slowly and several bays must not wait for each other.
// Tests put a working model of a chassis behind it; NetSnmpSession is the real one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/deadline.h"
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
};

class Session {
 public:
  virtual ~Session() = default;

  /// One packet a request, all on their way at once, each repeated until it is answered or the
  /// deadline comes. One reply a request, in the same order. Errors of a request are in its reply:
  /// permission (credentials, or no write access), failed (an answer that is an error or nonsense),
  /// unreachable (the network refuses to send), timed_out.
  virtual std::vector<Reply> exchange(const std::vector<Request>& requests, Deadline deadline) = 0;

  /// The module's address, for messages.
  virtual std::string peer() const = 0;
};

/// One GET of several objects. Throws what exchange() reports.
std::vector<Value> get(Session& session, const std::vector<Oid>& oids, Deadline deadline);

struct Row {
  std::uint32_t index = 0;
  std::vector<Value> values;  ///< in the order of the columns; Absent where this row has none
};

/// The rows of a table whose index is one number, in its order, read column beside column: a packet
/// a row and one for the end, with several stripes of rows on their way at once. Works with SNMPv1,
/// which has no GETBULK. Throws what exchange() reports, and Error(failed) when the agent's answers
/// do not go forward.
std::vector<Row> rows(Session& session, const std::vector<Oid>& columns, Deadline deadline);

}  // namespace havc::snmp
