"""Replies that cadres owe."""
