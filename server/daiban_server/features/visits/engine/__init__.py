"""Home visits, pure: who can come, when, and what it costs everybody else. No database, no clock, no I/O.

`model` holds what is asked and `answers` what is said, `travel` knows the road, `offers` makes offers out of the gaps
that `schedule` finds, `words` gives the reasons, `repair` keeps a week when an agent drops out, and `validate` judges
any week apart from all of these. `DESIGN.md` of the folder above says why.
"""
