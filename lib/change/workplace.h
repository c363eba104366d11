// A private folder for files that other programs read and write; it goes with the value. For this
// module alone.
#pragma once

#include <string>

namespace havc::change {

class Workplace {
 public:
  /// Throws Error(failed).
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  const std::string& folder() const { return folder_; }
  /// Readable for nobody else: a CIB holds passwords. Gives the path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::string folder_;
};

}  // namespace havc::change
