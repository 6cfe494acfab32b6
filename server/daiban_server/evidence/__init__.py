"""Evidence of a case: one file that proves offline what was handed in, signed and received (see ``sync/EVIDENCE.md``).

It gathers what the spine keeps and what features made of it; nothing here is stored.
"""
