"""A household at one glance: what a cadre looks at before the door."""
