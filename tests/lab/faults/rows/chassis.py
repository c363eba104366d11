"""Faults of the chassis, while a host is to be fenced."""

from faults.fault import Fault


FAULTS = (
)
