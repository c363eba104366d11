"""Faults in the middle of a live migration."""

from faults.fault import Fault


FAULTS = (
)
