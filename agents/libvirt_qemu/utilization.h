// Keeps utilization attributes of the resource in the cluster's configuration (CIB) as large as the domain is, where parameters ask for it.
// Attributes of other names, and whatever else is in the resource's sets, are the administrator's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "domain/size.h"
#include "libvirt_qemu/options.h"

namespace havc::libvirt_qemu {

struct UtilizationAttribute {
  std::string_view name;
  std::optional<std::string> value;  ///< nothing: it should not be there
};
using UtilizationAttributes = std::vector<UtilizationAttribute>;

/// What the parameters want. Pure. `size` in parts that are not known is left alone.
UtilizationAttributes wanted_utilization(const Options& options, const domain::Size& size);

/// What has to change in the CIB. Pure.
struct UtilizationChange {
  std::string update = {};                      ///< a <primitive> with what is to be set; empty: nothing
  std::vector<std::string_view> removals = {};  ///< names of attributes that are to go
};
/// `primitive`: the resource as the CIB has it. A value that is there is changed where it is, whichever set it is in. Throws Error(unusable_here).
UtilizationChange utilization_change(const std::string& primitive, const UtilizationAttributes& wanted);

/// The id in the CIB of an instance: unique clones have ":0", ":1", … behind it.
std::string primitive_of(const std::string& instance);

/// always: what is in the CIB is looked at. when_changed: only if something else is wanted than the last time, which costs one small file; the
/// healthy monitor.
enum class UtilizationCheck { always, when_changed };

/// Brings the CIB up to date: one query, and one update if it differs. Never throws: without the CIB's tools, or when they hang, there is a warning and,
/// for `when_changed`, another try ten minutes later. `notes`: the folder in which is remembered what was written last.
void update_utilization(const Options& options, const std::string& instance, const domain::Size& size, const std::string& notes,
                        UtilizationCheck check, Deadline deadline) noexcept;

/// Parameters want anything at all.
bool concerns_utilization(const Options& options);

}  // namespace havc::libvirt_qemu
