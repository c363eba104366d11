"""The lab: real Pacemaker hosts, made of namespaces, on one machine. See ../README.md."""
