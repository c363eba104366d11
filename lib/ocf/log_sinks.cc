#include "ocf/log_sinks.h"

#include "base/process.h"
#include "options/value.h"

namespace havc::ocf {

namespace {

/// Pacemaker writes "none" for no file.
std::string absolute(const std::string& path) { return path.starts_with('/') ? path : std::string(); }

bool wants_logger(const Environment& environment) {
  const std::string& word = environment.get("HA_LOGD");
  return word == "yes" || (word.empty() && options::boolean(environment.get("HA_use_logd")) == true);
}

}  // namespace

log::Sinks log_sinks(std::string_view agent, std::string_view action, const Environment& environment, bool terminal) {
  log::Sinks sinks;
  const std::string& name = environment.get("OCF_RESOURCE_INSTANCE");
  const std::string& tag = environment.get("HA_LOGTAG");
  sinks.process_id = tag.empty();
  sinks.tag = tag.empty() ? std::string(agent) + "(" + (name.empty() ? "default" : name) + ")" : tag;
  const std::string& debug = environment.get("HA_debug");
  sinks.debug = !debug.empty() && debug != "0";
  if (const std::string& format = environment.get("HA_DATEFMT"); !format.empty()) sinks.date_format = format;
  if (action == "validate-all") sinks.on_stderr = log::OnStderr::plain;
  if (terminal) return sinks;

  sinks.facility = log::facility_of(environment.get("HA_LOGFACILITY"));
  sinks.file = absolute(environment.get("HA_LOGFILE"));
  sinks.debug_file = absolute(environment.get("HA_DEBUGLOG"));
  if (wants_logger(environment)) sinks.logger = find_program("ha_logger", environment.get("PATH"));
  const bool nowhere = sinks.facility < 0 && sinks.file.empty();
  if (sinks.on_stderr == log::OnStderr::tagged) sinks.on_stderr = nowhere ? log::OnStderr::dated : log::OnStderr::none;
  return sinks;
}

}  // namespace havc::ocf
