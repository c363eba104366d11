// The ways to ask a guest to power off, in libvirt's words.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "options/value.h"

namespace havc::domain {

/// VIR_DOMAIN_SHUTDOWN_* of libvirt-domain.h, by virsh's names, which are the enumerators in this order. QEMU knows acpi and
/// agent; the others are other drivers' and refused by it.
enum class ShutdownMethod { acpi, agent, initctl, signal, paravirt };

/// Tried in this order; empty: one request by the way that libvirt chooses.
using ShutdownMethods = std::vector<ShutdownMethod>;

std::string_view name_of(ShutdownMethod method);

}  // namespace havc::domain

namespace havc::options {

/// Words separated by commas or blanks, as virsh shutdown --mode takes them.
template <>
struct Text<domain::ShutdownMethods> {
  static constexpr ContentType kType = ContentType::string;
  static constexpr std::string_view kExpected = "words of acpi agent initctl signal paravirt";
  static std::optional<domain::ShutdownMethods> parse(std::string_view text);
};

}  // namespace havc::options
