// Where a connection to a node stays open between runs (ssh's ControlPath). For this module alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace havc::remote {

class ControlSocket {
 public:
  /// Makes `folder`; with an empty one, and where the path would be too long for a socket, there is
  /// none. Throws Error(permission, failed) when it cannot be made, or others can write or look
  /// into it.
  ControlSocket(const std::string& folder, const std::string& address);

  /// Empty: no connection is kept.
  const std::string& path() const { return path_; }
  /// As an option of ssh, for which '%' is special.
  std::string pattern() const;

  /// Of the socket that is there now: another one has another.
  using Identity = std::uint64_t;
  std::optional<Identity> identity() const;
  /// Unless there is another by now.
  void remove(Identity which) const;

 private:
  std::string path_;
};

}  // namespace havc::remote
