"""Time limits (时限): China's working days, what a case owes by when, in words, and who is told when it is late.

Pure: no database, no clock; the facts, the calendar and the day come in as arguments. Decisions: DESIGN.md.
"""
