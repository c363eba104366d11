"""Faults of one guest: its QEMU dies or stands still, it does not obey, it goes away by itself; and what an agent leans on: mail, scripts."""

from faults.fault import Fault


FAULTS = (
)
