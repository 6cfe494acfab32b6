"""Home visits: who can come, when, and what it costs everybody else.

`model` holds what is asked and `answers` what is said, `travel` knows the road, `engine` makes offers
out of the gaps that `schedule` finds, `words` gives the reasons, and `validate` judges any week apart
from all of these. Those seven are pure: no database, no clock, no I/O. The other modules bring them to
the server. `DESIGN.md` beside them says why.
"""
