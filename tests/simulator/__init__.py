"""A simulator of townships: many devices, two centres, clerks, bad roads, crashes and restores, all from one seed.

Three tiers play the same kind of story with different casts:

======= ============================================================================================================
rules   phones and centres on paper around the real rules of `daiban_sync`, over real bytes (`paper/`)
stores  the real device store and the real server code on SQLite files, driven step by step (`real/`)
kills   real processes that are killed (`processes.py`, on top of `tests/kills`)
======= ============================================================================================================

A seed draws a list of decisions (`decisions.py`); a world plays them in virtual time (`world.py`); a witness writes
down what people saved and what they had in view, and judges everything by that alone (`witness.py`). A run that fails
is shrunk to the few decisions that matter and told in words (`shrink.py`).

``python -m tests.simulator --help`` runs seeds by hand.
"""
