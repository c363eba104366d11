#include "ocf/tracing.h"

#include <unistd.h>

#include <algorithm>

#include "base/calendar.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/trace.h"
#include "options/value.h"

namespace havc::ocf {

namespace {

bool wanted(const Environment& environment) {
  const std::string& word = environment.get("OCF_TRACE_RA");
  return options::boolean(word.empty() ? environment.get("OCF_RESKEY_trace_ra") : word) == true;
}

const std::string& or_else(const std::string& text, const std::string& fallback) { return text.empty() ? fallback : text; }

/// Names come from outside; a slash would lead elsewhere.
std::string file_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

std::string usual_file(std::string_view agent, std::string_view action, const Environment& environment, const std::string& date) {
  const std::string type = or_else(environment.get("OCF_RESOURCE_TYPE"), std::string(agent));
  const std::string instance = or_else(environment.get("OCF_RESOURCE_INSTANCE"), "default");
  const std::string usual = or_else(environment.get("HA_VARLIB"), "/var/lib/heartbeat") + "/trace_ra";
  const std::string folder = or_else(environment.get("OCF_RESKEY_trace_dir"), usual);
  return folder + "/" + file_name(type) + "/" + file_name(instance) + "." + std::string(action) + "." + date;
}

bool secret(std::string_view name) {
  const std::string lower = text::lower(name);
  for (const auto* word : {"passw", "secret", "token", "community", "credential"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

void describe(const Agent& agent, std::string_view action, const Environment& environment) {
  trace::line(std::string(agent.doc.name) + " " + std::string(agent.doc.version) + ": " + std::string(action) + ", process " +
              std::to_string(getpid()));
  for (const auto& [name, value] : environment.values()) {
    if (!name.starts_with("OCF_") && !name.starts_with("HA_")) continue;
    trace::line("  " + name + "=" + (secret(name) ? "(hidden)" : text::without_password(value)));
  }
}

}  // namespace

TraceTarget trace_target(std::string_view agent, std::string_view action, const Environment& environment, bool terminal, const std::string& date) {
  if (!wanted(environment)) return {};
  const std::string& file = environment.get("OCF_TRACE_FILE");
  if (file.size() == 1 && file[0] >= '3' && file[0] <= '9') return file[0] - '0';
  // Written by this process, so that it stays before the reason, which is to be the last line.
  if (file == "/dev/stderr") return STDERR_FILENO;
  if (file.starts_with('/')) return file;
  if (!file.empty()) log::warn("OCF_TRACE_FILE is " + text::quote(file) + ", neither a descriptor from 3 to 9 nor an absolute path");
  if (terminal) return STDERR_FILENO;
  return usual_file(agent, action, environment, date);
}

void begin_trace(const Agent& agent, std::string_view action, const Environment& environment) {
  // The name that crmsh looks for.
  const auto target = trace_target(agent.doc.name, action, environment, isatty(STDERR_FILENO) != 0, local_time("%Y-%m-%d.%H:%M:%S"));
  try {
    if (const auto* descriptor = std::get_if<int>(&target)) trace::start(*descriptor);
    if (const auto* path = std::get_if<std::string>(&target)) trace::start(*path);
  } catch (const Error& error) {
    log::warn(std::string("no trace: ") + error.what());
  }
  if (trace::on()) describe(agent, action, environment);
}

}  // namespace havc::ocf
