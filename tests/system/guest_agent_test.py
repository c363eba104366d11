#!/usr/bin/python3
"""What monitor and stop make of a guest that has an operating system: the QEMU guest agent that answers, is silent, is dead or was never there, and
sleep (S3). A small real Linux with the real agent, see tests/support/linux_guest. Runs on a private host: private-host --stage DIR --
guest_agent_test.py LINUX_GUEST. What boot sectors can do: states_test.py."""

import socket
import sys
import time
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


class Check(Guests):
    def test_an_agent_that_answers(self):
        self.start_with_agent()
        for level in (0, 10, 20):
            self.assert_answer(monitor(level), 0)
            self.assert_answer(probe(level), 0)
        self.assert_answer(monitor(10, guest_agent_check="required"), 0)


class Stop(Guests):
    def assert_obeys(self, most, **parameters):
        begin = time.monotonic()
        self.assert_stops(**parameters, timeout=120)
        self.assertLess(time.monotonic() - begin, most, "it was destroyed")

    def test_a_guest_that_is_deaf_to_the_button_obeys_its_agent(self):
        self.start_with_agent(command_line="button=off")
        self.assert_obeys(60, shutdown_mode="agent")

    def test_an_agent_that_hangs_is_followed_by_the_button(self):
        self.start_with_agent()
        self.shell.run("kill -STOP $(cat /run/qemu-ga.pid)")
        self.assert_obeys(60, shutdown_mode="agent,acpi")


if __name__ == "__main__":
    staged.run_tests(["virsh"], [LINUX / "kernel"])
