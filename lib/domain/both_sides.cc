#include "domain/both_sides.h"

namespace havc::domain {

namespace {

bool runs(const Look& look) {
  return look.found && (look.found->state == State::running || look.found->state == State::blocked);
}

bool broke(const Look& look) {
  return look.found && look.found->reason == Reason::postcopy_failed;
}

std::string state(const Look& look) {
  if (!look.answered()) return "unknown";
  return look.found ? describe(*look.found) : "absent";
}

}  // namespace

bool BothSides::arrived() const {
  return here.absent() && there.present() && decided_there() && !broke(there);
}

bool BothSides::still_here() const {
  return runs(here) && there.absent();
}

bool BothSides::stands_still_here() const {
  return here.found && here.found->state == State::paused && !broke(here);
}

bool BothSides::stranded_here() const {
  return stands_still_here() && there.absent();
}

bool BothSides::decided_there() const {
  const bool half =
      there.found && there.found->state == State::paused && there.found->reason == Reason::migrating;
  return there.answered() && !half;
}

bool BothSides::restarting() const {
  const auto nobody_listens = [](const Look& look) {
    return look.silence && look.silence->fault() == Fault::unreachable;
  };
  if (nobody_listens(here) || nobody_listens(there)) return true;
  return here.answered() && there.answered() && !decided_there();
}

bool BothSides::postcopy_broke() const {
  return broke(here) || broke(there);
}

std::string BothSides::in_words() const {
  if (still_here()) return "still runs here";
  return "here " + state(here) + ", there " + state(there);
}

BothSides look_at_both(Link& here, Link& there, const Identity& domain, Deadline deadline) {
  return {here.look(domain, deadline.capped(kOneLook)),
          there.look(domain, deadline.capped(kOneLook))};
}

}  // namespace havc::domain
