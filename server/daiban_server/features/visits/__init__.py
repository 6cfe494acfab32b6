"""Home visits: who can come, when, and what it costs everybody else.

`model` holds what is asked and `answers` what is said, `travel` knows the road, `engine` makes offers
out of the gaps that `schedule` finds, `words` gives the reasons, and `validate` judges any week apart
from all of these. All of it is pure: no database, no clock, no I/O. `DESIGN.md` beside it says why.
"""
