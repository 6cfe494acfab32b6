"""Erasure and retention: what is kept how long, who says that it goes, and every copy of it."""
