#include "change/patch.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

namespace havc::change {

namespace {

constexpr int kDiffers = 1;  // of crm_diff, as of diff(1)
constexpr mode_t kFileMode = 0600;
constexpr std::size_t kMostPatch = std::size_t{64} << 20U;  // as much as a configuration may have

/// A folder that nobody else can read, and that goes again.
class PrivateFolder {
 public:
  PrivateFolder() {
    if (mkdtemp(path_.data()) == nullptr) {
      throw Error(fault_of(errno),
                  "cannot make a folder like " + text::quote(path_) + ": " + system_words(errno));
    }
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name, const std::string& content) const {
    std::string path = path_ + "/" + name;
    write_file(path, content, kFileMode);
    return path;
  }

 private:
  std::string path_ = "/tmp/havc-XXXXXX";
};

}  // namespace

std::string patch_of(const std::string& before, const std::string& after, Deadline deadline) {
  const PrivateFolder folder;
  const auto result =
      run_process({"crm_diff", "--original", folder.file("before.xml", before), "--new",
                   folder.file("after.xml", after)},
                  "", {.most_output = kMostPatch, .folder = {}, .greeting = {}}, deadline);
  if (result.exit_code == kDiffers && result.output.find("</diff>") != std::string::npos)
    return result.output;
  throw Error(Fault::failed,
              "crm_diff has no patch for the configuration: exit code " +
                  std::to_string(result.exit_code) + ", " + result.words(),
              "look whether pacemaker-cli-utils is the same version as the cluster's");
}

}  // namespace havc::change
