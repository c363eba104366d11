"""Faults of file systems: full, frozen, hanging."""

from faults.fault import Fault


FAULTS = (
)
