"""Phones of a centre: enrolled, compared, reported lost, revoked, and what stands apart from what they handed in."""
