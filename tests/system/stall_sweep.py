#!/usr/bin/python3
"""libvirt falls silent after the n-th message, for every n that an action exchanges with it: does the action end in time, with the right code, and
is the guest where the code says?

    private-host --stage DIR -- stall_sweep.py GUESTS [--all] [--every K] [--action NAME]... [--workers N]

--all takes every n in each manner of stalling_proxy.py; without it, every K-th, and the manners in turn."""

import argparse
import contextlib
import queue
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Callable

sys.dont_write_bytecode = True
import hosts  # noqa: E402
from hosts import agent, until  # noqa: E402
from stalling_proxy import MANNERS, StallingProxy  # noqa: E402

LONGEST_REASON = 128  # bytes; Pacemaker 2 cuts there

IMAGES = "IMAGES"  # stands for a folder of the worker's own


@dataclass
class Action:
    """What is run, on which host, with which libvirtd behind the proxy; and what must be true before and after it."""
    name: str
    verb: str
    before: str  # "absent", "here" (on the first host), "there" or "saved"
    codes: Callable  # of (worker): the exit codes that are true now
    host: int = 0
    proxied: int = 0
    timeout: int = 12
    parameters: dict = field(default_factory=dict)
    hide_run_state: bool = False
    lose_config: bool = False
    judged_in_silence: bool = False  # the source's libvirtd goes on by itself, once it learns of the broken connection
    critical: tuple = ()  # manners in which no n is left out: a guest must not run twice


def runs(worker, host):
    return worker.stage.hosts[host].state(worker.guest) == "running" and len(worker.qemus(host)) == 1


def started(worker):
    # Not even success may be a lie; a guest that runs after all is stopped by the cluster's recovery.
    return {0, 1} if runs(worker, 0) else {1}


def stopped(worker):
    return {0} if not worker.qemus(0) else set()


def moved(worker):
    """Never on both sides. Success is only told when it runs there."""
    if worker.qemus(0) and worker.qemus(1):
        worker.settle()
    here, there = runs(worker, 0), runs(worker, 1)
    if here and there:
        return set()
    return {0, 1} if there else {1}


ACTIONS = [
    Action("start", "start", "absent", started),
    Action("stop", "stop", "here", stopped),
    Action("forced stop", "stop", "here", stopped, parameters={"force_stop": "1"}),
    Action("stop that saves", "stop", "here", stopped, timeout=20, parameters={"snapshot": IMAGES}),
    Action("start that restores", "start", "saved", started, timeout=20, parameters={"snapshot": IMAGES}),
    Action("persistent start", "start", "absent", started, parameters={"domain_definition": "persistent"}),
    Action("monitor", "monitor", "here", lambda _: {0}, parameters={"CRM_meta_interval": "10000"}, hide_run_state=True),
    Action("monitor at depth 10", "monitor", "here", lambda _: {0, 190},
           parameters={"CRM_meta_interval": "10000", "OCF_CHECK_LEVEL": "10"}),
    Action("probe of a running guest", "monitor", "here", lambda _: {0}, hide_run_state=True),
    Action("probe without config, note and run state", "monitor", "here", lambda _: {0, 1}, hide_run_state=True, lose_config=True,
           parameters={"HA_RSCTMP": "/run/nothing"}),
    Action("stop without config and note", "stop", "here", stopped, lose_config=True, parameters={"HA_RSCTMP": "/run/nothing"}),
    Action("probe of an absent guest", "monitor", "absent", lambda _: {7}),
    Action("migrate_to, source silent", "migrate_to", "here", moved, timeout=20),
    Action("migrate_to, target silent", "migrate_to", "here", moved, proxied=1, timeout=20, critical=("blip",)),
    Action("migrate_to by libvirtd, target silent", "migrate_to", "here", moved, proxied=1, timeout=20, critical=("blip",),
           parameters={"migration_mode": "p2p"}, judged_in_silence=True),
    Action("migrate_from", "migrate_from", "there", lambda _: {0, 1}, host=1, proxied=1, hide_run_state=True,
           parameters={"HA_RSCTMP": "/run/nothing"}),
    Action("validate-all at level 10", "validate-all", "absent", lambda _: {0, 1}, parameters={"OCF_CHECK_LEVEL": "10"}),
]


class Worker:
    """One guest, and proxies of its own before both libvirtds."""

    def __init__(self, stage, number):
        self.stage = stage
        self.guest = stage.guest(f"w{number}", number)
        self.images = stage.folder / f"images{number}"
        self.images.mkdir()
        self.sockets = [stage.folder / f"proxy{number}.{host.name}" for host in stage.hosts]
        self.proxies = [StallingProxy(socket, host.socket) for socket, host in zip(self.sockets, stage.hosts)]
        self.address = f"proxy{number}"  # Stage has made it known
        self.tcp = StallingProxy((self.address, hosts.PORT), (stage.hosts[1].address, hosts.PORT))

    def qemus(self, host):
        return self.stage.hosts[host].qemus(self.guest)

    def prepare(self, action):
        self.recover()
        self.guest.forget_console()
        if action.before == "absent":
            return
        host = self.stage.hosts[1 if action.before == "there" else 0]
        result = agent("start", self.guest, host)
        if result.returncode != 0:
            raise AssertionError(f"cannot prepare: {result.stderr}")
        self.guest.wait_until_ready()
        if action.before == "saved":
            result = agent("stop", self.guest, host, snapshot=self.images)
            if result.returncode != 0 or not list(self.images.iterdir()):
                raise AssertionError(f"cannot save: {result.stderr}")

    def recover(self):
        """What Pacemaker does after a failure: stop on both sides, which must succeed."""
        for number, host in enumerate(self.stage.hosts):
            result = agent("stop", self.guest, host, force_stop="1", hide_run_state=False)
            if result.returncode != 0 or self.qemus(number):
                raise AssertionError(f"cannot stop on {host.name}: {result.returncode} {result.stderr}")
            host.virsh("undefine", self.guest.uuid)
        for image in self.images.iterdir():
            image.unlink()

    def settle(self):
        """A libvirtd that learns that its client has gone takes a moment to tidy up."""
        try:
            until(lambda: len(self.qemus(0)) + len(self.qemus(1)) == 1, "one side", 10)
        except AssertionError:
            pass

    def run(self, action, last, manner="stall"):
        """One action with libvirt falling silent after `last` messages; returns how many it exchanged, and its result."""
        self.prepare(action)
        with self.guest.without_config() if action.lose_config else contextlib.nullcontext():
            return self.act(action, last, manner)

    def act(self, action, last, manner):
        over_tcp = action.verb == "migrate_to" and action.proxied == 1
        proxy = self.tcp if over_tcp else self.proxies[action.proxied]
        proxy.arm(last, manner)
        parameters = {name: self.images if value == IMAGES else value for name, value in action.parameters.items()}
        if action.verb == "migrate_to":
            target = self.address if over_tcp else self.stage.hosts[1].name
            parameters.update(CRM_meta_migrate_target=target, migration_transport="tcp")
        result = agent(action.verb, self.guest, self.stage.hosts[action.host], timeout=action.timeout,
                       socket_path=None if over_tcp else self.sockets[action.proxied],
                       hide_run_state=action.hide_run_state, **parameters)
        seen = proxy.seen
        if not action.judged_in_silence:
            proxy.release()
        return seen, result

    def case(self, action, last, manner):
        """Nothing, or what is wrong."""
        return self.judge(action, self.run(action, last, manner)[1])

    def judge(self, action, result):
        try:
            return self.find_wrong(action, result)
        finally:
            for proxy in (*self.proxies, self.tcp):
                proxy.release()

    def find_wrong(self, action, result):
        wrong = []
        if result.killed:
            wrong.append(f"did not end in {action.timeout} s")
        allowed = action.codes(self)
        if result.returncode not in allowed:
            wrong.append(f"code {result.returncode}, true would be {sorted(allowed)}; QEMUs here {self.qemus(0)}, there {self.qemus(1)}; "
                         f"libvirt says {self.stage.hosts[0].state(self.guest)}, {self.stage.hosts[1].state(self.guest)}")
        if len(result.reasons) != (result.returncode not in (0, 7)):
            wrong.append(f"{len(result.reasons)} reasons")
        wrong += [f"reason is no good: {reason}" for reason in result.reasons
                  if not reason.isascii() or len(reason) > LONGEST_REASON]
        if not any(self.qemus(side) for side in (0, 1)) and action.verb == "migrate_to":
            wrong.append("the guest is lost")
        return f"{'; '.join(wrong)}\n{result.stderr}" if wrong else None


class Sweep:
    def __init__(self, stage, options):
        self.workers = [Worker(stage, number) for number in range(1, options.workers + 1)]
        self.actions = [action for action in ACTIONS if not options.action or action.name in options.action]
        self.options = options
        self.cases = queue.Queue()
        self.failures, self.done = [], 0
        self.lock = threading.Lock()

    def plan(self, action):
        """How many messages a clean run takes, and the cases from that."""
        seen, result = self.workers[0].run(action, None)
        if wrong := self.workers[0].judge(action, result):
            self.fail(f"{action.name}, undisturbed: {wrong}")
        print(f"{action.name}: {seen} messages, {result.returncode}, {result.seconds:.1f} s", flush=True)
        manners = list(MANNERS)
        for last in range(seen + 1):
            chosen = manners if self.options.all else action.critical
            if not self.options.all and last % self.options.every == 0:
                chosen = {*chosen, manners[last // self.options.every % len(manners)]}
            for manner in chosen:
                self.cases.put((action, last, manner))

    def fail(self, words):
        self.failures.append(words)
        print(f"FAILED {words}", flush=True)

    def work(self, worker):
        while True:
            try:
                action, last, manner = self.cases.get_nowait()
            except queue.Empty:
                return
            try:
                wrong = worker.case(action, last, manner)
            except Exception:  # whatever it is, the case has failed, and the next one may tell more
                wrong = traceback.format_exc()
            with self.lock:
                self.done += 1
                if wrong:
                    self.fail(f"{action.name}, {manner} after {last}: {wrong}")

    def run(self):
        for action in self.actions:
            self.plan(action)
        threads = [threading.Thread(target=self.work, args=(worker,)) for worker in self.workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for worker in self.workers:
            worker.recover()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("guests")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--every", type=int, default=9)
    parser.add_argument("--action", action="append")
    parser.add_argument("--workers", type=int, default=8)
    options = parser.parse_args()
    hosts.skip_unless_installed("virsh", "nsenter")
    begin = time.monotonic()
    with hosts.Stage(options.guests, proxies=options.workers) as stage:
        sweep = Sweep(stage, options)
        sweep.run()
    print(f"{sweep.done} cases in {time.monotonic() - begin:.0f} s, {len(sweep.failures)} failed")
    return 1 if sweep.failures or not sweep.done else 0


if __name__ == "__main__":
    sys.exit(main())
