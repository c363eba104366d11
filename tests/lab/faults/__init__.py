"""The fault matrix: what a cluster does when things break, with havc and with the agents people use today."""
