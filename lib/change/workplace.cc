#include "change/workplace.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace havc::change {

Workplace::Workplace() {
  std::error_code code;
  const auto parent = std::filesystem::temp_directory_path(code);
  if (code)
    throw Error(Fault::failed, "no folder for temporary files: " + code.message(), "make /tmp");
  folder_ = (parent / "havc-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr)
    throw Error(
        Fault::failed,
        "cannot make a folder in " + text::quote(parent.string()) + ": " + system_words(errno),
        "make room there, or set TMPDIR");
}

Workplace::~Workplace() {
  std::error_code ignored;  // nothing can be done about what stays
  std::filesystem::remove_all(folder_, ignored);
}

std::string Workplace::write(const std::string& name, const std::string& content) const {
  constexpr mode_t kMine = 0600;
  write_file(path(name), content, kMine);
  return path(name);
}

}  // namespace havc::change
