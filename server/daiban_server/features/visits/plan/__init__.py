"""Plans of whole weeks, on plain data: `problem` says what is asked, `planner` answers, `judge` checks it.

Nothing here opens a database. The format stands in ``server/docs/plan-format.md``.
"""
