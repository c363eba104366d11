"""Watches guests and hosts while a fault lasts: who fell silent and for how long, and which host lost its power. It only looks: at
the growth of the guests' consoles, and at the process that is a host's PID 1."""

import threading
import time
from dataclasses import dataclass, field

from havclab import power

_POLL_SECONDS = 0.1
SILENCE = 3.0  # seconds; a guest prints four to five times a second, and a loaded machine lets it wait for a second at times


@dataclass
class Sight:
    """What was seen of one guest: when it last printed, and the finished silences before that."""

    size: int
    last: float
    silences: list = field(default_factory=list)  # seconds each
    longest: float = 0.0  # seconds between two things it printed
    retired_at: float = None  # from then on it may be silent

    def all_silences(self, now):
        end = now if self.retired_at is None else self.retired_at
        rest = end - self.last
        return self.silences + ([rest] if rest >= SILENCE else [])


class Watch:
    """A thread that looks from start() to stop()."""

    def __init__(self, lab, guest_names):
        self._lab = lab
        self._hosts = lab.hosts()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        now = time.monotonic()
        self.guests = {name: Sight(self._size(name), now) for name in guest_names}
        self.begin, self.end = now, None
        self._boots = {host.name: _boot_of(host) for host in self._hosts}
        self.power_losses = []  # (seconds since the beginning, host), one for each time a host went off

    def start(self):
        self._thread.start()

    def stop(self):
        if not self._ended.is_set():
            self._ended.set()
            self._thread.join()
            self.end = time.monotonic()

    def retire(self, guest_name):
        """What the guest does from now on is no interruption: it is stopped on purpose."""
        self.guests[guest_name].retired_at = time.monotonic()

    def silences(self, guest_name):
        return self.guests[guest_name].all_silences(self.end or time.monotonic())

    def counts_now(self, guest_name):
        return time.monotonic() - self.guests[guest_name].last < SILENCE

    def _look_on(self):
        while not self._ended.wait(_POLL_SECONDS):
            now = time.monotonic()
            for name, sight in self.guests.items():
                size = self._size(name)
                if size == sight.size:
                    continue
                if sight.retired_at is None:
                    sight.longest = max(sight.longest, now - sight.last)
                    if now - sight.last >= SILENCE:
                        sight.silences.append(now - sight.last)
                sight.size, sight.last = size, now
            for host in self._hosts:
                self._look_at(host, now)

    def _look_at(self, host, now):
        boot, before = _boot_of(host), self._boots[host.name]
        if boot != before:
            self._boots[host.name] = boot
            if before is not None:
                self.power_losses.append((now - self.begin, host.name))

    def _size(self, name):
        try:
            return (self._lab.shared / "console" / f"{name}.log").stat().st_size
        except FileNotFoundError:
            return 0


def _boot_of(host):
    """What changes when a host is switched off: the process that is its PID 1, or nothing."""
    try:
        return host.pid1_file.read_text() if power.is_on(host) else None
    except FileNotFoundError:
        return None
