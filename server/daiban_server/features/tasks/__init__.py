"""Tasks: what a named person has to look at."""
