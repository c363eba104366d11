// What the inventory says of a VM, one row a value: for lists and for showing one.
#pragma once

#include <array>
#include <span>
#include <string>

#include "havc/command.h"
#include "havc/output.h"
#include "inventory/inventory.h"

namespace havc::cli {

struct VmValue {
  ColumnDoc column;  ///< its key is that of the file, where that has one
  Cell (*of)(const inventory::Vm& vm, const inventory::Cluster& cluster);
};

std::span<const VmValue> vm_values();
/// Their columns.
std::span<const ColumnDoc> vm_columns();

Row values_of(const inventory::Vm& vm, const inventory::Cluster& cluster);

/// Where it comes from: "/etc/havc/vms/WEB-01.toml:4", "/etc/havc/cluster.toml:12" ([defaults]),
/// "derived" from other values, or "default".
std::string origin_of(const VmValue& value, const inventory::Vm& vm,
                      const inventory::Cluster& cluster);

/// "started", "cluster": an enum as files have it.
template <class T>
std::string word_of(T value) {
  return std::string(options::Text<T>::kWords.at(static_cast<std::size_t>(value)));
}

}  // namespace havc::cli
