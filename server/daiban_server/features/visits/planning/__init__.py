"""Plans of a centre's week: from its tables to a `plan.problem.Problem`, and from a plan back into promises.

`asking` reads, `posing` makes the problem, `settling` and `difference` work on what came out, `runs` keeps it,
`running` has it worked out, `committing` takes it over, `nightly` does all of it by itself. See ``../DESIGN.md``.
"""
