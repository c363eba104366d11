// Small files: read with a limit, written so that a reader or a crash never sees half of one.
// Reads may hang with the file system they are on; callers put them on a Worker where that matters.
#pragma once

#include <string>
#include <sys/types.h>

namespace havc {

/// The content of a regular file of at most `most` bytes. Throws Error(unusable_here, permission) when it is missing, unreadable, something
/// other than a regular file (a FIFO would block), or larger.
std::string read_file(const std::string& path, std::size_t most);

/// The same, or nothing when it cannot be read, whyever: for what a program wrote itself, and can do without.
std::string recall_file(const std::string& path, std::size_t most);

/// Replaces the file in one step: a temporary file beside it, written, renamed. `mode` counts whatever the umask is. No fsync: meant for state under /run.
/// Throws Error(failed, permission, unusable_here).
void write_file(const std::string& path, const std::string& content, mode_t mode);

/// Replaces a regular file that is there, also behind symbolic links, in one step; it keeps its mode and owner, and is on the disk when this
/// returns. For files of the administrator. Throws as write_file does.
void replace_file(const std::string& path, const std::string& content);

/// Puts a file where none is, in one step; it is on the disk when this returns. `mode` counts whatever the umask is. Throws as
/// write_file does, and Error(failed) when something is there already, also when it came this moment.
void new_file(const std::string& path, const std::string& content, mode_t mode);

/// Gone afterwards; that it was missing before is fine. Throws Error otherwise.
void remove_file(const std::string& path);

/// The folder and its parents exist afterwards. Throws Error otherwise.
void make_folder(const std::string& path, mode_t mode);

}  // namespace havc
