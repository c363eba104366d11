// libvirt's objects by name, so that no header of ours needs one of libvirt's; and an owner for its
// texts.
#pragma once

#include <cstdlib>
#include <memory>

struct _virConnect;         // NOLINT(clang-diagnostic-reserved-identifier): libvirt's choice
struct _virDomain;          // NOLINT(clang-diagnostic-reserved-identifier)
struct _virTypedParameter;  // NOLINT(clang-diagnostic-reserved-identifier)

namespace havc::domain {

/// A text that libvirt has made, for its caller to free.
struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using LibvirtText = std::unique_ptr<char, FreeText>;

}  // namespace havc::domain
