#include "node/machine_look.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <fcntl.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <string_view>

namespace havc::node {

namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

/// "MemTotal:  16384 kB" and "model name : Xeon" alike, up to the first empty line.
Fields fields_of(std::istream& from) {
  Fields fields;
  for (std::string line; std::getline(from, line) && !line.empty();) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    fields.emplace(text::trim(std::string_view(line).substr(0, colon)),
                   text::trim(std::string_view(line).substr(colon + 1)));
  }
  return fields;
}

std::optional<std::uint64_t> amount(const Fields& fields, std::string_view name,
                                    std::uint64_t unit) {
  const auto found = fields.find(name);
  if (found == fields.end()) return {};
  const auto words = text::split(found->second, " ");
  const auto number = words.empty() ? std::nullopt : text::number(words.front());
  return number ? std::optional(*number * unit) : std::nullopt;
}

Answer<std::string> text_field(const Fields& fields, const char* name, const std::string& source) {
  const auto found = fields.find(name);
  if (found != fields.end()) return found->second;
  return Answer<std::string>::none(source + " has no '" + name + "'");
}

void take_memory(const std::string& path, Report& report) {
  constexpr std::uint64_t kKibibyte = 1024;
  std::ifstream file(path);
  const Fields fields = fields_of(file);
  const auto total = amount(fields, "MemTotal", kKibibyte);
  const auto available = amount(fields, "MemAvailable", kKibibyte);
  report.memory = total && available ? Answer<Memory>(Memory{*total, *available})
                                     : Answer<Memory>::none(path + " does not tell");
  const auto size = amount(fields, "Hugepagesize", kKibibyte);
  const auto pages = amount(fields, "HugePages_Total", 1);
  const auto free = amount(fields, "HugePages_Free", 1);
  report.hugepages = size && pages && free ? Answer<Hugepages>(Hugepages{*size, *pages, *free})
                                           : Answer<Hugepages>::none(path + " does not tell");
}

// The first processor alone: a kernel takes its time to write hundreds of them.
void take_cpus(const std::string& path, Report& report) {
  std::ifstream file(path);
  const Fields fields = fields_of(file);
  report.cpu_model = text_field(fields, "model name", path);
  report.cpu_flags = text_field(fields, "flags", path);
  if (report.cpu_flags.known()) {
    auto flags = text::split(*report.cpu_flags, " ");
    std::sort(flags.begin(), flags.end());
    report.cpu_flags = text::join(flags, " ");
  }
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  report.cpus = online > 0 ? Answer<unsigned>(static_cast<unsigned>(online))
                           : Answer<unsigned>::none("the kernel does not tell");
}

Answer<std::chrono::seconds> uptime(const std::string& path) {
  std::ifstream file(path);
  double seconds = 0;
  if (!(file >> seconds)) return Answer<std::chrono::seconds>::none(path + " does not tell");
  return std::chrono::seconds(static_cast<std::int64_t>(seconds));
}

Answer<bool> kvm(const std::string& path) {
  const Descriptor device(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (device) return true;
  const bool missing = errno == ENOENT || errno == ENODEV || errno == ENXIO;
  if (missing) return false;
  return Answer<bool>::none("cannot open " + path + ": " + system_words(errno));
}

// adjtimex(2) without a wish changes nothing.
Answer<bool> synchronised() {
  timex clock{};
  const int state = adjtimex(&clock);
  if (state < 0) return Answer<bool>::none("adjtimex: " + system_words(errno));
  return state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
}

}  // namespace

void look_at_machine(const std::string& proc, const std::string& kvm_device, Report& report) {
  take_memory(proc + "/meminfo", report);
  take_cpus(proc + "/cpuinfo", report);
  report.uptime = uptime(proc + "/uptime");
  report.kvm = kvm(kvm_device);
  report.synchronised = synchronised();
}

std::string kernel_release() {
  utsname names{};
  return uname(&names) == 0 ? names.release : "";
}

}  // namespace havc::node
