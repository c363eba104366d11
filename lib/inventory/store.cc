#include "inventory/store.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

namespace havc::inventory {

namespace {

constexpr std::size_t kLargestFile = 1 << 20;  // templates; others are smaller
constexpr mode_t kForAll = 0644;
constexpr mode_t kForOwner = 0600;
constexpr mode_t kFolder = 0755;

/// Files that were put, and what undoes it.
class Done {
 public:
  explicit Done(const std::string& folder) : folder_(folder) {}

  void put(const FileText& file) {
    const std::string path = folder_ + "/" + file.path;
    make_folder(std::filesystem::path(path).parent_path().string(), kFolder);
    if (file.is_new) {
      new_file(path, file.text, file.secret ? kForOwner : kForAll);
      steps_.push_back({path, {}});
    } else {
      Step step{path, read_file(path, kLargestFile)};
      replace_file(path, file.text);
      steps_.push_back(std::move(step));
    }
  }

  /// Everything as it was; what cannot be is logged.
  void undo() const {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
      try {
        if (step->before)
          replace_file(step->path, *step->before);
        else
          remove_file(step->path);
      } catch (const Error& error) {
        log::error("not undone: " + std::string(error.what()));
      }
    }
  }

 private:
  struct Step {
    std::string path;
    std::optional<std::string> before;  // nothing where no file was
  };

  const std::string& folder_;
  std::vector<Step> steps_;
};

bool knows(const std::vector<Error>& problems, const Error& problem) {
  return std::any_of(problems.begin(), problems.end(),
                     [&](const Error& each) { return each.problem() == problem.problem(); });
}

}  // namespace

Reading read_with(const std::string& folder, const std::vector<FileText>& files) {
  Texts texts;
  for (const auto& file : files) texts[file.path] = file.text;
  return read(folder, texts);
}

void check_with(const std::string& folder, const std::vector<FileText>& files,
                std::vector<Error>& all) {
  for (const auto& file : files) {
    const std::string path = folder + "/" + file.path;
    std::error_code code;
    if (file.is_new && std::filesystem::exists(std::filesystem::symlink_status(path, code)))
      all.emplace_back(Fault::misconfigured, text::quote(path) + " is there already",
                       "remove it first, or choose another name");
  }
  const auto before = read(folder).problems;
  for (const auto& problem : read_with(folder, files).problems) {
    if (!knows(before, problem)) all.push_back(problem);
  }
  if (!all.empty()) throw Error(all.front());
}

void put(const std::string& folder, const std::vector<FileText>& files) {
  Done done(folder);
  try {
    for (const auto& file : files) done.put(file);
  } catch (...) {
    done.undo();
    throw;
  }
}

}  // namespace havc::inventory
