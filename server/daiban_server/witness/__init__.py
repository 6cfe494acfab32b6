"""A witness: a second host that sees every checkpoint of the logs, and cosigns those that only ever grew.

It needs nothing of the server but its keyring, and keeps nothing but the last checkpoint of each log. Its protocol is
C2SP's (c2sp.org/tlog-witness), so a log may as well go to somebody else's witness, and this one serve others' logs
that sign as ours do. A server that shows one history to some and another to others gets at most one of them cosigned.
"""
