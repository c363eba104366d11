#!/usr/bin/python3
"""The judgement of the fault matrix, on sights that are made up: what must count against a system, counts."""

import json
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from faults import fault, report  # noqa: E402 (the path comes first)
from faults.told import Told  # noqa: E402
from faults.watch import SILENCE, Sight  # noqa: E402
from havclab.proof import examine  # noqa: E402

END = 1000.0
ONE_BOOT = "11111111 00000000\n11111111 00000001\n"
TWO_AT_ONCE = "11111111 00000000\n22222222 00000000\n11111111 00000001\n"


class FakeWatch:
    """What a Watch has seen, given as values."""

    def __init__(self, guests, power_losses=()):
        self.guests, self.power_losses, self.end = guests, list(power_losses), END

    def stop(self):
        pass

    def silences(self, name):
        return self.guests[name].all_silences(self.end)


def judge(sight=None, console=ONE_BOOT, power_losses=(), lost=(), allowed=0, reboots=0, told=None, misses=()):
    watch = FakeWatch({"vm1": sight or Sight(0, END)}, power_losses)
    stage = SimpleNamespace(watch=watch, proofs=lambda: {"vm1": examine(console)}, told=lambda: told or Told(), reboots=lambda _: {"vm1": reboots},
                            lost=set(lost), misses=list(misses), notes=[])
    outcome = fault.Outcome("row", "havc")
    fault._judge(fault.Fault("row", "text", "expected", None, interrupted=allowed), stage, outcome)
    return outcome


class Judgement(unittest.TestCase):
    def test_a_guest_that_went_on_is_as_expected(self):
        outcome = judge()
        self.assertTrue(outcome.as_expected)
        self.assertEqual((outcome.interrupted, outcome.seconds), ({}, 0))

    def test_two_boots_at_once_are_a_guest_that_ran_twice(self):
        outcome = judge(console=TWO_AT_ONCE)
        self.assertEqual((outcome.twice, outcome.as_expected), (["vm1"], False))

    def test_power_taken_from_a_host_that_was_not_lost_is_needless(self):
        self.assertEqual(judge(power_losses=[(3.0, "n2")]).needless, ["n2"])
        self.assertEqual(judge(power_losses=[(3.0, "n2")], lost=["n2"]).needless, [])

    def test_pacemakers_own_memory_of_a_fencing_counts_too(self):
        told = Told(fencing=[("n3", "reboot", "success"), ("n2", "reboot", "failed")])
        self.assertEqual(judge(told=told).needless, ["n3"])

    def test_a_guest_that_is_silent_at_the_end_is_down(self):
        outcome = judge(Sight(0, END - 20), allowed=1)
        self.assertEqual((outcome.down, outcome.interrupted, outcome.as_expected), (["vm1"], {"vm1": 20.0}, False))

    def test_one_that_was_stopped_on_purpose_is_not(self):
        outcome = judge(Sight(0, END - 20, retired_at=END - 20 + SILENCE / 2))
        self.assertTrue(outcome.as_expected)

    def test_an_interruption_counts_unless_the_row_allows_it(self):
        self.assertFalse(judge(Sight(0, END, silences=[5.0, 7.0])).as_expected)
        outcome = judge(Sight(0, END, silences=[5.0, 7.0]), allowed=1)
        self.assertEqual((outcome.as_expected, outcome.seconds), (True, 12.0))

    def test_a_reboot_is_an_interruption_however_short(self):
        outcome = judge(Sight(0, END, longest=1.5), reboots=1)
        self.assertEqual((outcome.interrupted, outcome.as_expected), ({"vm1": 1.5}, False))

    def test_what_the_row_missed_counts(self):
        self.assertFalse(judge(misses=["it did not run elsewhere"]).as_expected)

    def test_a_row_that_could_not_be_played_is_not_as_expected(self):
        def prepare(_):
            raise fault.CannotInject("no bindfs here")
        outcome = fault.play(fault.Fault("row", "text", "expected", None), SimpleNamespace(system=SimpleNamespace(name="havc"), prepare=prepare, watch=None))
        self.assertEqual((outcome.error, outcome.as_expected), ("no bindfs here", False))


class Tables(unittest.TestCase):
    FAULT = fault.Fault("row", "something | breaks", "all is well", None)

    def test_the_results_of_a_run_are_where_the_next_one_finds_them(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.json"
            self.assertEqual(report.read(path), {})
            report.write(path, [self.FAULT], {("row", "havc"): judge().as_json()})
            self.assertTrue(report.read(path)["row", "havc"]["as_expected"])
            self.assertEqual(json.loads(path.read_text())["faults"]["row"]["expected"], "all is well")

    def test_a_row_says_what_went_wrong_and_breaks_no_table(self):
        results = {("row", "heartbeat"): judge(console=TWO_AT_ONCE, power_losses=[(1.0, "n2")], misses=["late"]).as_json() | {"system": "heartbeat"}}
        text = report.markdown([self.FAULT], results)
        at_a_glance, everything = (line for line in text.splitlines() if "something \\| breaks" in line)
        self.assertIn("| **no**: **vm1 ran twice**; **n2 fenced needlessly** |", at_a_glance)
        self.assertIn("| **no**: late | **vm1** | **n2** |", everything)
        self.assertIn("guests that ran twice: 1; needless fencings: 1", text)


class Silence(unittest.TestCase):
    def test_the_last_silence_counts_only_when_it_is_one(self):
        now = time.monotonic()
        self.assertEqual(Sight(0, now - SILENCE + 1).all_silences(now), [])
        self.assertEqual(len(Sight(0, now - SILENCE - 1).all_silences(now)), 1)


if __name__ == "__main__":
    unittest.main()
