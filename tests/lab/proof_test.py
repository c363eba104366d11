#!/usr/bin/python3
"""The proof fails when it must: on a lost count, a repeated count, an overlap of two boots, and on nothing at all."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from havclab import guests, proof  # noqa: E402

FIRST, SECOND = "0000aaaa", "0000bbbb"


def boot(nonce, counts, end="\n"):
    return "\n" + "\n".join(f"{nonce} {count:08x}" for count in counts) + end


class Busy:
    """A lab, as far as its consoles go, with a guest that prints whenever somebody looks at what the hosts have."""

    name, counts = "n1", 0

    def __init__(self, folder):
        self.shared, self.console = folder, folder / "n1"
        for path in (self.shared / "console", self.console):
            path.mkdir()
        self.print()

    def require_up(self):
        pass

    def hosts(self):
        self.print()
        return [self]

    def print(self):
        for path in (self.shared / "console", self.console):
            with open(path / "vm1.log", "a", encoding="ascii") as log:
                log.write(f"{FIRST} {self.counts:08x}\n")
        self.counts += 1


class ProofTest(unittest.TestCase):
    def assert_fault(self, console, words, **more):
        verdict = proof.examine(console, **more)
        self.assertFalse(verdict.proven)
        self.assertTrue(any(words in fault for fault in verdict.faults), verdict.faults)

    def assert_proven(self, console, **more):
        verdict = proof.examine(console, **more)
        self.assertEqual(verdict.faults, [])
        self.assertTrue(verdict.proven)
        return verdict

    def test_two_boots_one_after_the_other_are_proven(self):
        verdict = self.assert_proven(boot(FIRST, range(20)) + boot(SECOND, range(3)))
        self.assertEqual([(b.nonce, b.first, b.last, b.lines) for b in verdict.boots], [(FIRST, 0, 19, 20), (SECOND, 0, 2, 3)])

    def test_a_lost_count_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0, 1, 3]), "lost count 2")

    def test_a_boot_whose_beginning_is_missing_is_a_fault(self):
        self.assert_fault(boot(FIRST, [5, 6]), "lost count 0")

    def test_a_repeated_count_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0, 1, 1, 2]), "repeated count 1")

    def test_a_count_that_goes_back_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0, 1, 2, 0]), "repeated count 0")

    def test_a_first_boot_that_prints_again_overlaps_the_second(self):
        self.assert_fault(boot(FIRST, [0, 1]) + boot(SECOND, [0]) + f"{FIRST} 00000002\n", "overlap")

    def test_a_line_of_two_writers_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0]) + f"{FIRST} 0000{SECOND} 0000000\n" + f"{FIRST} 00000002\n", "no line of a guest")

    def test_nothing_printed_proves_nothing(self):
        self.assert_fault("", "nothing to prove")

    def test_a_line_half_printed_at_the_power_cut_is_allowed(self):
        self.assert_proven(boot(FIRST, [0, 1]) + f"{FIRST} 0000" + boot(SECOND, [0]))

    def test_a_half_line_that_is_not_the_next_one_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0, 1]) + f"{FIRST} 0000000f"[:-3] + "1f" + boot(SECOND, [0]), "no line of a guest")

    def test_a_half_line_followed_by_the_same_boot_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0, 1]) + f"{FIRST} 0000\n{FIRST} 00000002\n", "no line of a guest")

    def test_the_last_line_may_be_unfinished(self):
        self.assert_proven(boot(FIRST, [0, 1]) + f"{FIRST} 000")

    def test_an_unfinished_last_line_of_somebody_else_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0, 1]) + "0000c", "nothing that the last boot would print")

    def test_an_orderly_shutdown_ends_a_boot(self):
        verdict = self.assert_proven(boot(FIRST, [0, 1]) + f"{FIRST} poweroff\n" + boot(SECOND, [0]))
        self.assertEqual([b.powered_off for b in verdict.boots], [True, False])

    def test_a_boot_that_prints_after_its_shutdown_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0]) + f"{FIRST} poweroff\n{FIRST} 00000001\n", "after it powered off")

    def test_a_migration_shows_as_two_hosts_of_one_boot(self):
        hosts = {"n1": boot(FIRST, [0, 1], end=f"\n{FIRST} 00"), "n2": "000002\n" + boot(FIRST, [3, 4])[1:]}
        verdict = self.assert_proven(boot(FIRST, range(5)), consoles_by_host=hosts)
        self.assertEqual(verdict.boots[0].hosts, ["n1", "n2"])

    def test_a_line_printed_by_two_hosts_is_a_fault(self):
        hosts = {"n1": boot(FIRST, [0, 1]), "n2": boot(FIRST, [1])}
        self.assert_fault(boot(FIRST, [0, 1]), "n1 and by n2", consoles_by_host=hosts)

    def test_a_line_that_only_a_host_saw_is_a_fault(self):
        self.assert_fault(boot(FIRST, [0]), "is missing on the shared console", consoles_by_host={"n1": boot(FIRST, [0, 1])})

    def test_a_guest_may_print_while_its_consoles_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            verdict = proof.examine(*guests.evidence(Busy(Path(folder)), "vm1"))
        self.assertEqual(verdict.faults, [])

    def test_the_table_names_every_boot(self):
        lines = proof.table(proof.examine(boot(FIRST, range(20)) + boot(SECOND, range(3))))
        self.assertEqual(lines[1].split(), [FIRST, "0..19", "20", "-", "?"])
        self.assertEqual(len(lines), 3)


if __name__ == "__main__":
    unittest.main()
