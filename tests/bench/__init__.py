"""What a record costs: ``make bench``. Each part of the table is a module, and a few things are shared.

======== ==========================================================================================
workload the records: applications of 20 fields and about 1 KB
centre   a centre's data, ready to serve, and the server as a process of its own
phone    a device that signs and hands in, over a connection (`link`) that counts bytes
handset  a device with the SDK's own store
costs    what processes used: CPU time and memory, as the kernel counts them
figures  a figure with its reach, and the table
limit    the least that any server would do: decode, verify once, write to one table, sync the disk
run      where a run keeps its files, its databases and its limits
grown    a year of a centre, copied until it has 100,000 cases
peers    others with the same records
plan     how good plans of visits are: a command of its own, ``python -m tests.bench.plan``
stages   where the time of a push goes: ``BENCH_PROFILE=push``
======== ==========================================================================================

How to read the figures: CPU µs are those of the server and all its children, PostgreSQL's among them, over the number
of records; the least of three counts, since whatever else runs on a machine only adds. The limit is taken in the same
way, and a reach in µs is scaled by it, since machines differ. Rates of group commit and times in ms are medians and
are not scaled: they hang on the disk and on who else uses the machine. The phone shares the machine with the server.
"""
