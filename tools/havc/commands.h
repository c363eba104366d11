// All sub-commands. A new one: a file in commands/ with its row, a line here and one in
// commands.cc.
#pragma once

#include <span>

#include "havc/command.h"

namespace havc::cli {

extern const Command kAdd;
extern const Command kCheck;
extern const Command kHealth;
extern const Command kConsole;
extern const Command kImportCapsvm;
extern const Command kImportHavc2;
extern const Command kImportLibvirt;
extern const Command kLint;
extern const Command kList;
extern const Command kLocate;
extern const Command kMetadataGet;
extern const Command kMetadataList;
extern const Command kMetadataSet;
extern const Command kMonitor;
extern const Command kNodeReport;
extern const Command kNodes;
extern const Command kPlan;
extern const Command kSet;
extern const Command kShow;
extern const Command kStatus;
extern const Command kSupportBundle;
extern const Command kTagsAdd;
extern const Command kTagsList;
extern const Command kTagsRemove;
extern const Command kTop;
extern const Command kVirsh;
extern const Command kVnc;
extern const Command kNodeReceive;

extern const Command kApply;
extern const Command kDisable;
extern const Command kEnable;
extern const Command kMove;
extern const Command kRemove;
extern const Command kRestart;
extern const Command kRollback;
extern const Command kStart;
extern const Command kStop;
extern const Command kSync;

/// In the order of --help within their groups.
std::span<const Command* const> commands();

}  // namespace havc::cli
