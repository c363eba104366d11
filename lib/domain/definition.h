// The domain XML that the administrator wrote: which domain it means, and what libvirt is given of
// it. Not a check of its devices: libvirt does that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "domain/identity.h"
#include "domain/mark.h"

namespace havc::domain {

/// libvirt's own definitions are 4 to 20 KiB; a domain with hundreds of devices stays below 200
/// KiB.
inline constexpr std::size_t kLargestDefinition = 1 << 20;

struct Definition {
  Identity identity;  ///< the UUID as libvirt writes it, or empty when the file states none
  std::string path;
  std::string xml;
};

/// Reads and checks the file. Throws Error(unusable_here, permission): missing, unreadable, empty,
/// cut off, not XML, too large, with a document type declaration, not a <domain> of type qemu or
/// kvm, without exactly one usable <name>; Error(timed_out) when its file system does not answer.
Definition read_definition(const std::string& path, Deadline deadline);

/// The same for a text; `path` is for messages.
Definition parse_definition(std::string xml, const std::string& path);

/// The definition with <havc:resource xmlns:havc="urn:havc:domain:1" instance=… config=…/> below
/// /domain/metadata, instead of one that may be there already.
std::string with_metadata(const std::string& xml, const Mark& mark);
/// The definition without that element.
std::string without_metadata(const std::string& xml);

/// The definition as that of this domain: a file that states no UUID means another domain each time.
std::string with_uuid(const std::string& xml, const std::string& uuid);

}  // namespace havc::domain
