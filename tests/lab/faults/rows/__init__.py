"""The rows of the matrix, one file a kind of fault; each ends with its table FAULTS."""

from faults.rows import hosts, libvirt

FAULTS = (*libvirt.FAULTS, *hosts.FAULTS)
