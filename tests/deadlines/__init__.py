"""Limits kept beside cases, watched day by day."""
