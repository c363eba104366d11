// Ctrl-C, SIGTERM and SIGHUP as something that is asked for between two steps: what was begun ends
// or is left so that it can be taken up again. Programs that only look do without it, and just end.
#pragma once

#include "base/deadline.h"

namespace havc::interrupt {

/// From now on these signals are remembered; the second one ends the process at once, with exit
/// code 130. Call it once, before threads exist. Throws Error(failed).
void watch();

/// One has come since watch(); false without it.
bool came();

/// Sleeps like Deadline::pause, and returns as soon as one comes. True when one has come.
bool pause(Duration time, Deadline deadline);

/// Readable once one has come, for poll; -1 without watch().
int descriptor();

}  // namespace havc::interrupt
