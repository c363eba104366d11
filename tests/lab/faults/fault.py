"""A fault, what a good cluster does about it, and the outcome that was seen: the same judgement for every system."""

from dataclasses import asdict, dataclass, field
from typing import Callable

from faults.stage import CannotInject
from faults.watch import SILENCE
from havclab.state import LabError

TOO_MANY = "guests interrupted:"


@dataclass(frozen=True)
class Fault:
    """One row. `inject(stage)` prepares guests, brings the fault about, and returns when its consequences are over. What it
    must not do is judge by system."""

    name: str
    text: str
    expected: str  # a sentence about the guests
    inject: Callable
    interrupted: int = 0  # at most so many guests may be interrupted, and must run again
    essential: bool = False  # played in every test run
    environment: Callable = None  # () -> {host: {name: value}}, for all that Pacemaker starts there

    @property
    def group(self):
        return self.inject.__module__.rpartition(".")[2]


@dataclass
class Outcome:
    """What was seen. `misses` says, in words, all that is not as it should be; an error that nothing is known."""

    fault: str
    system: str
    twice: list = field(default_factory=list)  # guests that ran twice, or of which a count was lost or repeated
    fenced: list = field(default_factory=list)  # hosts whose power was cut by the cluster
    needless: list = field(default_factory=list)  # those of them that the fault had not taken away
    interrupted: dict = field(default_factory=dict)  # guest → seconds
    down: list = field(default_factory=list)  # guests that did not run at the end
    misses: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    told: dict = field(default_factory=dict)
    told_in_short: str = ""
    proof: list = field(default_factory=list)  # the words of the proof, where it fails
    error: str = ""

    @property
    def seconds(self):
        return max(self.interrupted.values(), default=0)

    @property
    def as_expected(self):
        return not (self.error or self.twice or self.needless or self.down or self.misses)

    def as_json(self):
        return {**asdict(self), "seconds": self.seconds, "as_expected": self.as_expected}


def play(fault, stage):
    """Plays one fault to its end and judges. What cannot be brought about is an outcome, too."""
    outcome = Outcome(fault.name, stage.system.name)
    try:
        stage.prepare(fault.environment() if fault.environment else None)
        fault.inject(stage)
        _judge(fault, stage, outcome)
    except (CannotInject, LabError, OSError) as error:
        outcome.error = str(error)
    finally:
        if stage.watch:
            stage.watch.stop()
    return outcome


def _judge(fault, stage, outcome):
    watch = stage.watch
    verdicts = stage.proofs()
    watch.stop()
    told = stage.told()
    outcome.told, outcome.told_in_short = told.as_json(), told.in_short()
    outcome.twice = [name for name, verdict in verdicts.items() if not verdict.proven]
    outcome.proof = [f"{name}: {each}" for name, verdict in verdicts.items() for each in verdict.faults[:3]]
    outcome.fenced = [host for _, host in watch.power_losses]
    outcome.fenced += sorted({target for target, _, status in told.fencing if status == "success"} - set(outcome.fenced))
    outcome.needless = [host for host in outcome.fenced if host not in stage.lost]
    reboots = stage.reboots(verdicts)
    for name, sight in watch.guests.items():
        silences = watch.silences(name)
        if silences or (reboots[name] > 0 and sight.retired_at is None):
            outcome.interrupted[name] = round(sum(silences) or sight.longest, 1)
        if sight.retired_at is None and watch.end - sight.last >= SILENCE:
            outcome.down.append(name)
    outcome.misses = list(stage.misses)
    if len(outcome.interrupted) > fault.interrupted:
        outcome.misses.append(f"{TOO_MANY} {len(outcome.interrupted)}, expected: {fault.interrupted or 'none'}")
    outcome.notes = list(stage.notes)

