// What start and migrate_from leave behind for later actions: which domain a resource has on this
// host. Without it an action needs the definition file, which can be missing, changed or on a file
// system that hangs.
//
// Format: a line "havc note 1", then lines KEY=VALUE with the keys instance, name, uuid and config,
// in which '%', line ends and NUL are written as %XX; then a line "end". Unknown keys are left
// alone. Mode 0600, replaced in one step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/identity.h"
#include "domain/subject.h"

namespace havc::domain {

struct Note {
  std::string instance;
  Identity identity;
  std::string config;
};

/// The note of `instance` in `folder`. A missing one is nothing; a damaged, foreign or unreadable
/// one is nothing and a warning in the log. Throws Error(misconfigured) for an instance name that
/// cannot be a file name ('/', NUL, empty, over 200 bytes).
std::optional<Note> read_note(const std::string& folder, const std::string& instance);

/// All notes of the folder that can be read: which domains belong to other resources.
std::vector<Note> read_notes(const std::string& folder);

/// Makes the folder when it is missing. Throws Error(misconfigured, failed, permission,
/// unusable_here).
void write_note(const std::string& folder, const Note& note);
/// The same, but never throws: the domain's metadata says the same, only dearer to read. When it
/// cannot be written (a full /run), an older note goes: none is better than a wrong one.
void renew_note(const std::string& folder, const Note& note) noexcept;
inline Note note_of(const Subject& subject) {
  return {subject.instance, subject.identity, subject.config};
}

/// Gone afterwards; never throws: a note that stays behind is checked against what runs by whoever
/// reads it.
void drop_note(const std::string& folder, const std::string& instance) noexcept;

/// FOLDER/havc-INSTANCE.SUFFIX. Throws Error(misconfigured) as read_note does.
std::string instance_file(const std::string& folder, const std::string& instance,
                          const std::string& suffix);

}  // namespace havc::domain
