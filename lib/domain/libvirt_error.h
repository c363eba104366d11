// libvirt's errors as ours: what kind of trouble it is, and what the administrator can do.
#pragma once

#include <string>

#include "base/error.h"
#include "domain/libvirt_types.h"

namespace havc::domain {

/// virError without libvirt's types.
struct LibvirtFailure {
  int code = 0;          ///< virErrorNumber
  int origin = 0;        ///< virErrorDomain: which part of libvirt speaks
  int error_number = 0;  ///< errno, when the code is VIR_ERR_SYSTEM_ERROR; else 0
  std::string words;
};

/// "`doing`: libvirt's words", with the fault and the remedy of the code. Pure: a table over
/// numbers.
Error error_of(const LibvirtFailure& failure, const std::string& doing);

/// Of virConnectOpen: error_of(), whose remedy never speaks of a domain.
Error connect_error(const LibvirtFailure& failure, const std::string& uri);

/// The error of the call that has just failed on this thread. Read at once: the next call
/// overwrites it.
LibvirtFailure last_failure();

/// error_of(), but unreachable when `connection` (may be null) is broken by now.
Error failed_call(const LibvirtFailure& failure, const std::string& doing, _virConnect* connection);
/// Of the call that has just failed.
Error failed_call(const std::string& doing, _virConnect* connection);

/// Of a migration: the same may succeed in a moment. Another job holds the domain, or a port on the
/// target was taken between its choice and its use. Pure.
bool may_pass(const LibvirtFailure& failure);

/// The code says that there is no such domain (any more).
bool means_no_domain(const LibvirtFailure& failure);

}  // namespace havc::domain
