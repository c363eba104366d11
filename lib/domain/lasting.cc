#include "domain/lasting.h"

#include "base/file.h"
#include "base/log.h"
#include "base/stamp.h"
#include "domain/note.h"
#include "domain/verdict.h"

namespace havc::domain {

namespace {

std::string path_of(const std::string& folder, const std::string& instance) {
  return instance_file(folder, instance, "since");
}

std::string hold_of(const std::string& folder, const std::string& instance) {
  return instance_file(folder, instance, "held");
}

std::string what(Inspection inspection) {
  inspection.disk_errors.clear();
  return inspection.identity.uuid + " " + describe(inspection);
}

}  // namespace

Duration lasted(const std::string& folder, const std::string& instance,
                const Inspection& inspection, Instant now) noexcept {
  if (!time_matters(inspection)) {
    forget_state(folder, instance);
    return Duration::zero();
  }
  try {
    const std::string path = path_of(folder, instance);
    const auto seen = read_stamp(path, now);
    if (seen && seen->text == what(inspection)) return seen->age;
    write_stamp(path, now, what(inspection));
  } catch (const std::exception& error) {
    log::warn(error.what());
  }
  return Duration::zero();
}

void hold_state(const std::string& folder, const std::string& instance, const Identity& domain,
                Instant now) noexcept {
  try {
    write_stamp(hold_of(folder, instance), now, domain.uuid);
  } catch (const std::exception& error) {
    log::warn(error.what());
  }
}

bool is_held(const std::string& folder, const std::string& instance, const Inspection& inspection,
             Instant now) noexcept {
  if (inspection.state != State::paused || inspection.reason != Reason::user) return false;
  try {
    const auto hold = read_stamp(hold_of(folder, instance), now);
    return hold && hold->text == inspection.identity.uuid;
  } catch (const std::exception& error) {
    log::warn(error.what());
    return true;  // no memory: rather too much patience
  }
}

void forget_state(const std::string& folder, const std::string& instance) noexcept {
  try {
    remove_file(path_of(folder, instance));
    remove_file(hold_of(folder, instance));
  } catch (const std::exception& error) {
    log::debug(error.what());
  }
}

}  // namespace havc::domain
