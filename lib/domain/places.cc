#include "domain/places.h"

namespace havc::domain {

Places places_for(std::string_view uri, std::string notes) {
  Places places;
  places.notes = std::move(notes);
  const std::string_view plain = uri.substr(0, uri.find_first_of("?#"));
  const auto scheme_end = plain.find("://");
  const std::string_view scheme = plain.substr(0, scheme_end);
  const bool no_host =
      scheme_end != std::string_view::npos && plain.substr(scheme_end + 3, 1) == "/";
  places.processes = no_host && (scheme == "qemu" || scheme == "qemu+unix");
  if (!places.processes || !plain.ends_with("///system")) places.run_state.clear();
  return places;
}

}  // namespace havc::domain
