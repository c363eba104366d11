#!/usr/bin/python3
"""What monitor and stop make of every state that a guest, its QEMU and libvirtd can be in: the real things brought into it, the agent as installed.
Runs on a private host: private-host --stage DIR -- states_test.py GUESTS. Guests that need an operating system: guest_agent_test.py."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import staged
from staged import agent, monitor, probe, state, virsh, wait_until

GUESTS = Path(sys.argv.pop()) if len(sys.argv) > 1 else Path()


class States(staged.Test):
    def start(self, guest, settings="", devices=""):
        staged.define_boot_sector(GUESTS / f"{guest}.img", settings, devices)
        self.assert_answer(agent("start"), 0)
        staged.wait_until_ready()


class Healthy(States):
    def test_a_guest_that_runs(self):
        self.start("deaf")
        for level in (0, 10, 20):
            self.assert_answer(monitor(level), 0)
            self.assert_answer(probe(level), 0)
        self.assert_stops(force_stop=1)


class FailingDisk(States):
    """A guest that writes to a disk over NBD, which fails while a file is there."""

    broken = staged.FOLDER / "broken"

    def start_writing(self, policy="stop"):
        socket = staged.FOLDER / "nbd.sock"
        server = subprocess.Popen(["nbdkit", "--foreground", "--unix", socket, "--filter=error", "memory", "64M", "error=EIO", "error-rate=100%",
                                   f"error-file={self.broken}"], stdin=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        wait_until(socket.exists, "nbdkit starts")
        self.start("writing", devices=f"""
            <disk type='network' device='disk'><driver name='qemu' type='raw' error_policy='{policy}' rerror_policy='{policy}'/>
              <source protocol='nbd'><host transport='unix' socket='{socket}'/></source><target dev='vdb' bus='virtio'/><boot order='2'/></disk>""")
        wait_until(lambda: "w" in staged.console(), "the guest writes")

    def pause_by_error(self):
        self.start_writing()
        self.broken.touch()
        wait_until(lambda: state() == "paused (I/O error)", "the guest is paused")

    def test_degraded_with_the_name_of_the_disk_unless_told_otherwise(self):
        self.pause_by_error()
        for level in (0, 10, 20):
            self.assert_answer(monitor(level), 190, "'vm1'", "I/O error", "vdb", "virsh resume")
        self.assert_answer(monitor(io_error_action="fail"), 1, "I/O error", "vdb")
        self.assert_answer(monitor(10, io_error_action="ignore"), 0)
        self.assertEqual(state(), "paused (I/O error)")
        self.assert_stops()

    def test_resume_pauses_again_until_the_disk_is_repaired(self):
        self.pause_by_error()
        self.assert_answer(monitor(io_error_action="resume"), 190, "vdb")
        self.broken.unlink()
        written = staged.console()
        self.assert_answer(monitor(io_error_action="resume"), 0)
        self.assertEqual(state(), "running (unpaused)")
        wait_until(lambda: staged.console().count("w") > written.count("w") + 1, "the guest writes")
        self.assertNotIn("e", staged.console().replace("ready", ""), "the guest saw an error")

    def test_an_error_that_is_reported_to_the_guest_is_the_guests_business(self):
        self.start_writing("report")
        self.broken.touch()
        wait_until(lambda: staged.console().endswith("e"), "the guest sees the error")
        self.assert_answer(monitor(), 0)
        self.assert_answer(monitor(10), 0)


class FullStorage(States):
    def test_a_guest_paused_for_want_of_space(self):
        small = staged.FOLDER / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], check=True)
        self.addCleanup(small.rmdir)
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.addCleanup(virsh, "destroy", "vm1", check=False)
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", small / "disk.qcow2", "64M"], check=True)
        self.start("writing", devices=f"""
            <disk type='file' device='disk'><driver name='qemu' type='qcow2' error_policy='enospace'/>
              <source file='{small}/disk.qcow2'/><target dev='vdb' bus='virtio'/><boot order='2'/></disk>""")
        wait_until(lambda: state() == "paused (I/O error)", "the guest is paused")
        self.assert_answer(monitor(), 190, "no space", "vdb", "virsh resume")
        self.assert_answer(monitor(10, io_error_action="fail"), 1, "no space", "vdb")
        subprocess.run(["mount", "-o", "remount,size=80m", small], check=True)
        self.assert_answer(monitor(io_error_action="resume"), 0)
        self.assertEqual(state(), "running (unpaused)")


class Panic(States):
    def panic(self, settings):
        self.start("panic", settings, "<panic model='isa'/>")
        virsh("shutdown", "vm1")

    def test_a_corpse_that_is_kept_is_failed_and_stop_removes_it(self):
        self.panic("<on_crash>preserve</on_crash>")
        wait_until(lambda: state().startswith("crashed"), "the guest crashes")
        for level in (0, 10, 20):
            self.assert_answer(monitor(level), 1, "'vm1'", "crashed")
            self.assert_answer(probe(level), 1, "'vm1'", "crashed")
        begin = time.monotonic()
        self.assert_stops(timeout=90)
        self.assertLess(time.monotonic() - begin, 30, "a corpse was asked to shut down")

    def test_a_guest_that_is_destroyed_at_a_crash_does_not_run(self):
        self.panic("<on_crash>destroy</on_crash>")
        wait_until(lambda: not staged.qemu_pids(), "the guest is destroyed")
        self.assert_answer(monitor(), 7, "'vm1'")
        self.assert_answer(probe(), 7)

    def test_a_guest_that_is_restarted_at_a_crash_runs(self):
        self.panic("<on_crash>restart</on_crash>")
        end = time.monotonic() + staged.PATIENCE
        while staged.console().count("ready") < 2:
            self.assert_answer(monitor(), 0)
            self.assertLess(time.monotonic(), end, "the guest does not come back")
        self.assert_answer(monitor(10), 0)


class MonitorsInARow:
    """Recurring monitors, probes and thorough monitors, one after the other and two at a time, for as long as the block lasts."""

    def __enter__(self):
        self.answers = []
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=calls) for calls in ((monitor, probe), (probe, lambda: monitor(10)))]
        for thread in self.threads:
            thread.start()
        return self

    def run(self, *calls):
        while not self.enough.is_set():
            for call in calls:
                self.answers.append(call())

    def __exit__(self, *error):
        self.enough.set()
        for thread in self.threads:
            thread.join()

    def codes(self):
        return {answer.code for answer in self.answers}


class GuestsThatLeaveOrComeBack(States):
    def test_a_guest_that_powers_itself_off_is_running_until_it_does_not_run(self):
        self.start("off")
        with MonitorsInARow() as monitors:
            wait_until(lambda: not staged.qemu_pids(), "the guest powers off")
            enough = len(monitors.answers) + 6
            wait_until(lambda: len(monitors.answers) > enough, "monitors answer")
        self.assertEqual(monitors.codes(), {0, 7}, monitors.answers)
        self.assert_answer(monitor(), 7, "'vm1'", "/var/log/libvirt/qemu")
        self.assert_answer(probe(), 7)
        self.assert_answer(agent("stop"), 0)

    def test_a_guest_that_powers_itself_off_and_has_a_definition_does_not_run(self):
        config = staged.define_boot_sector(GUESTS / "off.img")
        virsh("define", str(config))
        virsh("start", "vm1")
        wait_until(lambda: state() == "shut off (shutdown)", "the guest powers off")
        self.assert_answer(monitor(), 7, "'vm1'", "shut off")
        self.assert_answer(probe(), 7)

    def assert_never_gone(self, guest):
        self.start(guest)
        with MonitorsInARow() as monitors:
            wait_until(lambda: staged.console().count("ready") > 8 and len(monitors.answers) > 40, "the guest reboots")
        self.assertEqual(monitors.codes(), {0}, monitors.answers)
        self.assert_stops(force_stop=1)

    def test_a_guest_that_reboots_for_ever_by_its_keyboard_controller(self):
        self.assert_never_gone("keyboard-reset")

    def test_a_guest_that_reboots_for_ever_by_its_reset_register(self):
        self.assert_never_gone("pci-reset")

    def test_a_guest_that_reboots_for_ever_by_a_triple_fault(self):
        self.assert_never_gone("triple-fault")

    def test_a_reboot_that_libvirt_makes_of_a_power_off(self):
        self.start("obedient")
        with MonitorsInARow() as monitors:
            for boots in range(2, 7):
                virsh("reboot", "vm1", "--mode", "acpi")
                wait_until(lambda boots=boots: staged.console().count("ready") >= boots, "the guest reboots")
        self.assertEqual(monitors.codes(), {0}, monitors.answers)

    def test_a_reboot_that_ends_the_domain(self):
        self.start("pci-reset", "<on_reboot>destroy</on_reboot>")
        wait_until(lambda: not staged.qemu_pids(), "the domain ends")
        self.assert_answer(monitor(), 7, "'vm1'")


class BrokenProcess(States):
    def kill_qemu(self):
        """Until its last thread has ended: the first one goes earlier, and the command line with it."""
        pid = staged.qemu_pid()
        process = os.pidfd_open(pid)
        self.addCleanup(os.close, process)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: select.select([process], [], [], 0)[0], "QEMU ends")

    def test_a_killed_qemu(self):
        self.start("deaf")
        self.kill_qemu()
        self.assert_answer(monitor(), 7, "'vm1'")
        self.assert_answer(probe(), 7)
        self.assert_answer(agent("stop"), 0)

    def test_a_killed_qemu_of_a_domain_with_a_definition_keeps_its_cause_visible(self):
        config = staged.define_boot_sector(GUESTS / "deaf.img")
        virsh("define", str(config))
        virsh("start", "vm1")
        self.kill_qemu()
        wait_until(lambda: state() == "shut off (crashed)", "libvirt notices")
        self.assert_answer(monitor(), 1, "'vm1'", "crashed", "/var/log/libvirt/qemu")
        self.assert_answer(probe(), 7)
        self.assert_answer(agent("stop"), 0)

    def test_a_killed_qemu_while_libvirtd_is_dead_or_hung(self):
        for how in ("dead", "hung"):
            with self.subTest(libvirtd=how):
                self.start("deaf")
                if how == "dead":
                    staged.end_libvirtd()
                else:
                    os.kill(staged.libvirtd_pid(), signal.SIGSTOP)
                self.kill_qemu()
                self.assert_answer(monitor(), 7, "'vm1'", "libvirt")
                self.assert_answer(probe(), 7)
                self.assert_answer(agent("stop"), 0)
                staged.clean()

    def test_a_stopped_qemu_is_failed_and_the_reason_says_how_to_wake_it(self):
        self.start("deaf")
        pid = staged.qemu_pid()
        with staged.Stopped(pid):
            for level in (0, 10):
                answer = monitor(level)
                self.assert_answer(answer, 1, "'vm1'", "stopped", f"kill -CONT {pid}")
                self.assertLess(answer.seconds, 30)
        self.assert_answer(monitor(10), 0)

    def test_a_stopped_qemu_while_libvirtd_is_hung(self):
        self.start("deaf")
        pid = staged.qemu_pid()
        with staged.Stopped(pid), staged.Stopped(staged.libvirtd_pid()):
            self.assert_answer(monitor(), 1, f"kill -CONT {pid}")

    def test_a_qemu_that_was_stopped_for_a_moment_is_healthy(self):
        self.start("deaf")
        pid = staged.qemu_pid()
        staged.stop_process(pid)
        waker = threading.Timer(1, os.kill, (pid, signal.SIGCONT))
        waker.start()
        self.assert_answer(monitor(), 0)
        waker.join()

    def test_stop_ends_a_stopped_qemu(self):
        self.start("deaf")
        staged.stop_process(staged.qemu_pid())
        self.assert_answer(agent("stop", timeout=30), 0)
        self.assertEqual(staged.qemu_pids(), [])

    def silence(self):
        """Opening a FIFO to read lasts until somebody opens it to write, and QEMU opens files in the thread that answers its monitor."""
        fifo = staged.FOLDER / "fifo"
        os.mkfifo(fifo)
        block = f'{{"execute":"blockdev-add","arguments":{{"driver":"file","node-name":"n","read-only":true,"filename":"{fifo}"}}}}'
        asking = subprocess.Popen(["virsh", "qemu-monitor-command", "vm1", block], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(asking.wait)
        self.addCleanup(asking.kill)
        openat = "257 "
        wait_until(lambda: Path(f"/proc/{staged.qemu_pid()}/syscall").read_text().startswith(openat), "QEMU hangs")
        return fifo, asking

    def test_a_qemu_that_is_silent_on_its_monitor_is_degraded_and_not_more(self):
        self.start("deaf")
        fifo, asking = self.silence()
        self.assert_answer(monitor(), 0)
        self.assert_answer(probe(), 0)
        answer = monitor(10)
        self.assert_answer(answer, 190, "'vm1'")
        self.assertLess(answer.seconds, 30)
        os.close(os.open(fifo, os.O_WRONLY))
        asking.wait(staged.PATIENCE)
        self.assert_answer(monitor(10), 0)

    def test_stop_ends_a_qemu_that_is_silent_on_its_monitor(self):
        self.start("deaf")
        self.silence()
        self.assert_answer(agent("stop", timeout=30), 0)
        self.assertEqual(staged.qemu_pids(), [])


class Orphan(States):
    def make_orphan(self):
        self.start("deaf")
        staged.end_libvirtd()
        (staged.RUN_STATES / "vm1.xml").unlink()
        staged.start_libvirtd()
        self.assertEqual(virsh("list", "--all", "--name"), "")
        return staged.qemu_pid()

    def test_a_qemu_that_libvirt_has_forgotten_is_never_called_not_running(self):
        pid = self.make_orphan()
        for level in (0, 10):
            self.assert_answer(monitor(level), 1, f"orphan QEMU pid {pid}", "'vm1'", "stop the resource")
            self.assert_answer(probe(level), 1, f"orphan QEMU pid {pid}")

    def test_start_does_not_start_a_second_one(self):
        pid = self.make_orphan()
        answer = agent("start")
        self.assertEqual(answer.code, 1, answer)
        self.assertIn(str(pid), answer.reason)
        self.assertEqual(staged.qemu_pid(), pid)

    def test_stop_ends_it(self):
        self.make_orphan()
        self.assert_stops()


class BrokenLibvirtd(States):
    def test_restarted(self):
        self.start("deaf")
        pid = staged.qemu_pid()
        for how in (signal.SIGTERM, signal.SIGKILL):
            with MonitorsInARow() as monitors:
                staged.end_libvirtd(how)
                staged.start_libvirtd()
            self.assertLessEqual(monitors.codes(), {0, 190}, monitors.answers)
            self.assert_answer(monitor(10), 0)
        self.assertEqual(staged.qemu_pid(), pid)
        self.assert_stops(force_stop=1)

    def test_dead(self):
        self.start("deaf")
        staged.end_libvirtd()
        self.assert_silence_is_survived()

    def test_hung(self):
        self.start("deaf")
        os.kill(staged.libvirtd_pid(), signal.SIGSTOP)
        self.assert_silence_is_survived()

    def assert_silence_is_survived(self):
        """The guest counts as running, and can be stopped, while libvirt says nothing."""
        self.assert_answer(monitor(), 0)
        self.assert_answer(probe(), 0)
        self.assert_answer(monitor(10), 190, "'vm1'", "runs", "libvirt")
        self.assert_answer(agent("stop", timeout=30), 0)
        self.assertEqual(staged.qemu_pids(), [])
        self.assert_answer(probe(), 7)

    def test_started_again_while_stop_waits(self):
        self.start("obedient")
        staged.end_libvirtd()
        starter = threading.Timer(2, staged.start_libvirtd)
        starter.start()
        answer = agent("stop", timeout=120)
        starter.join()
        self.assert_answer(answer, 0)
        self.assertEqual(staged.qemu_pids(), [])


class PausedByHand(States):
    def test_healthy_degraded_and_then_by_policy(self):
        self.start("deaf")
        virsh("suspend", "vm1")
        self.assert_answer(monitor(), 0)
        self.assert_answer(monitor(10), 190, "'vm1'", "paused", "virsh resume")
        self.assert_answer(probe(), 0)
        time.sleep(1.1)  # paused_grace is counted in seconds
        self.assert_answer(monitor(paused_grace=1), 190, "'vm1'", "paused", "virsh resume")
        self.assert_answer(monitor(paused_grace=1, paused_action="fail"), 1, "'vm1'", "paused")
        self.assert_answer(monitor(10, paused_grace=1, paused_action="ignore"), 0)
        self.assertEqual(state(), "paused (user)")
        self.assert_answer(monitor(paused_grace=1, paused_action="resume"), 0)
        self.assertEqual(state(), "running (unpaused)")

    def test_a_second_pause_has_its_own_grace(self):
        self.start("deaf")
        virsh("suspend", "vm1")
        self.assert_answer(monitor(), 0)
        virsh("resume", "vm1")
        self.assert_answer(monitor(), 0)
        time.sleep(2.1)
        virsh("suspend", "vm1")
        self.assert_answer(monitor(paused_grace=2, paused_action="fail"), 0)

    def test_stop_does_not_wait_for_a_guest_that_cannot_hear(self):
        self.start("deaf")
        virsh("suspend", "vm1")
        begin = time.monotonic()
        self.assert_stops(timeout=90)
        self.assertLess(time.monotonic() - begin, 30)


if __name__ == "__main__":
    staged.run_tests(["nbdkit", "qemu-img", "virsh"], [GUESTS / "writing.img"])
