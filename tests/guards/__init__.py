"""Daiban's guards, each with the test that turns red when it is taken out: ``make guards``."""
