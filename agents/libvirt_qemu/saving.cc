#include "libvirt_qemu/saving.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "base/worker.h"
#include "domain/definition.h"
#include "domain/note.h"
#include "domain/qemu_process.h"
#include "domain/state.h"
#include "xml/edit.h"

namespace havc::libvirt_qemu {

namespace {

using namespace std::chrono_literals;

constexpr mode_t kTight = 0600;  // a definition may hold passwords

Deadline moment(Deadline deadline) { return deadline.part(5s, 10); }

std::string canonical_definition(const std::string& xml) { return xml::canonical(domain::without_metadata(xml)); }

/// Nothing for a domain that came before the parameter was set.
std::string remembered(const std::string& path) { return recall_file(path, 2 * domain::kLargestDefinition); }

}  // namespace

std::string definition_to_save(const domain::Subject& subject, const std::string& now, const std::string& before, const std::string& file) {
  std::string text = domain::without_metadata(now);
  const auto defined = domain::parse_definition(text, "libvirt's definition");
  if (!domain::same_domain(defined.identity, subject.identity)) throw Error(Fault::failed, "libvirt's definition is of another domain");
  const std::string meaning = xml::canonical(text);
  if (meaning == before) return {};
  const auto written = domain::parse_definition(file, subject.config);
  if (written.identity.name != defined.identity.name || !domain::same_domain(written.identity, defined.identity)) {
    throw Error(Fault::failed, text::quote(subject.config) + " defines another domain by now");
  }
  return canonical_definition(file) == meaning ? std::string() : text;
}

std::string Saving::trace() const { return domain::instance_file(notes_, subject_.instance, "definition"); }
std::string Saving::file_trace() const { return domain::instance_file(notes_, subject_.instance, "definition-file"); }

void Saving::remember(const std::string& defined, const std::string& file) const {
  write_file(file_trace(), canonical_definition(file), kTight);
  write_file(trace(), canonical_definition(defined), kTight);
}

std::string Saving::file(Deadline deadline) const {
  return file_system_of(subject_.config).run([path = subject_.config] { return read_file(path, domain::kLargestDefinition); }, deadline);
}

/// Empty when the domain is not active here: a definition that was left behind on this node is not the newer one.
std::string Saving::defined(Deadline deadline) const {
  const auto hypervisor = connect_(subject_.uri, deadline);
  const auto found = hypervisor->inspect(subject_.identity, deadline);
  if (!found || !domain::active(found->state) || !domain::same_domain(found->identity, subject_.identity)) return {};
  return hypervisor->definition_of(subject_.identity, deadline).value_or("");
}

void Saving::begin(Deadline deadline) const noexcept {
  if (!wanted()) return;
  try {
    remove_file(trace());
    remove_file(file_trace());
    const Deadline soon = moment(deadline);
    const std::string now = defined(soon);
    if (!now.empty()) remember(now, file(soon));
  } catch (const std::exception& error) {
    log::warn(fmt::format("what is changed of '{}' cannot be told later: {}", subject_.identity.name, error.what()));
  }
}

void Saving::begin_late(Deadline deadline) const noexcept {
  if (!wanted()) return;
  try {
    if (!remembered(trace()).empty()) return;
  } catch (const std::exception& error) {
    log::warn(fmt::format("what is changed of '{}' cannot be told later: {}", subject_.identity.name, error.what()));
    return;
  }
  begin(deadline);
}

bool Saving::save_by(Deadline deadline) const {
  const std::string now = defined(deadline);
  if (now.empty()) return false;
  const std::string path = subject_.config;
  const std::string written = file(deadline);
  const std::string text = definition_to_save(subject_, now, remembered(trace()), written);
  if (text.empty()) return false;
  const std::string before = remembered(file_trace());
  if (!before.empty() && canonical_definition(written) != before) {
    throw Error(Fault::failed, text::quote(path) + " was edited since the domain came, and is left alone");
  }
  file_system_of(path).run([path, text] { replace_file(path, text); }, deadline);
  log::info(fmt::format("'{}' now holds the changed definition of '{}'", path, subject_.identity.name));
  remember(text, text);
  return true;
}

bool Saving::save(Deadline deadline) const noexcept {
  if (!wanted()) return false;
  try {
    return save_by(moment(deadline));
  } catch (const std::exception& error) {
    log::warn(fmt::format("the definition of '{}' is not saved: {}", subject_.identity.name, error.what()));
    return false;
  }
}

void Saving::sync(Deadline deadline) const noexcept {
  if (!options_.sync_config_on_stop) return;
  try {
    const auto result = run_process({"csync2", "-x", subject_.config}, "", deadline.part(30s, 4));
    if (result.exit_code == 0) return log::info(fmt::format("csync2 has distributed '{}'", subject_.config));
    log::warn(fmt::format("csync2 -x '{}' exits with {}: {}", subject_.config, result.exit_code, result.words()));
  } catch (const std::exception& error) {
    log::warn(fmt::format("'{}' is not distributed: {}", subject_.config, error.what()));
  }
}

}  // namespace havc::libvirt_qemu
