#!/usr/bin/python3
"""What monitor and stop make of a guest that has an operating system: the QEMU guest agent that answers, is silent, is dead or was never there, and
sleep (S3). A small real Linux with the real agent, see tests/support/linux_guest. Runs on a private host: private-host --stage DIR --
guest_agent_test.py LINUX_GUEST. What boot sectors can do: states_test.py."""

import re
import socket
import sys
from pathlib import Path

import staged
from staged import agent, monitor, probe, state, virsh, wait_until

LINUX = Path(sys.argv.pop()) if len(sys.argv) > 1 else Path()
SERIAL = staged.FOLDER / "serial"
CHANNEL = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"


class Shell:
    """The guest's shell, on its serial line."""

    def __init__(self):
        wait_until(SERIAL.exists, "QEMU makes the serial line")
        self.line = socket.socket(socket.AF_UNIX)
        self.line.settimeout(staged.PATIENCE)
        self.line.connect(str(SERIAL))
        self.text = ""

    def wait_for(self, word):
        """What came before a line that begins with this word, and the rest of that line."""
        while True:
            before, found, after = ("\n" + self.text).partition("\n" + word)
            if found and "\n" in after:
                rest, self.text = after.split("\n", 1)
                return before, rest.strip()
            self.receive()

    def receive(self):
        """Waits for what the guest prints."""
        received = self.line.recv(4096)
        if not received:
            raise AssertionError(f"the guest is gone: {self.text}")
        self.text += received.decode(errors="replace").replace("\r", "")

    def run(self, command):
        self.line.sendall((command + "\n").encode())
        output, code = self.wait_for("done")
        if code != "0":
            raise AssertionError(f"'{command}' in the guest ended with {code}: {output}")
        return output.strip()

    def send(self, command):
        """For what has no answer."""
        self.line.sendall((command + "\n").encode())


class Guests(staged.Test):
    def start(self, command_line="", channel=True, settings=""):
        boot = f"<kernel>{LINUX}/kernel</kernel><initrd>{LINUX}/initrd</initrd><cmdline>console=ttyS0 quiet panic=-1 {command_line}</cmdline>"
        devices = f"<serial type='unix'><source mode='bind' path='{SERIAL}'/></serial>" + (CHANNEL if channel else "")
        staged.define(settings, devices, memory=192, boot=boot)
        self.assert_answer(agent("start"), 0)
        self.shell = Shell()
        self.addCleanup(self.shell.line.close)
        self.shell.wait_for("ready")

    def start_with_agent(self, **more):
        self.start(**more)
        wait_until(lambda: virsh("qemu-agent-command", "vm1", '{"execute":"guest-ping"}', check=False) == '{"return":{}}', "the agent answers")


def how_it_ended():
    """libvirt's word in the domain's log: shutdown, destroyed, crashed."""
    return re.findall(r"shutting down, reason=(\w+)", Path("/var/log/libvirt/qemu/vm1.log").read_text())[-1]


class Check(Guests):
    def test_an_agent_that_answers(self):
        self.start_with_agent()
        for level in (0, 10, 20):
            self.assert_answer(monitor(level), 0)
            self.assert_answer(probe(level), 0)
        self.assert_answer(monitor(10, guest_agent_check="required"), 0)

    def test_an_agent_that_falls_silent_counts_at_the_second_time(self):
        self.start_with_agent()
        self.assert_answer(monitor(10), 0)
        self.shell.run("kill -STOP $(cat /run/qemu-ga.pid)")
        self.assert_answer(monitor(10), 0)
        answer = monitor(10)
        self.assert_answer(answer, 190, "'vm1'", "agent", "does not answer")
        self.assertLess(answer.seconds, 30)
        self.assert_answer(monitor(20), 1, "'vm1'", "agent", "does not answer")
        self.assert_answer(monitor(10, guest_agent_check="off"), 0)
        self.assert_answer(monitor(0), 0)
        self.shell.run("kill -CONT $(cat /run/qemu-ga.pid)")
        wait_until(lambda: monitor(10).code == 0, "the agent is heard again")

    def test_an_agent_that_dies_counts_at_the_second_time_and_comes_back(self):
        self.start_with_agent()
        self.assert_answer(monitor(10), 0)
        self.shell.run("kill $(cat /run/qemu-ga.pid)")
        wait_until(lambda: "state='disconnected'" in virsh("dumpxml", "vm1"), "libvirt sees it go")
        self.assert_answer(monitor(10), 0)
        self.assert_answer(monitor(10), 190, "'vm1'", "agent", "has gone", "start qemu-guest-agent")
        self.assert_answer(monitor(20), 190, "agent")  # a guest that reboots has time to bring it back
        self.assert_answer(monitor(10, guest_agent_check="off"), 0)
        self.shell.run("start-agent")
        wait_until(lambda: "state='connected'" in virsh("dumpxml", "vm1"), "libvirt sees it come")
        self.assert_answer(monitor(10), 0)

    def test_an_agent_is_remembered_over_a_restart_of_libvirtd(self):
        self.start_with_agent()
        self.assert_answer(monitor(10), 0)
        staged.end_libvirtd()
        self.shell.run("kill $(cat /run/qemu-ga.pid)")
        staged.start_libvirtd()
        self.assert_answer(monitor(10), 0)
        self.assert_answer(monitor(10), 190, "agent", "has gone")

    def test_a_guest_without_agent_is_healthy_unless_one_is_required(self):
        self.start("agent=off")
        for _ in range(3):
            self.assert_answer(monitor(10), 0)
            self.assert_answer(monitor(20), 0)
        self.assert_answer(monitor(10, guest_agent_check="required"), 0)  # it may still boot

    def test_a_required_agent_without_its_channel(self):
        self.start(channel=False)
        self.assert_answer(monitor(10), 0)
        self.assert_answer(monitor(10, guest_agent_check="required"), 190, "'vm1'", "channel", "org.qemu.guest_agent.0")

    def test_a_paused_guest_is_not_blamed_for_its_agent(self):
        self.start_with_agent()
        self.assert_answer(monitor(10), 0)
        virsh("suspend", "vm1")
        for _ in range(2):
            self.assert_answer(monitor(10), 190, "paused")
        virsh("resume", "vm1")
        self.assert_answer(monitor(10), 0)

    def test_a_reboot_is_no_failure(self):
        self.start_with_agent()
        self.assert_answer(monitor(20), 0)
        self.shell.send("reboot -f")
        codes = set()
        while "ready" not in self.shell.text:
            codes.update((monitor().code, probe().code, monitor(20).code))
            self.shell.receive()
        self.assertLessEqual(codes, {0, 190})
        wait_until(lambda: monitor(20).code == 0, "the agent is heard again")


class Stop(Guests):
    def assert_stops_gracefully(self, **parameters):
        answer = agent("stop", timeout=90, **parameters)
        self.assert_answer(answer, 0)
        self.assertEqual(staged.qemu_pids(), [])
        self.assertEqual(how_it_ended(), "shutdown", answer)

    def test_by_the_power_button(self):
        self.start_with_agent(command_line="")
        self.assert_stops_gracefully(shutdown_mode="acpi")

    def test_by_the_agent_of_a_guest_that_is_deaf_to_the_power_button(self):
        self.start_with_agent(command_line="button=off")
        self.assert_stops_gracefully(shutdown_mode="agent")

    def test_a_dead_agent_is_followed_by_the_power_button(self):
        self.start_with_agent()
        self.shell.run("kill $(cat /run/qemu-ga.pid)")
        self.assert_stops_gracefully(shutdown_mode="agent,acpi")

    def test_a_silent_agent_is_followed_by_the_power_button(self):
        for mode in ("agent,acpi", ""):
            with self.subTest(shutdown_mode=mode):
                self.start_with_agent()
                self.shell.run("kill -STOP $(cat /run/qemu-ga.pid)")
                self.assert_stops_gracefully(shutdown_mode=mode)
                staged.clean()

    def test_a_guest_that_neither_hears_is_destroyed(self):
        self.start("agent=off button=off")
        answer = agent("stop", timeout=40, shutdown_mode="agent,acpi")
        self.assert_answer(answer, 0)
        self.assertLess(answer.seconds, 40)
        self.assertEqual((staged.qemu_pids(), how_it_ended()), ([], "destroyed"))


class Sleep(Guests):
    def sleep(self):
        self.start_with_agent(settings="<pm><suspend-to-mem enabled='yes'/></pm>")
        self.shell.send("echo mem >/sys/power/state")
        wait_until(lambda: state().startswith("pmsuspended"), "the guest sleeps")

    def test_is_healthy(self):
        self.sleep()
        for level in (0, 10, 20):
            self.assert_answer(monitor(level), 0)
            self.assert_answer(probe(level), 0)
        virsh("dompmwakeup", "vm1")
        self.shell.wait_for("done")
        self.assert_answer(monitor(10), 0)

    def test_stop_wakes_it_and_shuts_it_down(self):
        self.sleep()
        answer = agent("stop", timeout=90)
        self.assert_answer(answer, 0)
        self.assertEqual((staged.qemu_pids(), how_it_ended()), ([], "shutdown"), answer)


if __name__ == "__main__":
    staged.run_tests(["virsh"], [LINUX / "kernel"])
