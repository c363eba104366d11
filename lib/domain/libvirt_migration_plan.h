// A MigrationPlan in libvirt's terms: flags and typed parameters. For libvirt_migration.cc.
#pragma once

#include <string>

#include "domain/libvirt_types.h"
#include "domain/migration.h"

namespace havc::domain {

/// virDomainMigrateFlags.
unsigned int migration_flags(const MigrationPlan& plan);

/// VIR_MIGRATE_PARAM_*; owned.
class MigrationParameters {
 public:
  /// Throws Error(failed) in libvirt's words.
  explicit MigrationParameters(const MigrationPlan& plan);
  MigrationParameters(const MigrationParameters&) = delete;
  MigrationParameters& operator=(const MigrationParameters&) = delete;
  ~MigrationParameters();

  _virTypedParameter* list() const { return list_; }
  unsigned int count() const { return static_cast<unsigned int>(count_); }

 private:
  void add_text(const char* name, const std::string& value);
  void add_number(const char* name, int value);
  void add_large_number(const char* name, int value);
  static void check(int result);

  _virTypedParameter* list_ = nullptr;
  int count_ = 0;
  int capacity_ = 0;
};

}  // namespace havc::domain
