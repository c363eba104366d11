"""Faults of a guest's definition: deleted, corrupt, missing on one host, or another one of the same name."""

from faults.fault import Fault


FAULTS = (
)
