// Saves a guest's memory to a file, which ends the guest: stop's other way, for `snapshot`. start
// is the way back.
#pragma once

#include "base/deadline.h"
#include "domain/hypervisor.h"
#include "domain/link.h"
#include "domain/saved_image.h"
#include "domain/subject.h"

namespace havc::domain {

/// gone: it has ended, and its memory is lost.
enum class SaveOutcome { saved, lives, gone };

/// Never throws: what goes wrong is logged, and the stop goes on without an image. Gives up, and
/// ends libvirt's job, at `grace`; `deadline` bounds what comes after. Does not begin when the
/// folder has less space than the guest has memory.
SaveOutcome save_guest(const Subject& subject, const SavedImage& image, const Connect& connect,
                       Link& link, Deadline grace, Deadline deadline);

}  // namespace havc::domain
