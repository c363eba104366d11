// The way out of a composed message: a sendmail program of this host, or an SMTP relay (libcurl speaks with it). One try; whoever calls
// repeats it. Linked by havc-mail alone.
#pragma once

#include <string>
#include <vector>

#include "base/deadline.h"
#include "mail/job.h"

namespace havc::mail {

struct Envelope {
  std::string from;
  std::vector<std::string> to;
};

/// User and password for a relay; empty: none.
struct Login {
  std::string user;
  std::string password;
};

/// Two lines, user and password. Throws Error(permission) for a file that anybody but its owner may read or that belongs to neither
/// root nor this user, Error(misconfigured) when a line is missing, and what read_file throws.
Login read_login(const std::string& path);

struct Route {
  RouteName name;
  Login login;
  /// Certificates to trust, instead of the system's.
  std::string ca_file;
};

/// `message` as compose() made it. Returns when it has been accepted. A relay is spoken to in TLS when it is smtps:// or offers STARTTLS,
/// and with a login never otherwise; its certificate is checked. Throws Error(permission) for a refusal
/// that will be repeated (SMTP 5xx), Error(timed_out) at the deadline, Error(not_installed, unreachable, failed).
void deliver(const std::string& message, const Envelope& envelope, const Route& route, Deadline deadline);

}  // namespace havc::mail
