"""The rows of the matrix, one file a kind of fault; each ends with its table FAULTS."""

from faults.rows import chassis, definition, guests, hosts, libvirt, migration, storage

FAULTS = (*libvirt.FAULTS, *guests.FAULTS, *definition.FAULTS, *hosts.FAULTS, *chassis.FAULTS, *migration.FAULTS, *storage.FAULTS)
