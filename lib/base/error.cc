#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace havc {

static std::string sentence(const std::string& problem, const std::string& remedy) {
  return remedy.empty() ? problem : problem + "; " + remedy;
}

Error::Error(Fault fault, std::string problem, std::string remedy)
    : std::runtime_error(sentence(problem, remedy)),
      fault_(fault),
      problem_(std::move(problem)),
      remedy_(std::move(remedy)) {}

std::string system_words(int error_number) {
  return std::generic_category().message(error_number);
}

Fault fault_of(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
      return Fault::permission;
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
      return Fault::unusable_here;
    case ETIMEDOUT:
      return Fault::timed_out;
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return Fault::unreachable;
    default:
      return Fault::failed;
  }
}

}  // namespace havc
