#include "change/patch.h"

#include "base/error.h"
#include "base/process.h"
#include "change/workplace.h"

namespace havc::change {

namespace {

constexpr int kDiffers = 1;                                 // of crm_diff, as of diff(1)
constexpr std::size_t kMostPatch = std::size_t{64} << 20U;  // as much as a configuration may have

}  // namespace

std::string patch_of(const std::string& before, const std::string& after, Deadline deadline) {
  const Workplace place;
  const auto result =
      run_process({"crm_diff", "--original", place.write("before.xml", before), "--new",
                   place.write("after.xml", after)},
                  "", {.most_output = kMostPatch, .folder = {}, .greeting = {}}, deadline);
  if (result.exit_code == kDiffers && result.output.find("</diff>") != std::string::npos)
    return result.output;
  throw Error(Fault::failed,
              "crm_diff has no patch for the configuration: exit code " +
                  std::to_string(result.exit_code) + ", " + result.words(),
              "look whether pacemaker-cli-utils is the same version as the cluster's");
}

}  // namespace havc::change
