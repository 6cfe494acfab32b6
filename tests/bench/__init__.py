"""What a record costs: ``make bench``. One module for each part of the table, and the few things that they share.

======== ==========================================================================================
workload the records: applications of 20 fields and about 1 KB
centre   a centre's data, ready to serve, and the server as a process of its own
phone    a device that signs and hands in, over a connection that counts bytes
costs    what processes used: CPU time and memory, as the kernel counts them
figures  a figure with its reach, and the table
limit    the least that any server would do: decode, verify once, write to one table, sync the disk
======== ==========================================================================================
"""
