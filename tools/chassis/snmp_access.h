// Who may speak to the simulator's agent, and how net-snmp learns it: without any file. Only
// snmp_agent.cc calls this.
#pragma once

#include "chassis/module.h"

#include <string>
#include <vector>

namespace havc::chassis {

/// A USM user. Empty protocols mean none: noAuthNoPriv or authNoPriv.
struct User {
  std::string name;
  std::string auth_protocol;  ///< MD5 or SHA
  std::string auth_password;  ///< at least 8 characters (RFC 3414)
  std::string priv_protocol;  ///< DES or AES
  std::string priv_password;
  bool read_only = false;
};

struct Access {
  std::vector<std::string> communities;
  std::vector<std::string> read_only_communities;
  std::vector<User> users;
  std::string engine_id;  ///< hexadecimal digits; empty: a random one
};

/// What the module's own tables say of it.
Grants grants(const Access& access);

/// Nothing will be read from or written to files, neither the machine's configuration nor any
/// state. Before init_agent. Throws Error(misconfigured).
void isolate_library(const Access& access);
/// Between init_agent and init_snmp, which warns when nobody has access. Throws
/// Error(misconfigured).
void grant(const Access& access);
/// After init_snmp: keys are made for the agent's engine. Throws Error(misconfigured).
void create_users(const Access& access);

}  // namespace havc::chassis
