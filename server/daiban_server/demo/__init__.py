"""A field day played before the user's eyes: ``make run``."""
