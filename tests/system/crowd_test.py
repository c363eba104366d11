#!/usr/bin/python3
"""Ten guests move at once from one host to another, and back: none may fail on a port. private-host --stage DIR -- crowd_test.py GUESTS"""

import concurrent.futures
import sys
import unittest

sys.dont_write_bytecode = True
import hosts  # noqa: E402
from hosts import agent  # noqa: E402

GUESTS = sys.argv.pop(1) if len(sys.argv) > 1 else ""
CROWD = 10
SMALL = 4  # MiB


class Crowd(unittest.TestCase):
    def all(self, action, host, **parameters):
        """Runs it for every guest at the same time; each must succeed."""
        with concurrent.futures.ThreadPoolExecutor(CROWD) as pool:
            results = list(pool.map(lambda guest: agent(action, guest, host, timeout=300, **parameters), self.guests))
        self.assertEqual([result.returncode for result in results], [0] * CROWD, "\n".join(result.stderr for result in results))

    def move(self, source, target):
        self.all("migrate_to", source, CRM_meta_migrate_target=target.name, migration_transport="tcp")
        self.all("migrate_from", target, CRM_meta_migrate_source=source.name)
        self.all("stop", source)
        for guest in self.guests:
            self.assertEqual((source.state(guest), target.state(guest)), (None, "running"))

    def test_ten_migrations_at_once_and_back(self):
        with hosts.Stage(GUESTS) as stage:
            self.guests = [stage.guest(f"c{number}", number, "dirtying", SMALL) for number in range(CROWD)]
            here, there = stage.hosts
            self.all("start", here)
            self.move(here, there)
            self.move(there, here)
            self.all("stop", here, force_stop="1")
            self.assertEqual([host.qemus(guest) for host in stage.hosts for guest in self.guests], [[]] * 2 * CROWD)


if __name__ == "__main__":
    hosts.skip_unless_installed("virsh", "nsenter")
    unittest.main(verbosity=2, warnings="ignore")
