#include "havc/commands.h"

#include <array>

namespace havc::cli {

std::span<const Command* const> commands() {
  static const std::array kAll{
      &kStatus,       &kList,          &kShow,        &kLocate,       &kNodes,
      &kPlan,         &kApply,         &kSync,        &kRollback,     &kStart,
      &kStop,         &kRestart,       &kMove,        &kEnable,       &kDisable,
      &kRemove,       &kAdd,           &kSet,         &kCheck,        &kHealth,
      &kLint,         &kSupportBundle, &kImportHavc2, &kImportCapsvm, &kImportLibvirt,
      &kMetadataList, &kMetadataGet,   &kMetadataSet, &kTagsList,     &kTagsAdd,
      &kTagsRemove,   &kNodeReceive,   &kNodeReport,  &kConsole,      &kVnc,
      &kMonitor,      &kTop,           &kVirsh,
  };
  return kAll;
}

}  // namespace havc::cli
